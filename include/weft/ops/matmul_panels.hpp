// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How operands of a product are laid out for the innermost loop. The second is packed in panels, as
// wide as a tile and as deep as the product, the last one filled up with zeros. Of the first, a
// block is copied along the direction in which its elements are neighbours. Elements become those
// of the computing type on the way.
#pragma once

#include <weft/ops/matmul_shape.hpp>
#include <weft/ops/matmul_tile.hpp>

namespace weft {

inline constexpr std::size_t depth_block = 384;  // depths that are summed up at a time

constexpr std::size_t smaller_of(std::size_t a, std::size_t b) { return a < b ? a : b; }
// How many pieces of a size cover n.
constexpr std::size_t pieces_of(std::size_t n, std::size_t size) { return (n + size - 1) / size; }

template <class C, class T>
[[gnu::always_inline]] inline void copy_elements(const T* from, std::size_t n, C* to) {
    if constexpr (std::is_same_v<C, T> && std::is_arithmetic_v<C>)
        std::memcpy(to, from, n * sizeof(C));
    else
        for (std::size_t i = 0; i < n; ++i) to[i] = static_cast<C>(from[i]);
}

namespace detail {

// Exchanges rows and columns of a square of registers: in step d, the squares of d by d elements
// beside the diagonal of each larger square change places.
template <std::size_t D, class V, std::size_t... Lane>
[[gnu::always_inline]] inline void exchange_rows(V* v, std::index_sequence<Lane...>) {
    constexpr std::size_t n = sizeof...(Lane);
    const V a = v[0], b = v[D];
    v[0] = WEFT_SHUFFLE(a, b, ((Lane & D) != 0 ? n + Lane - D : Lane)...);
    v[D] = WEFT_SHUFFLE(a, b, ((Lane & D) != 0 ? n + Lane : Lane + D)...);
}
template <std::size_t D, std::size_t N, class V>
[[gnu::always_inline]] inline void exchange(V* v) {
    constexpr std::make_index_sequence<N> each;
    unrolled(
        each, [&](std::size_t i) __attribute__((always_inline)) {
            if ((i & D) == 0) exchange_rows<D>(v + i, each);
        });
    if constexpr (2 * D < N) exchange<2 * D, N>(v);
}
template <class C>
[[gnu::noinline]] void transpose_square(const C* from, std::size_t from_step, C* to,
                                        std::size_t to_step) {
    constexpr int lanes = matmul_lanes<C>();
    constexpr std::make_index_sequence<static_cast<std::size_t>(lanes)> each;
    using V = pack<C, lanes>;
    typename V::register_type v[static_cast<std::size_t>(lanes)];
    unrolled(
        each, [&](std::size_t i)
                  __attribute__((always_inline)) { v[i] = V::load(from + i * from_step).v; });
    exchange<1, static_cast<std::size_t>(lanes)>(v);
    unrolled(
        each, [&](std::size_t i)
                  __attribute__((always_inline)) { V(v[i]).store(to + i * to_step); });
}

}  // namespace detail

// One panel of `width` columns and `depth` rows of b.
template <class C, class T>
void pack_panel(const matrix<const T>& b, std::size_t depth, std::size_t width, C* to) {
    constexpr std::size_t columns = tile_size<C>::columns;
    constexpr std::size_t lanes = tile_size<C>::lanes;
    std::size_t k = 0;
    if (b.column_step == 1) {
        for (; k < depth && width == columns; ++k)
            copy_elements(b.at(k, 0), columns, to + k * columns);
        for (; k < depth; ++k) {
            copy_elements(b.at(k, 0), width, to + k * columns);
            for (std::size_t c = width; c < columns; ++c) to[k * columns + c] = C{};
        }
        return;
    }
    if constexpr (std::is_same_v<C, T> && std::is_floating_point_v<C> && lanes > 1)
        for (; b.row_step == 1 && width == columns && k + lanes <= depth; k += lanes)
            for (std::size_t c = 0; c < columns; c += lanes)
                detail::transpose_square(b.at(k, c), b.column_step, to + k * columns + c, columns);
    // Column by column in short pieces, so that what is written stays in the first cache.
    for (constexpr std::size_t piece = 16; k < depth; k += piece)
        for (std::size_t c = 0; c < columns; ++c)
            for (std::size_t i = k; i < smaller_of(k + piece, depth); ++i)
                to[i * columns + c] = c < width ? static_cast<C>(*b.at(i, c)) : C{};
}

// A block of the first operand as tiles read it.
template <class C>
struct left_block {
    const C* data;
    std::size_t row_step, depth_step;
};

// Copies rows by depth of a to `to`.
template <class C, class T>
left_block<C> copy_block(const matrix<const T>& a, std::size_t rows, std::size_t depth, C* to) {
    if (a.row_step == 1 && a.column_step != 1) {
        for (std::size_t k = 0; k < depth; ++k) copy_elements(a.at(0, k), rows, to + k * rows);
        return {to, 1, rows};
    }
    for (std::size_t r = 0; r < rows; ++r) copy_elements(a.at(r, 0), depth, to + r * depth);
    return {to, depth, 1};
}

}  // namespace weft
