// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// transpose(x) swaps the last two axes; transpose<2, 0, 1>(x) gives axis i of the result from the
// axis named i-th. As a node of its own it copies, tile by tile where neighbours in the input are
// far apart in the output; as an operand of matmul it is only a flag (ops/matmul.hpp).
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

// The loops of a transposition: axes of the result with their strides in operand and result, those
// that are walked through as one merged, sizes of 1 left out.
struct transposition {
    struct axis {
        std::size_t extent = 1, from = 0, to = 0;
    };
    axis axes[max_rank + 1];
    std::size_t rank = 0;

    transposition(const dims& in, const dims& order) {
        for (std::size_t i = 0; i < order.rank; ++i) {
            const std::size_t extent = in[order[i]];
            const std::size_t stride = in.product(order[i] + 1, in.rank);
            if (extent == 1) continue;
            if (rank > 0 && axes[rank - 1].from == stride * extent)
                axes[rank - 1] = {axes[rank - 1].extent * extent, stride, 0};
            else
                axes[rank++] = {extent, stride, 0};
        }
        if (rank == 0) axes[rank++] = {1, 1, 0};
        std::size_t step = 1;
        for (std::size_t i = rank; i-- > 0; step *= axes[i].extent) axes[i].to = step;
    }
    // The axis along which the operand is contiguous; `rank` where that is the last one.
    std::size_t contiguous() const {
        for (std::size_t i = 0; i + 1 < rank; ++i)
            if (axes[i].from == 1) return i;
        return rank;
    }
};

// Sides of the tiles that are transposed at once: two of them fit the first cache.
inline constexpr std::size_t transpose_tile = 32;

// Copies `rows` (at most a tile's) neighbours in the operand, which go `row_step` apart in the
// result, tile by tile through a buffer: columns that are a power of two apart share few places in
// the cache.
template <class T>
void transpose_tile_of(const T* from, std::size_t column_step, T* to, std::size_t row_step,
                       std::size_t rows, std::size_t columns) {
    if (column_step == 1) {  // one row, as it is
        for (std::size_t c = 0; c < columns; ++c) to[c] = from[c];
        return;
    }
    T tile[transpose_tile * transpose_tile];
    for (std::size_t first = 0; first < columns; first += transpose_tile) {
        const std::size_t left = columns - first;
        const std::size_t width = left < transpose_tile ? left : transpose_tile;
        for (std::size_t c = 0; c < width; ++c)
            for (std::size_t r = 0; r < rows; ++r)
                tile[r * transpose_tile + c] = from[r + (first + c) * column_step];
        for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t c = 0; c < width; ++c)
                to[r * row_step + first + c] = tile[r * transpose_tile + c];
    }
}

template <class T>
void transpose_elements(context_base& ctx, const dims& shape, const dims& order, const T* in,
                        T* out) {
    const transposition t(shape, order);
    const std::size_t across = t.contiguous();
    const transposition::axis last = t.axes[t.rank - 1];
    const transposition::axis rows =
        across == t.rank ? transposition::axis{1, 0, 0} : t.axes[across];
    const std::size_t tiles = (rows.extent + transpose_tile - 1) / transpose_tile;
    if (shape.size() == 0) return;
    const std::size_t outer = shape.size() / last.extent / rows.extent;
    const std::size_t height = rows.extent < transpose_tile ? rows.extent : transpose_tile;
    ctx.parallel_for(outer * tiles, 0.5 * static_cast<double>(height * last.extent),
                     [&](std::size_t first, std::size_t end) {
                         for (std::size_t task = first; task < end; ++task) {
                             const std::size_t row = task % tiles * transpose_tile;
                             const T* from = in + row * rows.from;
                             T* to = out + row * rows.to;
                             std::size_t rest = task / tiles;
                             for (std::size_t i = t.rank - 1; i-- > 0;) {
                                 if (i == across) continue;
                                 from += rest % t.axes[i].extent * t.axes[i].from;
                                 to += rest % t.axes[i].extent * t.axes[i].to;
                                 rest /= t.axes[i].extent;
                             }
                             const std::size_t left = rows.extent - row;
                             transpose_tile_of(from, last.from, to, rows.to,
                                               left < height ? left : height, last.extent);
                         }
                     });
}

}  // namespace detail

template <class T>
    requires(is_element<T>)
struct kernel<ops::transpose, cpu, T> {
    template <class Order, class Out, class In>
    static void run(context_base& ctx, const Order&, const Out& out, const In& in) {
        detail::transpose_elements<T>(ctx, in.shape(), Order::value, in.data(), out.data());
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
