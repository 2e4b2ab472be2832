// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The functions of two and three operands against their formulas, for one element type T. Integers
// are compared exactly with formulas on 64 bits, cut to T; floating-point numbers in ULP, as in
// unary_functions.hpp.
#pragma once

#include <support/elementwise.hpp>
#include <support/ulp.hpp>
#include <weft/ops/elementwise.hpp>

#include <algorithm>
#include <string>

namespace weft_test {

// Evaluates make(a, b) for vectors a and b in all ways, gives what it is.
template <class T, class Make>
auto evaluate_binary(Make make, const vector_of<T>& a, const vector_of<T>& b) {
    test_graph graph;
    const auto x = graph.placeholder<vector_of<T>>();
    const auto y = graph.placeholder<vector_of<T>>();
    const weft::node z = make(x, y);
    expect_same_in_all_ways(graph, z.id(),
                            {{x.id(), {const_cast<T*>(a.data()), a.shape()}},
                             {y.id(), {const_cast<T*>(b.data()), b.shape()}}});
    return reference_run(graph).feed(x, a).feed(y, b)(z);
}

template <class T, class Make>
void check_integers(const char* name, Make make, T (*exact)(T, T), const vector_of<T>& a,
                    const vector_of<T>& b) {
    INFO(std::string(name));
    const vector_of<T> out = evaluate_binary(make, a, b);
    std::size_t wrong = 0;
    while (wrong < out.size() && out[wrong] == exact(a[wrong], b[wrong])) ++wrong;
    CAPTURE(wrong);
    CHECK(wrong == out.size());
}

// The error that evaluating make(a, b) ends with; its text is empty if there is none.
template <class T, class Make>
std::pair<weft::errc, std::string> failure_of(Make make, T a, T b) {
    test_graph graph;
    const auto x = graph.placeholder<vector_of<T>>();
    const auto y = graph.placeholder<vector_of<T>>();
    const weft::node z = make(x, y);
    CHECK(graph.record(z.id()).fallible);
    try {
        reference_run(graph).feed(x, to_tensor<T>({1, a, 1})).feed(y, to_tensor<T>({1, b, 1}))(z);
    } catch (const weft::failure& reason) {
        return {reason.code(), reason.what()};
    }
    return {weft::errc::ok, ""};
}

namespace detail {

template <class T>
T wrapped(std::uint64_t bits) {
    return static_cast<T>(bits);
}
template <class T>
std::uint64_t wide(T value) {
    return static_cast<std::uint64_t>(value);
}
// The quotient rounded towards zero; the smallest number by -1 is itself.
template <class T>
T exact_quotient(T a, T b) {
    if (std::is_signed_v<T> && b == T(-1)) return wrapped<T>(0 - wide(a));
    return static_cast<T>(a / b);
}
// a minus b times the quotient rounded down.
template <class T>
T exact_remainder(T a, T b) {
    const T r = wrapped<T>(wide(a) - wide(b) * wide(exact_quotient(a, b)));
    return r != 0 && (r < 0) != (b < 0) ? wrapped<T>(wide(r) + wide(b)) : r;
}
template <class T>
T exact_power(T a, T b) {
    std::uint64_t out = 1;
    for (T i = 0; i < b; ++i) out *= wide(a);
    return wrapped<T>(out);
}

}  // namespace detail

template <class T>
void check_integer_functions() {
    using detail::wide, detail::wrapped;
    const vector_of<T> a = samples<T>(203, 5);
    const vector_of<T> b = partners<T>(203, 9);
    vector_of<T> divisors = b;
    vector_of<T> exponents = b;
    for (T& x : divisors) x = x == 0 ? T(3) : x;
    for (T& x : exponents) x = static_cast<T>(wide(x) % 70);
    const auto check = [&](const char* name, auto make, T (*exact)(T, T)) {
        check_integers<T>(name, make, exact, a, b);
    };
    check(
        "add", [](auto x, auto y) { return x + y; },
        [](T x, T y) { return wrapped<T>(wide(x) + wide(y)); });
    check(
        "sub", [](auto x, auto y) { return x - y; },
        [](T x, T y) { return wrapped<T>(wide(x) - wide(y)); });
    check(
        "mul", [](auto x, auto y) { return x * y; },
        [](T x, T y) { return wrapped<T>(wide(x) * wide(y)); });
    check(
        "minimum", [](auto x, auto y) { return minimum(x, y); },
        [](T x, T y) { return y < x ? y : x; });
    check(
        "maximum", [](auto x, auto y) { return maximum(x, y); },
        [](T x, T y) { return x < y ? y : x; });
    check(
        "neg", [](auto x, auto y) { return -x + y * T(0); },
        [](T x, T) { return wrapped<T>(0 - wide(x)); });
    check(
        "square", [](auto x, auto y) { return square(x) + y * T(0); },
        [](T x, T) { return wrapped<T>(wide(x) * wide(x)); });
    check(
        "abs", [](auto x, auto y) { return abs(x) + y * T(0); },
        [](T x, T) { return x < 0 ? wrapped<T>(0 - wide(x)) : x; });
    check(
        "sign", [](auto x, auto y) { return sign(x) + y * T(0); },
        [](T x, T) { return static_cast<T>((x > 0) - (x < 0)); });
    check(
        "relu", [](auto x, auto y) { return relu(x) + y * T(0); },
        [](T x, T) { return x < 0 ? T(0) : x; });
    check(
        "clamp", [](auto x, auto y) { return clamp(x, y, T(100)); },
        [](T x, T y) { return std::min(std::max(x, y), T(100)); });
    check_integers<T>(
        "div", [](auto x, auto y) { return x / y; }, detail::exact_quotient<T>, a, divisors);
    check_integers<T>(
        "mod", [](auto x, auto y) { return x % y; }, detail::exact_remainder<T>, a, divisors);
    check_integers<T>(
        "pow", [](auto x, auto y) { return pow(x, y); }, detail::exact_power<T>, a, exponents);
}

// What integer operators refuse: it fails with a code and a text, on each kind and also in a
// vector.
template <class T>
void check_integer_failures() {
    const std::string text = "division of integers by zero";
    const std::pair<weft::errc, std::string> by_zero{weft::errc::invalid_argument, text};
    CHECK(failure_of<T>([](auto x, auto y) { return x / y; }, 5, 0) == by_zero);
    CHECK(failure_of<T>([](auto x, auto y) { return x % y; }, 5, 0) == by_zero);
    if constexpr (std::is_signed_v<T>) {
        const auto [code, why] = failure_of<T>([](auto x, auto y) { return pow(x, y); }, 1, -2);
        CHECK(code == weft::errc::invalid_argument);
        CHECK(why.find("negative power -2") != std::string::npos);
    }
}

// A function of floating-point numbers and its exact values, at most `ulp` apart.
template <class T, class Make>
void check_floats(const char* name, Make make, long double (*exact)(long double, long double),
                  double ulp) {
    INFO(std::string(name));
    const vector_of<T> a = samples<T>(1003, 5);
    const vector_of<T> b = partners<T>(1003, 9);
    const vector_of<T> out = evaluate_binary(make, a, b);
    const bool narrow = !std::is_same_v<T, weft::compute_t<T>>;
    const auto of = [](T value) { return static_cast<weft::compute_t<T>>(value); };
    const long double limit = narrow && ulp > 0 ? 0.5L + ulp / 1024 : ulp;
    std::size_t wrong = 0;
    while (wrong < out.size() && ulp_error(out[wrong], exact(of(a[wrong]), of(b[wrong]))) <= limit)
        ++wrong;
    if (wrong < out.size()) {
        CAPTURE(of(a[wrong]));
        CAPTURE(of(b[wrong]));
        CAPTURE(of(out[wrong]));
        CHECK(exact(of(a[wrong]), of(b[wrong])) == of(out[wrong]));
    }
}

namespace detail {
inline long double exact_modulo(long double a, long double b) {
    const long double r = std::fmod(a, b);
    return r != 0 && (r < 0) != (b < 0) ? r + b : std::copysign(r, b);
}
inline long double exact_maximum(long double a, long double b) {
    return std::isnan(a) || std::isnan(b) ? NAN : std::max(a, b);
}
inline long double exact_minimum(long double a, long double b) {
    return std::isnan(a) || std::isnan(b) ? NAN : std::min(a, b);
}
}  // namespace detail

template <class T>
void check_float_functions() {
    using real = long double;
    check_floats<T>(
        "add", [](auto x, auto y) { return x + y; }, [](real x, real y) { return x + y; }, 0.5);
    check_floats<T>(
        "sub", [](auto x, auto y) { return x - y; }, [](real x, real y) { return x - y; }, 0.5);
    check_floats<T>(
        "mul", [](auto x, auto y) { return x * y; }, [](real x, real y) { return x * y; }, 0.5);
    check_floats<T>(
        "div", [](auto x, auto y) { return x / y; }, [](real x, real y) { return x / y; }, 0.5);
    check_floats<T>(
        "mod", [](auto x, auto y) { return x % y; }, detail::exact_modulo, 0.5);
    check_floats<T>(
        "maximum", [](auto x, auto y) { return maximum(x, y); }, detail::exact_maximum, 0);
    check_floats<T>(
        "minimum", [](auto x, auto y) { return minimum(x, y); }, detail::exact_minimum, 0);
    check_floats<T>(
        "pow", [](auto x, auto y) { return pow(x, y); },
        [](real x, real y) { return std::pow(x, y); }, 1);
    check_floats<T>(
        "clamp", [](auto x, auto y) { return clamp(x, y, 2); },
        [](real x, real y) { return detail::exact_minimum(detail::exact_maximum(x, y), 2); }, 0);
    check_floats<T>(
        "leaky_relu", [](auto x, auto y) { return leaky_relu(x, y); },
        [](real x, real y) { return x > 0 ? x : y * x; }, 0.5);
    check_floats<T>(
        "elu", [](auto x, auto y) { return elu(x, y); },
        [](real x, real y) { return x > 0 ? x : y * std::expm1(x); }, 2);
}

}  // namespace weft_test
