// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The loops of reductions: every element type, all sets of axes of many shapes, against sums in
// long double; and that neither pieces of work nor fusion change a bit. Calls them as kernels do.
#include <support/structured.hpp>
#include <weft/ops/max.hpp>
#include <weft/ops/mean.hpp>
#include <weft/ops/min.hpp>
#include <weft/ops/prod.hpp>

using namespace weft;
using namespace weft_test;

namespace {

const dims shapes[] = {
    {},        {1},      {0},         {7},          {3, 5},          {1, 7},        {5, 1},
    {3, 4, 5}, {0, 4},   {4, 0},      {2, 1, 3, 2}, {2, 3, 2, 2, 3}, {1000},        {2, 3000},
    {3000, 2}, {37, 61}, {5, 40, 33}, {2, 2049, 3}, {3, 2, 2500},    {2, 3, 1, 700}};

// The elements of a tensor of any shape, in row-major order.
template <class T>
using values = tensor<T, dyn>;

// The number of the result that element i of a tensor of this shape goes to.
std::size_t result_of_element(const dims& shape, unsigned mask, std::size_t i) {
    std::size_t place = 0, step = 1;
    for (std::size_t axis = shape.rank; axis-- > 0; i /= shape[axis]) {
        if ((mask >> axis & 1u) != 0) continue;
        place += i % shape[axis] * step;
        step *= shape[axis];
    }
    return place;
}

// The input as a fused expression gives it: written to the buffer that it is asked for.
template <class T>
source<T> fused(const values<T>& x, const dims& shape) {
    return {&x,
            [](const void* object, std::size_t first, std::size_t last, T* to) {
                const auto* from = static_cast<const values<T>*>(object)->data();
                for (std::size_t i = first; i < last; ++i) to[i - first] = from[i];
            },
            shape};
}

// The result, having checked that it is the same for every cut and order of pieces and when fused.
template <class Reducer, class T>
auto reduce_all_ways(const values<T>& x, const dims& shape, unsigned mask) {
    using result = values<typename Reducer::result>;
    const std::size_t size = reduced_shape(shape, mask, false).size();
    serial_context<cpu> whole;
    result expected = result::uninitialized({size});
    reduce<Reducer>(whole, source<T>(x.data(), shape), mask, expected.data());
    for (std::size_t cut : {std::size_t{1}, std::size_t{3}, std::size_t{100}}) {
        backward_context backward(cut);
        serial_context<cpu> forward(cut);
        result other = result::uninitialized({size});
        reduce<Reducer>(backward, source<T>(x.data(), shape), mask, other.data());
        REQUIRE(same_bits(other, expected));
        reduce<Reducer>(forward, fused(x, shape), mask, other.data());
        REQUIRE(same_bits(other, expected));
    }
    return expected;
}

// What a sum may be off, but for its last rounding: elements that are computed in float go through
// five additions in float at most.
template <class T>
constexpr long double sum_error = std::is_same_v<compute_t<T>, float> ? 5 * 0x1p-24L : 0x1p-50L;

// Sums and sums of magnitudes in long double.
template <class T>
void check_sums(const dims& shape, unsigned mask) {
    const auto x = sampled<values<T>>({shape.size()}, shape.size() + mask, 100);
    const auto got = reduce_all_ways<sum_reducer<T>>(x, shape, mask);
    std::vector<long double> sums(got.size()), magnitudes(got.size());
    std::vector<std::uint64_t> wrapped(got.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
        const std::size_t to = result_of_element(shape, mask, i);
        if constexpr (is_integer<T>) {
            wrapped[to] += static_cast<std::uint64_t>(x[i]);
        } else {
            sums[to] += exact(x[i]);
            magnitudes[to] += std::abs(exact(x[i]));
        }
    }
    for (std::size_t i = 0; i < got.size(); ++i) {
        if constexpr (is_integer<T>)
            REQUIRE(got[i] == static_cast<T>(wrapped[i]));
        else
            REQUIRE(std::abs(exact(got[i]) - sums[i]) <=
                    0.501L * ulp_at<T>(sums[i]) + sum_error<T> * magnitudes[i]);
    }
}

// Any order of combination gives the same product of these and the same extremum.
template <class Reducer, class T, class Combine>
void check_exactly(const dims& shape, unsigned mask, Combine combine) {
    auto x = sampled<values<T>>({shape.size()}, shape.size() + mask, 3);
    const auto got = reduce_all_ways<Reducer>(x, shape, mask);
    std::vector<T> expected(got.size());
    std::vector<bool> started(got.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
        const std::size_t to = result_of_element(shape, mask, i);
        expected[to] = started[to] ? combine(expected[to], x[i]) : x[i];
        started[to] = true;
    }
    for (std::size_t i = 0; i < got.size(); ++i)
        if (started[i]) REQUIRE(got[i] == expected[i]);
}

template <class Check>
void for_all_shapes(Check check) {
    for (const dims& shape : shapes)
        for (unsigned mask = 0; mask < 1u << shape.rank; ++mask) {
            CAPTURE(dims_text(shape).chars);
            CAPTURE(mask);
            check(shape, mask);
        }
}

}  // namespace

TEST_CASE_TEMPLATE("sums over all axes of all shapes", T, float, double, half, bfloat16,
                   std::int8_t, std::int32_t, std::int64_t, std::uint16_t, std::uint64_t) {
    for_all_shapes([](const dims& shape, unsigned mask) { check_sums<T>(shape, mask); });
}

TEST_CASE_TEMPLATE("the largest and the smallest over all axes of all shapes", T, float, double,
                   half, bfloat16, std::int8_t, std::uint8_t, std::int64_t) {
    for_all_shapes([](const dims& shape, unsigned mask) {
        check_exactly<max_reducer<T>, T>(shape, mask,
                                         [](T a, T b) { return exact(a) < exact(b) ? b : a; });
        check_exactly<min_reducer<T>, T>(shape, mask,
                                         [](T a, T b) { return exact(b) < exact(a) ? b : a; });
    });
}

TEST_CASE_TEMPLATE("products over all axes of all shapes", T, std::int8_t, std::int32_t,
                   std::uint64_t) {
    for_all_shapes([](const dims& shape, unsigned mask) {
        check_exactly<prod_reducer<T>, T>(shape, mask, [](T a, T b) {
            return static_cast<T>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
        });
    });
}

TEST_CASE("complex sums and products") {
    using T = std::complex<float>;
    const dims shape{7, 33, 2};
    const auto x = sampled<values<T>>({shape.size()}, 3, 1.5);
    const auto sums = reduce_all_ways<sum_reducer<T>>(x, shape, 2);
    const auto products = reduce_all_ways<prod_reducer<T>>(x, shape, 2);
    for (std::size_t i = 0; i < sums.size(); ++i) {
        std::complex<long double> sum = 0, product = 1;
        for (std::size_t k = 0; k < 33; ++k) {
            const std::complex<long double> value(x[(i / 2 * 33 + k) * 2 + i % 2]);
            sum += value;
            product *= value;
        }
        CHECK(std::abs(std::complex<long double>(sums[i]) - sum) < 1e-6L * std::abs(sum) + 1e-6L);
        CHECK(std::abs(std::complex<long double>(products[i]) - product) <
              2e-7L * std::abs(product));
    }
}

TEST_CASE("long reductions are cut in chunks and stay accurate") {
    for (const dims& shape : {dims{300'007}, dims{2, 150'001}, dims{150'001, 2},
                              dims{100'003, 1, 3}, dims{40, 3, 5000}}) {
        CAPTURE(dims_text(shape).chars);
        check_sums<float>(shape, 1);
        check_sums<double>(shape, (1u << shape.rank) - 1);
        check_sums<half>(shape, 1);
        check_exactly<max_reducer<float>, float>(shape, 1,
                                                 [](float a, float b) { return a < b ? b : a; });
    }
}

TEST_CASE("more than caches hold is added up in the same order by blocks of an expression") {
    const dims shape{3, 700'001};  // fused, 8 MiB are evaluated by shorter blocks
    const auto x = sampled<values<float>>({shape.size()}, 5);
    reduce_all_ways<sum_reducer<float>>(x, shape, 2);
    reduce_all_ways<max_reducer<float>>(x, shape, 3);
}

TEST_CASE("a million ones and one small number add up exactly") {
    values<float> x = filled<values<float>>(
        {1'000'001}, [](std::size_t i) { return i == 500'000 ? 0.5f : 1.0f; });
    CHECK(reduce_all_ways<sum_reducer<float>>(x, {1'000'001}, 1)[0] == 1'000'000.5f);
}

TEST_CASE_TEMPLATE("means are sums divided and rounded once", T, float, double, half, bfloat16) {
    const dims shape{3, 1001};
    const auto x = sampled<values<T>>({shape.size()}, 9, 50);
    const auto means = reduce_all_ways<mean_reducer<T>>(x, shape, 2);
    for (std::size_t row = 0; row < 3; ++row) {
        long double sum = 0, magnitude = 0;
        for (std::size_t i = 0; i < 1001; ++i) {
            sum += exact(x[row * 1001 + i]);
            magnitude += std::abs(exact(x[row * 1001 + i]));
        }
        CHECK(std::abs(exact(means[row]) - sum / 1001) <=
              0.501L * ulp_at<T>(sum / 1001) + sum_error<T> * magnitude / 1001);
    }
}

TEST_CASE("the sum's error does not grow with the number of elements") {
    // All of one sign and not representable in few bits: each rounding errs in the same direction.
    const auto x = filled<values<float>>({1 << 20}, [](std::size_t) { return 0.1f; });
    const double exact_sum = double{0.1f} * (1 << 20);
    for (unsigned mask : {1u, 2u, 3u}) {
        const dims shape{1 << 10, 1 << 10};
        const auto got = reduce_all_ways<sum_reducer<float>>(x, shape, mask);
        const double wanted = mask == 3 ? exact_sum : exact_sum / (1 << 10);
        for (float one : got) REQUIRE(std::abs(double{one} - wanted) <= 6 * 0x1p-24 * wanted);
    }
}

TEST_CASE("infinities of both signs are no NaN to an extremum") {
    const float inf = std::numeric_limits<float>::infinity();
    for (std::size_t n : {3, 64, 1000, 5000}) {
        auto x = sampled<values<float>>({3 * n}, n);
        for (std::size_t i = 0; i < 3; ++i) {
            x[i] = inf;
            x[3 * (n - 1) + i] = -inf;
        }
        for (unsigned mask : {1u, 3u}) {
            CHECK(reduce_all_ways<max_reducer<float>>(x, {n, 3}, mask)[0] == inf);
            CHECK(reduce_all_ways<min_reducer<float>>(x, {n, 3}, mask)[0] == -inf);
        }
    }
}

TEST_CASE_TEMPLATE("NaN and infinities reach the result from every place", T, float, double, half) {
    using C = compute_t<T>;
    const C nan = std::numeric_limits<C>::quiet_NaN(), inf = std::numeric_limits<C>::infinity();
    for (std::size_t n : {1, 2, 7, 64, 65, 2100})
        for (std::size_t at : {std::size_t{0}, n / 2, n - 1})
            for (const dims& shape : {dims{1, n, 1}, dims{1, n, 3}}) {
                auto x = sampled<values<T>>({shape.size()}, n);
                x[at * shape[2]] = static_cast<T>(nan);
                CHECK(std::isnan(exact(reduce_all_ways<max_reducer<T>>(x, shape, 2)[0])));
                CHECK(std::isnan(exact(reduce_all_ways<min_reducer<T>>(x, shape, 2)[0])));
                CHECK(std::isnan(exact(reduce_all_ways<sum_reducer<T>>(x, shape, 2)[0])));
                x[at * shape[2]] = static_cast<T>(-inf);
                CHECK(exact(reduce_all_ways<min_reducer<T>>(x, shape, 2)[0]) == -inf);
                CHECK(exact(reduce_all_ways<sum_reducer<T>>(x, shape, 2)[0]) == -inf);
            }
    auto lowest = filled<values<T>>({70}, [&](std::size_t) { return static_cast<T>(-inf); });
    CHECK(exact(reduce_all_ways<max_reducer<T>>(lowest, {70}, 1)[0]) == -inf);
}

TEST_CASE("nothing reduces to the neutral element") {
    const values<float> none;
    const values<std::int32_t> no_integers;
    CHECK(reduce_all_ways<sum_reducer<float>>(none, {0}, 1)[0] == 0);
    CHECK(reduce_all_ways<prod_reducer<float>>(none, {0}, 1)[0] == 1);
    CHECK(std::isnan(reduce_all_ways<mean_reducer<float>>(none, {0}, 1)[0]));
    CHECK(reduce_all_ways<prod_reducer<std::int32_t>>(no_integers, {0, 2}, 1).size() == 2);
    CHECK(reduce_all_ways<prod_reducer<std::int32_t>>(no_integers, {0, 2}, 1)[1] == 1);
}
