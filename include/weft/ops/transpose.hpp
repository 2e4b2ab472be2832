// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// transpose(x) swaps the last two axes; transpose<2, 0, 1>(x) gives axis i of the result from the
// axis named i-th. As a node of its own it copies, square by square where neighbours in the operand
// are far apart in the result (transpose_source.hpp); as an operand of matmul it is only a flag
// (ops/matmul.hpp).
#pragma once

#include <weft/kernel/context.hpp>
#include <weft/kernel/kernel.hpp>
#include <weft/ops/require.hpp>

namespace weft {

// The parameters of a transposition: axis i of the result is axis Axes[i] of the operand.
template <std::size_t... Axes>
struct axis_order {
    static constexpr dims value{Axes...};

    static constexpr dims apply(const dims& shape) {
        dims out;
        for (std::size_t axis : value) out.push_back(shape[axis]);
        return out;
    }
    // Whether it swaps the last two axes and keeps the others.
    static constexpr bool swaps_last_two = [] {
        constexpr std::size_t rank = sizeof...(Axes);
        for (std::size_t i = 0; i + 2 < rank; ++i)
            if (value[i] != i) return false;
        return rank >= 2 && value[rank - 2] == rank - 1;
    }();
};

namespace ops {
struct transpose {
    static constexpr const char* name = "Transpose";
    static constexpr bool device_neutral = true;

    template <std::size_t... Axes>
    static dims shape(const axis_order<Axes...>& order, const dims& x) {
        return order.apply(x);
    }
};
}  // namespace ops

namespace detail {

// The elements of a tensor of this shape, which are of so many bytes, in another order of the axes.
void transpose_bytes(context_base& ctx, const dims& shape, const dims& order,
                     std::size_t element_bytes, const void* in, void* out);

}  // namespace detail

template <class T>
    requires(is_element<T>)
struct kernel<ops::transpose, cpu, T> {
    template <class Order, class Out, class In>
    static void run(context_base& ctx, const Order&, const Out& out, const In& in) {
        detail::transpose_bytes(ctx, in.shape(), Order::value, sizeof(T), in.data(), out.data());
    }
};

// Instantiated for transpose(x): with fewer than two axes there is nothing to swap.
template <std::size_t Rank>
struct require_matrix {
    static constexpr bool ok = Rank >= 2;
    static_assert(ok, "weft: transpose(x) swaps the last two axes and needs at least two");
};
// Instantiated for transpose<...>(x): its arguments are the number of axes, then those that were
// named.
template <std::size_t Rank, int... Axes>
struct require_all_axes {
    static constexpr bool ok = [] {
        bool seen[max_rank] = {};
        for (std::size_t axis : {axis_of(Axes, Rank)...})
            if (axis >= Rank || seen[axis])
                return false;
            else
                seen[axis] = true;
        return sizeof...(Axes) == Rank;
    }();
    static_assert(ok, "weft: transpose<...>(x) names every axis once, in the order of the result");
};

namespace detail {
template <class Shape, class Order>
struct transposed_shape {
    static constexpr dims value = Order::apply(Shape::value);
};
template <class Order, class E>
constexpr auto make_transpose(const E& x) {
    using shape = transposed_shape<typename result_of_t<E>::shape_type, Order>;
    return make_op_with<ops::transpose, tensor_of_t<element_of_t<E>, shape>>(Order{}, x);
}
template <std::size_t Rank, std::size_t... Axis>
axis_order<(Axis + 2 < Rank    ? Axis
            : Axis + 2 == Rank ? Rank - 1
                               : Rank - 2)...>
    last_two_swapped(std::index_sequence<Axis...>);
}  // namespace detail

// The last two axes swapped.
template <tensor_expr E>
constexpr auto transpose(const E& x) {
    constexpr std::size_t rank = result_of_t<E>::rank;
    if constexpr (require_matrix<rank>::ok)
        return detail::make_transpose<decltype(detail::last_two_swapped<rank>(
            std::make_index_sequence<rank>{}))>(x);
    else
        return x;
}
// The axes in the order named; negative ones count from the end.
template <int First, int... Axes, tensor_expr E>
constexpr auto transpose(const E& x) {
    constexpr std::size_t rank = result_of_t<E>::rank;
    if constexpr (require_all_axes<rank, First, Axes...>::ok)
        return detail::make_transpose<axis_order<axis_of(First, rank), axis_of(Axes, rank)...>>(x);
    else
        return x;
}

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/ops/transpose_source.hpp>
#endif
