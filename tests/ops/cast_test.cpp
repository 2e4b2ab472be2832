// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// cast<To>(x): the function of every pair of element types, one by one and in vectors, and nodes of
// the usual pairs.
#include <support/elementwise.hpp>
#include <support/ulp.hpp>
#include <weft/ops/cast.hpp>

#include <algorithm>
#include <string>

namespace {

using weft_test::vector_of;

using elements = weft::listed_elements;

// Whether `out` is what C++ and the rules of cast.hpp make of `in`.
template <class To, class C>
bool is_cast_of(weft::compute_t<To> out, C in) {
    if constexpr (std::is_same_v<To, bool>) {
        return out == (in != C(0));
    } else if constexpr (weft::is_floating<To>) {
        const long double rounding = sizeof(To) == 2 ? 0.5L + 0x1p-12L : 0.5L;
        return weft_test::ulp_error(static_cast<To>(out), static_cast<long double>(in)) <=
                   rounding &&
               (std::isnan(out) || static_cast<weft::compute_t<To>>(static_cast<To>(out)) == out);
    } else if constexpr (std::is_floating_point_v<C>) {
        using limits = std::numeric_limits<To>;
        const long double whole = std::trunc(static_cast<long double>(in));
        if (std::isnan(in)) return out == 0;
        if (whole <= static_cast<long double>(limits::min())) return out == limits::min();
        if (whole >= static_cast<long double>(limits::max())) return out == limits::max();
        return static_cast<long double>(out) == whole;
    } else {
        return out == static_cast<To>(static_cast<std::uint64_t>(in));
    }
}

// The samples of From that a kernel casts wrongly, alone or as a lane of a 16-byte register.
template <class To, class From>
std::size_t wrong_casts(const vector_of<From>& in) {
    using kernel = weft::kernel<weft::ops::cast<To>, weft::cpu, From>;
    using C = weft::compute_t<From>;
    constexpr int lanes = 16 / static_cast<int>(std::max(sizeof(C), sizeof(weft::compute_t<To>)));
    std::size_t wrong = 0;
    for (std::size_t i = 0; i + lanes <= in.size(); i += lanes) {
        weft::pack<C, lanes> packed;
        for (int k = 0; k < lanes; ++k)
            packed.set(k, static_cast<C>(in[i + static_cast<std::size_t>(k)]));
        const auto cast = kernel::apply(packed);
        for (int k = 0; k < lanes; ++k) {
            const weft::compute_t<To> alone = kernel::apply(packed[k]);
            wrong += !is_cast_of<To>(alone, packed[k]);
            wrong += cast[k] != alone && !(cast[k] != cast[k] && alone != alone);
        }
    }
    return wrong;
}

template <class From, class... To>
void check_casts_from(weft::type_list<To...>) {
    const vector_of<From> in = weft_test::samples<From>(208, 5, 300);
    const std::size_t wrong[] = {wrong_casts<To>(in)...};
    const std::string names[] = {weft::name_of(weft::dtype_of<To>)...};
    for (std::size_t i = 0; i < sizeof...(To); ++i) {
        CAPTURE(names[i]);
        CHECK(wrong[i] == 0);
    }
}

// A node per pair, in all ways; gives the same as the kernel's function.
template <class From, class... To>
void check_nodes_from(weft::type_list<To...>) {
    const vector_of<From> in = weft_test::samples<From>(203, 5, 300);
    weft_test::test_graph graph;
    const auto x = graph.placeholder<vector_of<From>>();
    const auto check = [&]<class Out>(const weft::node<vector_of<Out>>& y) {
        weft_test::expect_same_in_all_ways(graph, y.id(),
                                           {{x.id(), {const_cast<From*>(in.data()), in.shape()}}});
        const vector_of<Out> out = weft_test::reference_run(graph).feed(x, in)(y);
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < in.size(); ++i)
            wrong += !is_cast_of<Out>(static_cast<weft::compute_t<Out>>(out[i]),
                                      static_cast<weft::compute_t<From>>(in[i]));
        CHECK(wrong == 0);
    };
    (check(weft::node<vector_of<To>>(weft::cast<To>(x))), ...);
}

}  // namespace

TEST_CASE_TEMPLATE("casts from every element type to every other", T, float, double, weft::half,
                   weft::bfloat16, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                   std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t, bool) {
    check_casts_from<T>(elements{});
}

TEST_CASE("nodes that cast") {
    check_nodes_from<float>(
        weft::type_list<double, weft::half, weft::bfloat16, std::int8_t, std::int32_t, bool>{});
    check_nodes_from<double>(weft::type_list<float, std::int64_t, std::uint64_t>{});
    check_nodes_from<weft::half>(weft::type_list<float, std::int16_t, weft::bfloat16>{});
    check_nodes_from<std::int32_t>(weft::type_list<float, weft::half, std::uint8_t, bool>{});
    check_nodes_from<bool>(weft::type_list<float, std::int64_t, std::uint8_t>{});
}

TEST_CASE("numbers that an integer cannot hold become the nearest that it can") {
    weft_test::test_graph graph;
    const auto x = graph.placeholder<vector_of<double>>();
    const weft::node small = weft::cast<std::int8_t>(x);
    const weft::node large = weft::cast<std::int64_t>(x);
    const weft::node natural = weft::cast<std::uint64_t>(x);
    const vector_of<double> in{NAN, INFINITY, -INFINITY, 127.9, -128.9, 128, 1e19, -0.9, 0x1p63};
    weft_test::reference_run run(graph);
    run.feed(x, in);
    CHECK(run(small) == vector_of<std::int8_t>{0, 127, -128, 127, -128, 127, 127, 0, 127});
    using wide = std::numeric_limits<std::int64_t>;
    CHECK(run(large) == vector_of<std::int64_t>{0, wide::max(), wide::min(), 127, -128, 128,
                                                wide::max(), 0, wide::max()});
    CHECK(run(natural) == vector_of<std::uint64_t>{0, ~std::uint64_t{0}, 0, 127, 0, 128,
                                                   10000000000000000000u, 0,
                                                   std::uint64_t{1} << 63});
}

TEST_CASE("a cast to half inside an expression rounds there") {
    weft_test::test_graph graph;
    const auto x = graph.placeholder<vector_of<float>>();
    const weft::node there_and_back = weft::cast<float>(weft::cast<weft::half>(x));
    const vector_of<float> in(weft_test::to_tensor<float>(std::vector<float>(20, 1.0f / 3)));
    const vector_of<float> out = weft_test::reference_run(graph).feed(x, in)(there_and_back);
    for (float value : out) CHECK(value == static_cast<float>(weft::half(1.0f / 3)));
    CHECK(graph.record(there_and_back.id()).fused == std::vector<std::string>{"Cast", "Cast"});
}
