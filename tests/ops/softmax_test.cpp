// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// softmax, log_softmax, logsumexp and softmax_cross_entropy against long double, along every axis,
// for short and long rows, NaN and infinities; and that they read an expression without a node for
// it.
#include <support/structured.hpp>
#include <weft/ops/elementwise.hpp>
#include <weft/ops/structured.hpp>

using namespace weft;
using namespace weft_test;

namespace {

template <class Op, class T, std::size_t Axis>
tensor<T, dyn, dyn, dyn> run_along(const tensor<T, dyn, dyn, dyn>& x) {
    auto expected = tensor<T, dyn, dyn, dyn>::uninitialized(x.shape());
    const source<T> in(x.data(), x.shape());
    serial_context<cpu> whole;
    kernel<Op, cpu, T>::run(whole, along<Axis>{}, expected.view(), in);
    for (std::size_t cut : {1, 5}) {
        backward_context pieces(cut);
        auto other = tensor<T, dyn, dyn, dyn>::uninitialized(x.shape());
        kernel<Op, cpu, T>::run(pieces, along<Axis>{}, other.view(), in);
        REQUIRE(same_bits(other, expected));
    }
    return expected;
}

template <class T, std::size_t Axis>
void check_axis(const dims& shape) {
    using C = compute_t<T>;
    CAPTURE(dims_text(shape).chars);
    const auto x = sampled<tensor<T, dyn, dyn, dyn>>(shape, shape.size(), 12);
    const auto soft = run_along<ops::softmax, T, Axis>(x);
    const auto logs = run_along<ops::log_softmax, T, Axis>(x);
    const axis_view view(shape, Axis);
    auto sums = tensor<T, dyn, dyn>::uninitialized(without_axis(shape, Axis));
    backward_context ctx(3);
    kernel<ops::logsumexp, cpu, T>::run(ctx, reduced_axes<1u << Axis, false>{}, sums.view(),
                                        source<T>(x.data(), shape));
    for (std::size_t o = 0; o < view.outer; ++o)
        for (std::size_t i = 0; i < view.inner; ++i) {
            long double total = 0;
            const auto at = [&](std::size_t k) { return (o * view.n + k) * view.inner + i; };
            for (std::size_t k = 0; k < view.n; ++k) total += std::exp(exact(x.data()[at(k)]));
            const long double log_total = std::log(total);
            for (std::size_t k = 0; k < view.n; ++k) {
                const long double value = exact(x.data()[at(k)]);
                const long double p = std::exp(value) / total;
                // exp's argument is rounded: up to 24 in absolute value, half an ulp of 32.
                REQUIRE(std::abs(exact(soft.data()[at(k)]) - p) <=
                        0.51L * ulp_at<T>(p) + 2 * p * ulp_at<C>(32));
                REQUIRE(std::abs(exact(logs.data()[at(k)]) - (value - log_total)) <=
                        0.51L * ulp_at<T>(value - log_total) + 2 * ulp_at<C>(32));
            }
            const long double got = exact(sums.data()[o * view.inner + i]);
            if (view.n == 0)
                REQUIRE(got == log_total);  // -inf
            else
                REQUIRE(std::abs(got - log_total) <=
                        0.51L * ulp_at<T>(log_total) + 2 * ulp_at<C>(16));
        }
}

const float not_a_number = std::numeric_limits<float>::quiet_NaN();
const float inf = std::numeric_limits<float>::infinity();

}  // namespace

TEST_CASE_TEMPLATE("along every axis", T, float, double, half, bfloat16) {
    for (const dims& shape :
         {dims{2, 3, 4}, dims{1, 1, 1}, dims{3, 1, 2}, dims{2, 0, 3}, dims{5, 33, 7}, dims{2, 3, 0},
          dims{2, 3, 300}, dims{2, 40, 259}, dims{3, 2, 2500}}) {
        check_axis<T, 0>(shape);
        check_axis<T, 1>(shape);
        check_axis<T, 2>(shape);
    }
}

TEST_CASE("types, axes and keepdims") {
    test_graph g;
    const auto x = g.placeholder<tensor<float, dyn, 3>>();
    const auto labels = g.placeholder<tensor<std::int32_t, 7>>();
    const auto gives = []<class E>(const E&, auto expected) {
        return std::is_same_v<result_of_t<E>, decltype(expected)>;
    };
    CHECK(gives(softmax(x), tensor<float, dyn, 3>{}));
    CHECK(gives(log_softmax<0>(x), tensor<float, dyn, 3>{}));
    CHECK(gives(logsumexp(x), tensor<float, dyn>{}));
    CHECK(gives(logsumexp<0>(x), tensor<float, 3>{}));
    CHECK(gives(logsumexp<-1>(x, keepdims), tensor<float, dyn, 1>{}));
    CHECK(gives(softmax_cross_entropy(x, labels), tensor<float, 7>{}));
}

TEST_CASE("large and small numbers do not overflow") {
    const tensor<float, 2, 3> x{{1000, 1001, 1000}, {-2000, -2000, -2001}};
    const auto p = run_op([](auto a) { return softmax(a); }, x);
    const float e = std::exp(-1.0f);
    CHECK(std::abs(p(0, 1) - 1 / (1 + 2 * e)) < 1e-6f);
    CHECK(std::abs(p(1, 0) - 1 / (2 + e)) < 1e-6f);
    CHECK(std::abs(run_op([](auto a) { return logsumexp(a); }, x)[0] -
                   (1001 + std::log(1 + 2 * e))) < 1e-4f);
    CHECK(std::abs(run_op([](auto a) { return log_softmax<1>(a); }, x)(1, 2) -
                   (-1 - std::log(2 + e))) < 1e-6f);
    const tensor<float, 2> far{0, -200};
    CHECK(run_op([](auto a) { return log_softmax(a); }, far) == tensor<float, 2>{0, -200});
}

TEST_CASE("NaN and infinities") {
    const tensor<float, 5, 3> x{
        {1, not_a_number, 2}, {-inf, -inf, -inf}, {inf, 0, 1}, {-inf, 0, 0}, {inf, inf, -inf}};
    const auto p = run_op([](auto a) { return softmax(a); }, x);
    const auto sums = run_op([](auto a) { return logsumexp(a); }, x);
    for (std::size_t row : {0, 1, 2, 4}) CHECK(std::isnan(p(row, 0)));
    CHECK((p(3, 0) == 0 && p(3, 1) == 0.5f && p(3, 2) == 0.5f));
    CHECK(std::isnan(sums[0]));
    CHECK(sums[1] == -inf);
    CHECK(sums[2] == inf);
    CHECK(sums[3] == std::log(2.0f));
    CHECK(sums[4] == inf);
    const auto logs = run_op([](auto a) { return log_softmax(a); }, x);
    CHECK(std::isnan(logs(1, 1)));
    CHECK(logs(3, 0) == -inf);
    CHECK(run_op([](auto a) { return logsumexp<0>(a); }, tensor<float, dyn, 2>{}) ==
          tensor<float, 2>{-inf, -inf});
    CHECK(run_op([](auto a) { return softmax(a); }, tensor<float, dyn, 2>{}).size() == 0);
}

TEST_CASE("masks of -inf in rows of all lengths") {
    for (std::size_t n : {2, 10, 16, 17, 64, 100, 512, 2500}) {
        const auto x = filled<tensor<float, dyn, dyn>>({3, n}, [&](std::size_t i) {
            return i % n == 0 ? 0.5f : i / n == 0 ? -inf : i / n == 1 ? -1e30f : not_a_number;
        });
        const auto p = run_op([](auto a) { return softmax(a); }, x);
        const auto logs = run_op([](auto a) { return log_softmax(a); }, x);
        const auto sums = run_op([](auto a) { return logsumexp(a); }, x);
        for (std::size_t i = 0; i < n; ++i) {
            REQUIRE(p(0, i) == (i == 0 ? 1.0f : 0.0f));
            REQUIRE(p(1, i) == (i == 0 ? 1.0f : 0.0f));
            REQUIRE(logs(0, i) == (i == 0 ? 0.0f : -inf));
            REQUIRE(std::isnan(p(2, i)));
            REQUIRE(std::isnan(logs(2, i)));
        }
        CHECK((sums[0] == 0.5f && sums[1] == 0.5f && std::isnan(sums[2])));
        const auto hidden =
            filled<tensor<float, dyn, dyn>>({1, n}, [](std::size_t) { return -inf; });
        CHECK(std::isnan(run_op([](auto a) { return softmax(a); }, hidden)(0, n - 1)));
        CHECK(run_op([](auto a) { return logsumexp(a); }, hidden)[0] == -inf);
    }
}

TEST_CASE("an expression is fused into them") {
    const auto x = sampled<tensor<float, dyn, 50>>({9, 50}, 1);
    const auto b = sampled<tensor<float, 50>>({50}, 2);
    const auto z = run_op([](auto a, auto c) { return a * 2.0f + c; }, x, b);
    CHECK(run_op([](auto a, auto c) { return softmax(a * 2.0f + c); }, x, b) ==
          run_op([](auto a) { return softmax(a); }, z));
    CHECK(run_op([](auto a, auto c) { return softmax<0>(a * 2.0f + c); }, x, b) ==
          run_op([](auto a) { return softmax<0>(a); }, z));
    CHECK(run_op([](auto a, auto c) { return logsumexp<0>(a * 2.0f + c); }, x, b) ==
          run_op([](auto a) { return logsumexp<0>(a); }, z));
    CHECK(run_op([](auto a) { return exp(log_softmax(a)) * 1.0f; }, z).size() == z.size());
}

TEST_CASE_TEMPLATE("losses of labels", T, float, double, half) {
    for (std::size_t classes :
         {std::size_t{1}, std::size_t{10}, std::size_t{2048}, std::size_t{5000}}) {
        const auto logits = sampled<tensor<T, dyn, dyn>>({4, classes}, classes, 5);
        const tensor<std::int64_t, dyn> labels = filled<tensor<std::int64_t, dyn>>(
            {4}, [&](std::size_t i) { return static_cast<std::int64_t>((i * 977 + 3) % classes); });
        const auto got =
            run_op([](auto a, auto l) { return softmax_cross_entropy(a, l); }, logits, labels);
        CHECK(same_bits(
            got,
            run_op([](auto a, auto l) { return softmax_cross_entropy(where(a == a, a, a), l); },
                   logits, labels)));
        for (std::size_t row = 0; row < 4; ++row) {
            long double total = 0;
            for (std::size_t i = 0; i < classes; ++i) total += std::exp(exact(logits(row, i)));
            const long double loss =
                std::log(total) - exact(logits(row, static_cast<std::size_t>(labels[row])));
            CHECK(std::abs(exact(got[row]) - loss) <=
                  0.51L * ulp_at<T>(loss) + 4 * ulp_at<compute_t<T>>(16));
        }
    }
}

TEST_CASE("labels of any rank and of int32") {
    const tensor<float, 2, 1, 3> logits{{{0, 0, 0}}, {{1, 2, 3}}};
    const tensor<std::int32_t, 2, 1> labels{{2}, {2}};
    const auto got =
        run_op([](auto a, auto l) { return softmax_cross_entropy(a, l); }, logits, labels);
    CHECK(std::abs(got(0, 0) - std::log(3.0f)) < 1e-6f);
    CHECK(std::abs(got(1, 0) - std::log(1 + std::exp(-1.0f) + std::exp(-2.0f))) < 1e-6f);
}

TEST_CASE("labels that are no classes, or too few") {
    const auto text_of = [](const tensor<float, dyn, 3>& logits,
                            const tensor<std::int32_t, dyn>& labels, errc code) -> std::string {
        try {
            run_op([](auto a, auto l) { return softmax_cross_entropy(a, l); }, logits, labels);
        } catch (const failure& e) {
            CHECK(e.code() == code);
            return e.what();
        }
        return "no failure";
    };
    const tensor<float, dyn, 3> logits{{1, 2, 3}, {4, 5, 6}};
    CHECK(text_of(logits, {0, 3}, errc::out_of_range) ==
          "softmax_cross_entropy: label 3 of row 1 is none of 3 classes");
    CHECK(text_of(logits, {-1, 0}, errc::out_of_range) ==
          "softmax_cross_entropy: label -1 of row 0 is none of 3 classes");
    CHECK(text_of(logits, {0, 1, 2}, errc::invalid_argument) ==
          "softmax_cross_entropy: logits of shape [2,3] want labels of shape [2], not [3]");
}
