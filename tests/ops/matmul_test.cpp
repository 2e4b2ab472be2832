// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// matmul: all element types and sizes, thin, small and packed, transposed and batched, against sums
// in long double; that pieces of work do not change a bit; types, fusion and errors as users see
// them.
#include <support/structured.hpp>
#include <weft/ops/elementwise.hpp>
#include <weft/ops/structured.hpp>

using namespace weft;
using namespace weft_test;

namespace {

template <class T>
using values = tensor<T, dyn>;

// The product, having checked that it is the same for every cut and order of pieces.
template <class T>
values<T> multiply_all_ways(const matmul_sizes& sizes, const values<T>& a, const values<T>& b,
                            std::size_t size) {
    serial_context<cpu> whole;
    auto expected = values<T>::uninitialized({size});
    multiply<T>(whole, sizes, a.data(), b.data(), expected.data());
    for (std::size_t cut : {1, 3}) {
        backward_context backward(cut);
        auto other = values<T>::uninitialized({size});
        multiply<T>(backward, sizes, a.data(), b.data(), other.data());
        REQUIRE(same_bits(other, expected));
    }
    return expected;
}

// Rounding errors of a sum of `depth` products of numbers up to 2, in the type that T is added up
// in.
template <class T>
long double tolerance(std::size_t depth, long double value) {
    if constexpr (!is_floating<T>)
        return 0;
    else
        return 0.51L * ulp_at<T>(value) +
               static_cast<long double>(depth) * ulp_at<compute_t<T>>(4) + ulp_at<T>(0);
}

template <class T>
void check_product(const dims& a_shape, bool transpose_a, const dims& b_shape, bool transpose_b) {
    CAPTURE(dims_text(a_shape).chars);
    CAPTURE(dims_text(b_shape).chars);
    const auto a = sampled<values<T>>({a_shape.size()}, a_shape.size(), is_floating<T> ? 2 : 100);
    const auto b =
        sampled<values<T>>({b_shape.size()}, b_shape.size() + 1, is_floating<T> ? 2 : 100);
    const dims left = swapped_if(transpose_a, a_shape), right = swapped_if(transpose_b, b_shape);
    const dims shape = matmul_shape(left, right);
    const auto got =
        multiply_all_ways<T>({a_shape, transpose_a, b_shape, transpose_b}, a, b, shape.size());
    const dims batch = batch_of(shape), a_batch = batch_of(left), b_batch = batch_of(right);
    const std::size_t rows = left[left.rank - 2], depth = left[left.rank - 1],
                      columns = right[right.rank - 1];
    const auto offset = [&](const dims& own, std::size_t index) {
        std::size_t at = 0, step = 1;
        for (std::size_t i = 1; i <= batch.rank; index /= batch[batch.rank - i++]) {
            if (i > own.rank) continue;
            if (own[own.rank - i] != 1) at += index % batch[batch.rank - i] * step;
            step *= own[own.rank - i];
        }
        return at;
    };
    for (std::size_t out = 0; out < got.size(); ++out) {
        const std::size_t row = out / columns % rows, column = out % columns;
        const T* x = a.data() + offset(a_batch, out / columns / rows) * rows * depth;
        const T* y = b.data() + offset(b_batch, out / columns / rows) * depth * columns;
        long double sum = 0;
        std::uint64_t wrapped = 0;
        for (std::size_t k = 0; k < depth; ++k) {
            const T left_one = x[transpose_a ? k * rows + row : row * depth + k];
            const T right_one = y[transpose_b ? column * depth + k : k * columns + column];
            if constexpr (is_integer<T>)
                wrapped +=
                    static_cast<std::uint64_t>(left_one) * static_cast<std::uint64_t>(right_one);
            else
                sum += exact(left_one) * exact(right_one);
        }
        if constexpr (is_integer<T>)
            REQUIRE(got[out] == static_cast<T>(wrapped));
        else
            REQUIRE(std::abs(exact(got[out]) - sum) <= tolerance<T>(depth, sum));
    }
}

}  // namespace

TEST_CASE_TEMPLATE("products of all sizes, transposed or not", T, float, double, half, bfloat16,
                   std::int8_t, std::int32_t, std::uint64_t) {
    for (std::size_t rows : {0, 1, 5, 13, 50})
        for (std::size_t depth : {0, 1, 3, 64, 259})
            for (std::size_t columns : {0, 1, 4, 33, 131}) {
                check_product<T>({rows, depth}, false, {depth, columns}, false);
                check_product<T>({depth, rows}, true, {depth, columns}, false);
                check_product<T>({rows, depth}, false, {columns, depth}, true);
                check_product<T>({depth, rows}, true, {columns, depth}, true);
            }
}

TEST_CASE_TEMPLATE("batches broadcast", T, float, std::int32_t) {
    check_product<T>({3, 1, 40, 50}, false, {2, 50, 60}, false);
    check_product<T>({3, 1, 50, 40}, true, {2, 60, 50}, true);
    check_product<T>({4, 3, 20, 30}, false, {30, 60}, false);
    check_product<T>({4, 3, 2, 3}, false, {3, 5}, false);
    check_product<T>({5, 3}, false, {2, 3, 7}, false);
    check_product<T>({1, 5, 3}, false, {6, 3, 7}, false);
    check_product<T>({0, 5, 3}, false, {3, 7}, false);
}

TEST_CASE_TEMPLATE("small products of whole registers, alone and in batches", T, float, double) {
    for (std::size_t columns : {8, 16, 24, 32, 40, 64})
        for (std::size_t rows : {2, 9, 17}) {
            check_product<T>({rows, 20}, false, {20, columns}, false);
            check_product<T>({20, rows}, true, {20, columns}, false);
            check_product<T>({5, rows, 20}, false, {5, 20, columns}, false);
            check_product<T>({5, 1, rows, 20}, false, {3, 20, columns}, false);
        }
    for (std::size_t columns : {2, 10, 15})  // a register takes more from the next rows
        for (std::size_t depth : {1, 5, 64, 2100})
            check_product<T>({1, depth}, false, {depth, columns}, false);
}

TEST_CASE("large products have several tasks and blocks") {
    check_product<float>({203, 700}, false, {700, 611}, false);
    check_product<double>({307, 211}, true, {390, 307}, true);
    check_product<bfloat16>({100, 300}, false, {300, 600}, false);
}

TEST_CASE_TEMPLATE("complex products", T, std::complex<float>, std::complex<double>) {
    for (const std::size_t n : {2, 40}) {
        const auto a = sampled<values<T>>({n * n}, 1), b = sampled<values<T>>({n * n}, 2);
        const auto got = multiply_all_ways<T>({{n, n}, false, {n, n}, true}, a, b, n * n);
        for (std::size_t i = 0; i < n * n; ++i) {
            std::complex<long double> sum = 0;
            for (std::size_t k = 0; k < n; ++k)
                sum += std::complex<long double>(a[i / n * n + k]) *
                       std::complex<long double>(b[i % n * n + k]);
            CHECK(std::abs(std::complex<long double>(got[i]) - sum) < 1e-4L);
        }
    }
}

namespace {
const tensor<float, 2, 3> k{{1, 2, 3}, {4, 5, 6}};
const tensor<float, 2, 2> squares{{14, 32}, {32, 77}};
}  // namespace

TEST_CASE("matmul has typed results") {
    test_graph g;
    const auto x = g.placeholder<tensor<float, dyn, 3>>();
    const auto w = g.placeholder<tensor<float, 3, 5>>();
    const auto v = g.placeholder<tensor<float, 3>>();
    const auto b = g.placeholder<tensor<float, 7, 1, 5, 3>>();
    const auto gives = []<class E>(const E&, auto expected) {
        return std::is_same_v<result_of_t<E>, decltype(expected)>;
    };
    CHECK(gives(matmul(x, w), tensor<float, dyn, 5>{}));
    CHECK(gives(matmul(transpose(w), transpose(x)), tensor<float, 5, dyn>{}));
    CHECK(gives(matmul(x, v), tensor<float, dyn>{}));
    CHECK(gives(matmul(v, w), tensor<float, 5>{}));
    CHECK(gives(matmul(v, v), tensor<float>{}));
    CHECK(gives(matmul(b, w), tensor<float, 7, 1, 5, 5>{}));
    CHECK(gives(matmul(b, transpose(b)), tensor<float, 7, 1, 5, 5>{}));
}

TEST_CASE("transposed operands are read as they are") {
    // run_op checks that it is one node: there is no copy.
    CHECK(run_op([](auto x) { return matmul(x, transpose(x)); }, k) == squares);
    CHECK(run_op([](auto x) { return matmul(transpose<1, 0>(x), x); }, k) ==
          tensor<float, 3, 3>{{17, 22, 27}, {22, 29, 36}, {27, 36, 45}});
    CHECK(run_op([](auto x) { return matmul(transpose(x), transpose(x)); },
                 tensor<float, 2, 2>{{1, 2}, {3, 4}}) == tensor<float, 2, 2>{{7, 15}, {10, 22}});
    const tensor<float, 1, 2, 3> batch{{{1, 2, 3}, {4, 5, 6}}};
    CHECK(run_op([](auto x) { return matmul(x, transpose(x)); }, batch) ==
          tensor<float, 1, 2, 2>{{{14, 32}, {32, 77}}});
    test_graph g;
    const auto x = g.placeholder<tensor<float, 2, 3>>();
    const node of_expression = matmul(x, transpose(x * 2.0f));
    CHECK(g.size() == 3);  // the expression becomes a node, its transposition does not
    CHECK(run_all_ways(of_expression, with(x, k)) == tensor<float, 2, 2>{{28, 64}, {64, 154}});
    const auto cube = g.placeholder<tensor<float, 1, 2, 3>>();
    const node other_axes = matmul(x, transpose<0, 2, 1>(cube));
    const node copied = matmul(transpose<1, 0, 2>(cube), transpose(x));
    CHECK(g.size() == 7);  // only the last two axes can be read swapped
    CHECK(run_all_ways(other_axes, with(x, k), with(cube, batch)) ==
          tensor<float, 1, 2, 2>{{{14, 32}, {32, 77}}});
    CHECK(run_all_ways(copied, with(x, k), with(cube, batch)) ==
          tensor<float, 2, 1, 2>{{{14, 32}}, {{32, 77}}});
}

TEST_CASE("vectors are rows on the left and columns on the right") {
    const tensor<float, 3> v{1, 0, -1};
    CHECK(run_op([](auto m, auto x) { return matmul(m, x); }, k, v) == tensor<float, 2>{-2, -2});
    CHECK(run_op([](auto m, auto x) { return matmul(x, transpose(m)); }, k, v) ==
          tensor<float, 2>{-2, -2});
    CHECK(run_op([](auto x) { return matmul(x, x); }, v) == 2);
}

TEST_CASE("an expression around a product is its epilogue") {
    const tensor<float, 2> b{1, -40};
    CHECK(run_op([](auto x, auto c) { return matmul(x, transpose(x)) + c; }, k, b) ==
          tensor<float, 2, 2>{{15, -8}, {33, 37}});
    CHECK(run_op([](auto x, auto c) { return relu(matmul(x, transpose(x)) * 0.5f + c); }, k, b) ==
          tensor<float, 2, 2>{{8, 0}, {17, 0}});
    CHECK(run_op([](auto x) { return cast<std::int32_t>(matmul(x, transpose(x))); }, k) ==
          tensor<std::int32_t, 2, 2>{{14, 32}, {32, 77}});
}

// Sizes with several blocks of rows, edges and a second block of depths; numbers whose sums are
// exact.
TEST_CASE_TEMPLATE("epilogues are evaluated on pieces", T, float, half, std::int32_t) {
    using matrix = tensor<T, dyn, dyn>;
    for (const std::size_t rows : {1, 7, 70})
        for (const std::size_t columns : {3, 45, 600}) {
            const auto small_number = [](std::size_t i) { return static_cast<float>(i % 3) - 1; };
            const auto a = filled<matrix>({rows, 400}, small_number);
            const auto b = filled<matrix>({400, columns}, [&](std::size_t i) {
                return small_number(i / columns + i % columns);
            });
            const auto bias = filled<tensor<T, dyn>>(
                {columns}, [](std::size_t i) { return static_cast<float>(i % 7); });
            const auto residual = filled<matrix>({rows, columns}, small_number);
            const auto product = run_op([](auto x, auto y) { return matmul(x, y); }, a, b);
            const auto fused =
                run_op([](auto x, auto y, auto c, auto r) { return maximum(matmul(x, y) + c, r); },
                       a, b, bias, residual);
            const auto converted =
                run_op([](auto x, auto y) { return cast<double>(matmul(x, y)); }, a, b);
            const auto steps = filled<tensor<T, 2, 1, 1>>(
                {2, 1, 1}, [](std::size_t i) { return static_cast<float>(i); });
            const auto twice =
                run_op([](auto x, auto y, auto z) { return matmul(x, y) + z; }, a, b, steps);
            for (std::size_t i = 0; i < rows * columns; ++i) {
                const auto of = [](T x) { return static_cast<double>(exact(x)); };
                const double sum = of(product.data()[i]) + of(bias[i % columns]);
                REQUIRE(of(fused.data()[i]) == std::max(sum, of(residual.data()[i])));
                REQUIRE(converted.data()[i] == of(product.data()[i]));
                REQUIRE(of(twice.data()[i + rows * columns]) == of(product.data()[i]) + 1);
            }
        }
}

TEST_CASE("inner dimensions that differ at run time") {
    const auto text_of = [](auto f, const auto&... values) -> std::string {
        try {
            run_op(f, values...);
        } catch (const failure& e) {
            CHECK(e.code() == errc::invalid_argument);
            return e.what();
        }
        return "no failure";
    };
    const auto a = tensor<float, dyn, dyn>::zeros({2, 3}),
               b = tensor<float, dyn, dyn>::zeros({4, 5});
    CHECK(
        text_of([](auto x, auto y) { return matmul(x, y); }, a, b) ==
        "matmul of [2,3] and [4,5]: the inner dimensions 3 and 4 differ; the columns of the first "
        "operand must be as many as the rows of the second");
    CHECK(
        text_of([](auto x, auto y) { return matmul(transpose(x), transpose(y)); }, a, b) ==
        "matmul of [3,2] and [5,4]: the inner dimensions 2 and 5 differ; the columns of the first "
        "operand must be as many as the rows of the second");
    CHECK(text_of([](auto x, auto y) { return matmul(x, y); },
                  tensor<float, dyn, 2, 3>::zeros({2, 2, 3}),
                  tensor<float, dyn, 3, 2>::zeros({5, 3, 2}))
              .find("2 and 5") != std::string::npos);
}
