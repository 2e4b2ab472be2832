// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The functions of one floating-point operand against their formulas in long double, for one
// element type T; unary_*_test.cpp instantiate it. Tolerances are in ULP of the computing type, on
// top of the half that rounding to T itself takes: half and bfloat16 are computed in float.
#pragma once

#include <support/elementwise.hpp>
#include <support/ulp.hpp>
#include <weft/ops/elementwise.hpp>

#include <algorithm>

namespace weft_test {

using real_function = long double (*)(long double);

// How far a function may be from its exact value.
struct tolerance {
    double ulp;
    double per_square = 0;  // plus this many ULP times x*x, for negative x
};

// Checks one function: `make` gives the expression, `exact` its values.
template <class T, class Make>
void check_function(const char* name, Make make, real_function exact, tolerance allowed,
                    double range = 20) {
    INFO(std::string(name));
    test_graph graph;
    const auto x = graph.placeholder<vector_of<T>>();
    const weft::node y = make(x);
    const vector_of<T> in = samples<T>(1003, 17, range);
    const weft::value_ref fed{const_cast<T*>(in.data()), in.shape()};
    expect_same_in_all_ways(graph, y.id(), {{x.id(), fed}});
    const vector_of<T> out = reference_run(graph).feed(x, in)(y);
    constexpr bool narrow = !std::is_same_v<T, weft::compute_t<T>>;
    long double worst = -1;
    std::size_t at = 0;
    for (std::size_t i = 0; i < in.size(); ++i) {
        const long double argument = static_cast<weft::compute_t<T>>(in[i]);
        const long double square = argument < 0 ? std::min(argument * argument, 1e4L) : 0;
        const long double ulp = allowed.ulp + allowed.per_square * square;
        const long double limit = narrow ? 0.5L + ulp / 1024 : ulp;
        const long double excess = ulp_error(out[i], exact(argument)) - limit;
        if (excess > worst) worst = excess, at = i;
    }
    CAPTURE(static_cast<weft::compute_t<T>>(in[at]));
    CAPTURE(static_cast<weft::compute_t<T>>(out[at]));
    CAPTURE(exact(static_cast<weft::compute_t<T>>(in[at])));
    CHECK(worst <= 0);
}

// For predicates: exact values are 0 or 1.
template <class T, class Make>
void check_predicate(const char* name, Make make, bool (*exact)(long double)) {
    INFO(std::string(name));
    test_graph graph;
    const auto x = graph.placeholder<vector_of<T>>();
    const weft::node y = make(x);
    const vector_of<T> in = samples<T>(203, 3);
    const weft::value_ref fed{const_cast<T*>(in.data()), in.shape()};
    expect_same_in_all_ways(graph, y.id(), {{x.id(), fed}});
    const vector_of<bool> out = reference_run(graph).feed(x, in)(y);
    for (std::size_t i = 0; i < in.size(); ++i)
        CHECK(out[i] == exact(static_cast<weft::compute_t<T>>(in[i])));
}

namespace detail {

// The exact values of what the C library does not have.
inline long double exact_sigmoid(long double x) {
    return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x));
}
inline long double exact_softplus(long double x) {
    return (x > 0 ? x : x < 0 ? 0 : x) + std::log1p(std::exp(-std::abs(x)));
}
inline long double exact_gelu(long double x) {
    if (x < -60) return 0;
    return x / 2 * std::erfc(-x / std::sqrt(2.0L));
}
inline long double exact_gelu_tanh(long double x) {
    if (x < -60) return 0;
    const long double u = std::sqrt(2 / 3.141592653589793238463L) * (x + 0.044715L * x * x * x);
    return x * exact_sigmoid(2 * u);
}
inline long double exact_sign(long double x) { return x > 0 ? 1 : x < 0 ? -1 : x; }
inline long double exact_round(long double x) {
    const long double below = std::floor(x);
    if (x - below != 0.5L) return std::floor(x + 0.5L);
    return std::fmod(below, 2.0L) == 0 ? below : below + 1;
}

}  // namespace detail

// Functions that are exact or rounded once.
template <class T>
void check_exact_functions() {
    using real = long double;
    check_function<T>(
        "neg", [](auto x) { return -x; }, [](real x) { return -x; }, {0});
    check_function<T>(
        "abs", [](auto x) { return abs(x); }, [](real x) { return std::abs(x); }, {0});
    check_function<T>("sign", [](auto x) { return sign(x); }, detail::exact_sign, {0});
    check_function<T>(
        "relu", [](auto x) { return relu(x); }, [](real x) { return x < 0 ? 0 : x; }, {0});
    check_function<T>(
        "floor", [](auto x) { return floor(x); }, [](real x) { return std::floor(x); }, {0});
    check_function<T>(
        "ceil", [](auto x) { return ceil(x); }, [](real x) { return std::ceil(x); }, {0});
    check_function<T>("round", [](auto x) { return round(x); }, detail::exact_round, {0});
    check_function<T>(
        "square", [](auto x) { return square(x); }, [](real x) { return x * x; }, {0.5});
    check_function<T>(
        "reciprocal", [](auto x) { return reciprocal(x); }, [](real x) { return 1 / x; }, {0.5});
    check_function<T>(
        "sqrt", [](auto x) { return sqrt(x); }, [](real x) { return std::sqrt(x); }, {0.5});
    check_function<T>(
        "rsqrt", [](auto x) { return rsqrt(x); }, [](real x) { return 1 / std::sqrt(x); }, {1.5});
    check_predicate<T>(
        "is_nan", [](auto x) { return is_nan(x); }, [](real x) { return x != x; });
    check_predicate<T>(
        "is_finite", [](auto x) { return is_finite(x); },
        [](real x) { return bool(std::isfinite(x)); });
}

// Elementary functions.
template <class T>
void check_elementary_functions() {
    using real = long double;
    constexpr bool in_float = std::is_same_v<weft::compute_t<T>, float>;  // computed in double
    const auto of_double = [](double ulp) { return tolerance{in_float ? 0.51 : ulp}; };
    check_function<T>(
        "exp", [](auto x) { return exp(x); }, [](real x) { return std::exp(x); }, of_double(1.1),
        90);
    check_function<T>(
        "expm1", [](auto x) { return expm1(x); }, [](real x) { return std::expm1(x); },
        of_double(2.2));
    check_function<T>(
        "log", [](auto x) { return log(x); }, [](real x) { return std::log(x); }, of_double(1));
    check_function<T>(
        "log1p", [](auto x) { return log1p(x); }, [](real x) { return std::log1p(x); },
        of_double(1));
    check_function<T>(
        "sin", [](auto x) { return sin(x); }, [](real x) { return std::sin(x); }, of_double(1));
    check_function<T>(
        "cos", [](auto x) { return cos(x); }, [](real x) { return std::cos(x); }, of_double(1));
    check_function<T>(
        "tanh", [](auto x) { return tanh(x); }, [](real x) { return std::tanh(x); },
        of_double(2.5));
    check_function<T>(
        "erf", [](auto x) { return erf(x); }, [](real x) { return std::erf(x); }, of_double(1.9),
        4);
}

// Activation functions; per_square where rounding the argument is felt.
template <class T>
void check_activations() {
    using real = long double;
    constexpr bool in_float = std::is_same_v<weft::compute_t<T>, float>;
    const auto of_double = [](double ulp) { return tolerance{in_float ? 0.51 : ulp}; };
    check_function<T>(
        "sigmoid", [](auto x) { return sigmoid(x); }, detail::exact_sigmoid, of_double(2.5), 100);
    check_function<T>(
        "softplus", [](auto x) { return softplus(x); }, detail::exact_softplus, of_double(2), 100);
    check_function<T>(
        "gelu", [](auto x) { return gelu(x); }, detail::exact_gelu, of_double(9));
    check_function<T>(
        "gelu_tanh", [](auto x) { return gelu_tanh(x); }, detail::exact_gelu_tanh,
        in_float ? tolerance{0.51} : tolerance{8, 8}, 25);
    check_function<T>(
        "leaky_relu", [](auto x) { return leaky_relu(x); },
        [](real x) { return x > 0 ? x : x * weft::compute_t<T>(0.2); }, {0.5});
    check_function<T>(
        "elu", [](auto x) { return elu(x); }, [](real x) { return x > 0 ? x : std::expm1(x); },
        {2.5});
}

}  // namespace weft_test
