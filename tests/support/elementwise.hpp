// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Samples of every element type, and a run of an element-wise node in all the ways that must give
// the same: in vectors and one by one, whole and cut, by the CPU's and the GPU's kernel. Part of
// the tests of element-wise ops; it knows no op.
#pragma once

#include <doctest/doctest.h>

#include <support/reference_run.hpp>
#include <weft/core/complex.hpp>
#include <weft/graph/sources.hpp>

#include <cmath>
#include <cstring>
#include <limits>
#include <utility>
#include <vector>

namespace weft_test {

// A graph of placeholders; everything else in these tests is made from them.
class test_graph : public weft::graph_base {
public:
    template <class V>
    weft::node<V> placeholder() {
        return {*this, add(weft::detail::placeholder_record<V>(std::source_location::current()))};
    }
};

template <class T>
using vector_of = weft::tensor<T, weft::dyn>;

template <class T>
vector_of<T> to_tensor(const std::vector<T>& values) {
    vector_of<T> out = vector_of<T>::uninitialized({values.size()});
    for (std::size_t i = 0; i < values.size(); ++i) out[i] = values[i];
    return out;
}

// A small generator with the same numbers everywhere (Knuth's MMIX constants).
class random_bits {
public:
    explicit random_bits(std::uint64_t seed) : state_(seed) {}
    std::uint64_t operator()() {
        state_ = state_ * 6364136223846793005u + 1442695040888963407u;
        return state_ ^ (state_ >> 29);
    }
    // In [0, 1).
    double unit() { return static_cast<double>((*this)() >> 11) * 0x1p-53; }

private:
    std::uint64_t state_;
};

// n elements: first those at the edges of T, then random ones. Floating-point ones are spread over
// [-range, range], every fourth over all magnitudes; integers over all values, every other near 0.
template <class T>
vector_of<T> samples(std::size_t n, std::uint64_t seed, double range = 20) {
    using C = weft::compute_t<T>;
    std::vector<T> out;
    random_bits bits(seed);
    if constexpr (weft::is_floating<T>) {
        const C inf = std::numeric_limits<C>::infinity();
        const C tiny = std::is_same_v<T, weft::half> ? C(0x1p-24) : std::numeric_limits<C>::min();
        for (C edge : {C(0), C(1), C(0.5), inf, tiny, tiny * C(0.75), std::nextafter(inf, C(0)),
                       std::numeric_limits<C>::denorm_min(), C(1.5), C(2.5), C(1e-3), C(88.5)})
            out.insert(out.end(), {static_cast<T>(edge), static_cast<T>(-edge)});
        out.push_back(static_cast<T>(std::numeric_limits<C>::quiet_NaN()));
        while (out.size() < n) {
            const double x = (2 * bits.unit() - 1) * range;
            const bool scaled = out.size() % 4 == 0;
            const int span = std::is_same_v<T, double>       ? 300
                             : std::is_same_v<T, weft::half> ? 6
                                                             : 60;
            const int power = static_cast<int>(bits() % static_cast<unsigned>(2 * span)) - span;
            out.push_back(static_cast<T>(static_cast<C>(scaled ? std::ldexp(x, power) : x)));
        }
    } else if constexpr (weft::is_complex<T>) {
        using part = typename T::value_type;
        while (out.size() < n)
            out.push_back(T(static_cast<part>((2 * bits.unit() - 1) * range),
                            static_cast<part>((2 * bits.unit() - 1) * range)));
    } else if constexpr (std::is_same_v<T, bool>) {
        while (out.size() < n) out.push_back(bits() % 2 == 0);
    } else {
        using limits = std::numeric_limits<T>;
        out = {T(0),          T(1),          T(-1),
               T(2),          T(-2),         T(7),
               limits::max(), limits::min(), T(limits::max() - 1)};
        while (out.size() < n)
            out.push_back(static_cast<T>(out.size() % 2 == 0 ? bits() : bits() % 15 - 7));
    }
    out.resize(n);
    return to_tensor(out);
}

// As samples, in another order: the i-th meets every edge at some i of its partner.
template <class T>
vector_of<T> partners(std::size_t n, std::uint64_t seed, double range = 20) {
    const vector_of<T> from = samples<T>(n, seed, range);
    vector_of<T> out = from;
    for (std::size_t i = 0; i < n; ++i) out[i] = from[(i / 8 + i * 3) % n];
    return out;
}

// Whether two tensors of one element type have the same bytes, but that NaN equals NaN.
bool same_elements(weft::dtype type, const weft::value_ref& a, const weft::value_ref& b);

// Evaluates a node whose placeholders are fed with vectors of one length, for lengths that fill
// vector registers and do not, cut and whole, on both device kinds, and expects the same each time.
void expect_same_in_all_ways(const weft::graph_base& graph, weft::node_id out,
                             const std::vector<std::pair<weft::node_id, weft::value_ref>>& fed);

namespace detail {

inline bool is_nan_at(weft::dtype type, const void* data, std::size_t i) {
    const auto at = [&]<class T>(T) { return static_cast<double>(static_cast<const T*>(data)[i]); };
    switch (type) {
        case weft::dtype::float32: return std::isnan(at(float{}));
        case weft::dtype::float64: return std::isnan(at(double{}));
        case weft::dtype::float16:
            return (static_cast<const std::uint16_t*>(data)[i] & 0x7fff) > 0x7c00;
        case weft::dtype::bfloat16:
            return (static_cast<const std::uint16_t*>(data)[i] & 0x7fff) > 0x7f80;
        default: return false;
    }
}

}  // namespace detail

inline bool same_elements(weft::dtype type, const weft::value_ref& a, const weft::value_ref& b) {
    if (!(a.shape == b.shape)) return false;
    const std::size_t size = weft::size_of(type);
    for (std::size_t i = 0; i < a.shape.size(); ++i) {
        const char* left = static_cast<const char*>(a.data) + i * size;
        const char* right = static_cast<const char*>(b.data) + i * size;
        if (std::memcmp(left, right, size) != 0 &&
            !(detail::is_nan_at(type, a.data, i) && detail::is_nan_at(type, b.data, i)))
            return false;
    }
    return true;
}

inline void expect_same_in_all_ways(
    const weft::graph_base& graph, weft::node_id out,
    const std::vector<std::pair<weft::node_id, weft::value_ref>>& fed) {
    const weft::dtype type = graph.record(out).type.element;
    const std::size_t n = fed.front().second.shape.size();
    const auto run_of = [&](std::string kind, std::size_t cut, std::size_t first,
                            std::size_t last) {
        auto run = std::make_unique<reference_run>(graph, std::move(kind), cut);
        for (const auto& [id, value] : fed) {
            const std::size_t bytes = weft::size_of(graph.record(id).type.element);
            run->feed(id, {static_cast<char*>(value.data) + first * bytes, {last - first}});
        }
        return run;
    };
    const auto whole = run_of("cpu", weft::dyn, 0, n);
    const weft::value_ref expected = whole->evaluate(out);
    REQUIRE(expected.shape.size() == n);
    const auto expect = [&](reference_run& run, std::size_t first, std::size_t last) {
        const std::size_t bytes = weft::size_of(type);
        const weft::value_ref part{static_cast<char*>(expected.data) + first * bytes,
                                   {last - first}};
        CHECK(same_elements(type, run.evaluate(out), part));
    };
    expect(*run_of("cpu", 7, 0, n), 0, n);
    expect(*run_of("gpu", weft::dyn, 0, n), 0, n);
    for (std::size_t length : {std::size_t{0}, std::size_t{17}, std::size_t{64}})
        if (length <= n) expect(*run_of("cpu", weft::dyn, n - length, n), n - length, n);
    for (std::size_t i = 0; i < n; i += i < 40 ? 1 : 13)  // alone: by scalar code
        expect(*run_of("cpu", weft::dyn, i, i + 1), i, i + 1);
}

}  // namespace weft_test
