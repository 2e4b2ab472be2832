// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// matmul(a, b): the product of matrices, of batches of them (leading dimensions broadcast), of a
// matrix and a vector, of two vectors (a number). transpose(x) as an operand is read as it is,
// without a copy. Integers wrap around; half and bfloat16 are accumulated in float and rounded
// once, others in their own type. The element-wise expression that reads the product is evaluated
// on blocks of it while they are in the cache.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/write_back.hpp>
#include <weft/ops/matmul_shape.hpp>
#include <weft/ops/require.hpp>
#include <weft/ops/transpose.hpp>

namespace weft {

namespace ops {
struct matmul {
    static constexpr const char* name = "MatMul";
    static constexpr bool device_neutral = true;
    static constexpr double cost_ns = 50;

    template <bool TransposeA, bool TransposeB>
    static dims shape(const matmul_form<TransposeA, TransposeB>&, const dims& a, const dims& b) {
        return matmul_shape(swapped_if(TransposeA, a), swapped_if(TransposeB, b));
    }
};
}  // namespace ops

// out = a * b for each matrix of a batch.
template <class T>
void multiply(context_base& ctx, const matmul_sizes& sizes, const T* a, const T* b, T* out,
              const write_back& finish = {});

template <class T>
    requires(is_element<T> && !std::is_same_v<T, bool>)
struct kernel<ops::matmul, cpu, T> {
    static constexpr bool writes_back = true;

    template <class Form, class Out, class A, class B>
    static void run(context_base& ctx, const Form&, const Out& out, const A& a, const B& b,
                    const write_back& finish = {}) {
        const matmul_sizes sizes(a.shape(), Form::transpose_a, b.shape(), Form::transpose_b);
        multiply<T>(ctx, sizes, a.data(), b.data(), out.data(), finish);
    }
};

// Instantiated for an operand of matmul; its argument is the number of axes.
template <std::size_t Rank>
struct require_vector_or_matrix {
    static constexpr bool ok = Rank >= 1;
    static_assert(ok, "weft: matmul takes vectors and matrices; numbers are multiplied by a * b");
};

namespace detail {

// An operand of matmul: what is read, and whether its last two axes are swapped in reading.
template <class E>
struct matrix_operand {
    static constexpr bool swapped = false;
    static constexpr const E& of(const E& e) { return e; }
};
template <class Result, std::size_t... Axes, class E>
    requires(axis_order<Axes...>::swaps_last_two)
struct matrix_operand<op_call<ops::transpose, Result, axis_order<Axes...>, E>> {
    static constexpr bool swapped = true;
    static constexpr const E& of(const op_call<ops::transpose, Result, axis_order<Axes...>, E>& e) {
        return get_operand<0>(e.args);
    }
};

// Whether static shapes can be multiplied, and what is instantiated to say why not.
template <class A, class B>
struct matmul_facts {
    static constexpr dims a = A::shape_type::value;
    static constexpr dims b = B::shape_type::value;
    static constexpr bool same_element =
        std::is_same_v<typename A::value_type, typename B::value_type>;
    static constexpr bool have_axes = a.rank > 0 && b.rank > 0;
    static constexpr std::size_t columns = have_axes ? inner_of_first(a) : 0;
    static constexpr std::size_t rows = have_axes ? inner_of_second(b) : 0;
    static constexpr bool inner_agrees = columns == rows || columns == dyn || rows == dyn;
    static constexpr bool ok =
        same_element && have_axes && inner_agrees && is_broadcastable(batch_of(a), batch_of(b));

    using problem = std::conditional_t<
        have_axes && !inner_agrees, require_equal_dimension<columns, rows>,
        std::conditional_t<!have_axes,
                           require_vector_or_matrix<(a.rank < b.rank ? a.rank : b.rank)>,
                           elementwise_operands<ops::matmul, A, B>>>;
};

}  // namespace detail

// The product of a and b. Batch dimensions before the last two broadcast.
template <tensor_expr A, tensor_expr B>
constexpr auto matmul(const A& a, const B& b) {
    using facts = detail::matmul_facts<result_of_t<A>, result_of_t<B>>;
    if constexpr (facts::ok) {
        using left = detail::matrix_operand<A>;
        using right = detail::matrix_operand<B>;
        using shape =
            matmul_static<typename result_of_t<A>::shape_type, typename result_of_t<B>::shape_type>;
        return make_op_with<ops::matmul, tensor_of_t<element_of_t<A>, shape>>(
            matmul_form<left::swapped, right::swapped>{}, left::of(a), right::of(b));
    } else {
        static_cast<void>(sizeof(typename facts::problem));
        return a;
    }
}

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/ops/matmul_source.hpp>
#endif
