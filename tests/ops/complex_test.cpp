// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Arithmetic of complex numbers, on the CPU: there are no GPU kernels of theirs.
#include <ops/binary_functions.hpp>

#include <complex>

namespace {

using weft_test::vector_of;

// Within a few roundings of the exact value, seen from its modulus.
template <class T, class Make>
void check_complex(const char* name, Make make,
                   std::complex<long double> (*exact)(std::complex<long double>,
                                                      std::complex<long double>)) {
    INFO(std::string(name));
    using part = typename T::value_type;
    const vector_of<T> a = weft_test::samples<T>(61, 5);
    const vector_of<T> b = weft_test::samples<T>(61, 7);
    const vector_of<T> out = weft_test::evaluate_binary(make, a, b);
    for (std::size_t i = 0; i < out.size(); ++i) {
        const std::complex<long double> expected = exact(a[i], b[i]);
        const long double error = std::abs(std::complex<long double>(out[i]) - expected);
        CHECK(error <= 4 * std::numeric_limits<part>::epsilon() * std::abs(expected));
    }
}

}  // namespace

TEST_CASE_TEMPLATE("arithmetic of complex numbers", T, std::complex<float>, std::complex<double>) {
    using value = std::complex<long double>;
    check_complex<T>(
        "add", [](auto x, auto y) { return x + y; }, [](value x, value y) { return x + y; });
    check_complex<T>(
        "sub", [](auto x, auto y) { return x - y; }, [](value x, value y) { return x - y; });
    check_complex<T>(
        "mul", [](auto x, auto y) { return x * y; }, [](value x, value y) { return x * y; });
    check_complex<T>(
        "div", [](auto x, auto y) { return x / y; }, [](value x, value y) { return x / y; });
    check_complex<T>(
        "neg, square", [](auto x, auto y) { return -x + square(y); },
        [](value x, value y) { return -x + y * y; });
    check_complex<T>(
        "reciprocal", [](auto x, auto y) { return reciprocal(x) + 2 * y; },
        [](value x, value y) { return value(1) / x + value(2) * y; });
    check_complex<T>(
        "where, ==", [](auto x, auto y) { return where(x == y, x, y); },
        [](value, value y) { return y; });
    check_complex<T>(
        "where, !=", [](auto x, auto y) { return where(x != y, x, 1); },
        [](value x, value) { return x; });
}

TEST_CASE("complex numbers become complex numbers of the other precision") {
    using both = std::complex<double>;
    using weft::cast;
    weft_test::test_graph graph;
    const auto x = graph.placeholder<vector_of<both>>();
    const weft::node narrow = cast<std::complex<float>>(x);
    const weft::node wide = cast<both>(narrow);
    const weft::node real = cast<both>(graph.placeholder<weft::tensor<std::int32_t, 1>>());
    CHECK(graph.record(real.id()).kernel_for("cpu") != nullptr);
    const vector_of<both> in{both(1.5, -2), both(1e300, 0)};
    const vector_of<both> out = weft_test::reference_run(graph).feed(x, in)(wide);
    CHECK(out[0] == in[0]);
    CHECK(std::isinf(out[1].real()));
    CHECK(graph.record(narrow.id()).kernel_for("gpu") == nullptr);
}

TEST_CASE("complex numbers have no order and no way to real numbers") {
    using weft::cpu, weft::has_kernel;
    using T = std::complex<float>;
    CHECK_FALSE(has_kernel<weft::ops::less, cpu, T>);
    CHECK_FALSE(has_kernel<weft::ops::maximum, cpu, T>);
    CHECK_FALSE(has_kernel<weft::ops::abs, cpu, T>);
    CHECK_FALSE(has_kernel<weft::ops::cast<float>, cpu, T>);
    CHECK_FALSE(has_kernel<weft::ops::cast<bool>, cpu, T>);
    CHECK(has_kernel<weft::ops::cast<T>, cpu, weft::half>);
}
