// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The innermost loop of products: a tile of sums in registers, some rows by one or two registers of
// columns. The first operand is read element by element by any strides, the second a register at a
// time. Each sum is added up in the order of the depths, however large the tile is. Compiled once
// per computing type and number of rows.
#pragma once

#include <weft/kernel/accumulate_product.hpp>

namespace weft {

template <class C>
constexpr int matmul_lanes() {
    if constexpr (std::is_arithmetic_v<C>)
        return register_bytes > static_cast<int>(sizeof(C))
                   ? register_bytes / static_cast<int>(sizeof(C))
                   : 1;
    else
        return 1;
}

// The largest tile. Latency wants a dozen sums on their way, and as many registers are left for
// operands: 16 sums of AVX-512's 32 registers reach the same speed as 28, and eight rows divide
// the sizes that people choose. Of other than floating types one register of columns has to do.
template <class C>
struct tile_size {
    static constexpr bool floating = std::is_floating_point_v<C>;
    static constexpr std::size_t lanes = static_cast<std::size_t>(matmul_lanes<C>());
    static constexpr std::size_t rows = !floating              ? 4
                                        : register_bytes >= 64 ? 8
                                        : register_bytes >= 32 ? 6
                                                               : 4;
    static constexpr std::size_t packs = floating ? 2 : 1;
    static constexpr std::size_t columns = packs * lanes;
    // Few rows take more columns at a time.
    static constexpr std::size_t few_rows = floating ? rows / 2 : 0;
    static constexpr std::size_t wide_columns = floating ? 2 * columns : columns;
    // What is left of a row is half a register, where that is one too.
    static constexpr std::size_t half = floating && lanes * sizeof(C) >= 32 ? lanes / 2 : lanes;
};

// A tile of `out`: the sums over `depth` of a[r * a_row + k * a_depth] times b[k * b_row + c], set,
// added to what is there, or continued from that as if depths had never been apart.
enum class tile_mode : unsigned char { set, add, resume };
template <class C>
struct tile_product {
    const C* a;
    std::size_t a_row, a_depth;
    const C* b;
    std::size_t b_row;
    std::size_t depth;
    C* out;
    std::size_t out_row;
    tile_mode mode;
};

template <class C>
using tile_function = void (*)(const tile_product<C>&);

namespace detail {

// f(0) to f(N - 1), written out, so that arrays that f indexes are registers.
template <class F, std::size_t... Index>
[[gnu::always_inline]] inline void unrolled(std::index_sequence<Index...>, const F& f) {
    (f(Index), ...);
}

// Makes a register of what g++ would load again for each use.
template <class V>
[[gnu::always_inline]] inline void keep_in_register(V& value) {
#ifdef __x86_64__
    if constexpr (is_pack<V>) asm("" : "+v"(value.v));
#endif
}

template <class C, int lanes, std::size_t Rows, std::size_t Packs>
[[gnu::noinline]] void multiply_tile(const tile_product<C>& t) {
    using V = lane_value_t<C, lanes>;
    constexpr std::size_t step = static_cast<std::size_t>(lanes);
    // Few rows read much for what they compute, where no processor would read ahead.
    constexpr bool ask_ahead = Packs > tile_size<C>::packs;
    constexpr std::size_t rows_ahead = 4;
    constexpr std::make_index_sequence<Rows> rows;
    constexpr std::make_index_sequence<Packs> packs;
    const C *a = t.a, *b = t.b;
    const std::size_t a_row = t.a_row, a_depth = t.a_depth, b_row = t.b_row;
    C* const out = t.out;
    const std::size_t out_row = t.out_row;
    const tile_mode mode = t.mode;
    V sums[Rows][Packs];
    constexpr std::make_index_sequence<Rows * Packs> each;
    unrolled(
        each, [&](std::size_t i) __attribute__((always_inline)) {
            C* const from = out + i / Packs * out_row + i % Packs * step;
            sums[i / Packs][i % Packs] =
                mode == tile_mode::resume ? load_lanes<C, lanes>(from) : V(C{});
        });
    for (std::size_t k = t.depth; k > 0; --k, a += a_depth, b += b_row) {
        V right[Packs];
        unrolled(
            packs, [&](std::size_t p) __attribute__((always_inline)) {
                right[p] = load_lanes<C, lanes>(b + p * step);
                keep_in_register(right[p]);
                if constexpr (ask_ahead) __builtin_prefetch(b + rows_ahead * b_row + p * step);
            });
        unrolled(
            rows, [&](std::size_t r) __attribute__((always_inline)) {
                const V left(a[r * a_row]);
                unrolled(
                    packs, [&](std::size_t p) __attribute__((always_inline)) {
                        accumulate_product(sums[r][p], left, right[p]);
                    });
            });
    }
    const auto store = [&](auto add) __attribute__((always_inline)) {
        unrolled(
            each, [&](std::size_t i) __attribute__((always_inline)) {
                C* const to = out + i / Packs * out_row + i % Packs * step;
                V sum = sums[i / Packs][i % Packs];
                if constexpr (add) sum = wrapping_add(load_lanes<C, lanes>(to), sum);
                store_lanes<C, lanes>(to, sum);
            });
    };
    mode == tile_mode::add ? store(std::true_type{}) : store(std::false_type{});
}

template <class C, int lanes, std::size_t Packs, class Rows>
struct tile_functions;
template <class C, int lanes, std::size_t Packs, std::size_t... Less>
struct tile_functions<C, lanes, Packs, std::index_sequence<Less...>> {
    static constexpr tile_function<C> of_rows[] = {&multiply_tile<C, lanes, Less + 1, Packs>...};
};

}  // namespace detail

// The function for a tile of so many rows and columns, which are half a register or one, those of a
// tile, or more for few rows.
template <class C>
tile_function<C> tile_function_of(std::size_t rows, std::size_t columns) {
    using size = tile_size<C>;
    using counts = std::make_index_sequence<size::rows>;
    using few = std::make_index_sequence<size::few_rows>;
    constexpr int lanes = matmul_lanes<C>();
    if constexpr (size::few_rows > 0)
        if (columns > size::columns)
            return detail::tile_functions<C, lanes, 2 * size::packs, few>::of_rows[rows - 1];
    if (columns > size::lanes)
        return detail::tile_functions<C, lanes, size::packs, counts>::of_rows[rows - 1];
    if constexpr (size::half < size::lanes)
        if (columns <= size::half)
            return detail::tile_functions<C, lanes / 2, 1, counts>::of_rows[rows - 1];
    return detail::tile_functions<C, lanes, 1, counts>::of_rows[rows - 1];
}

}  // namespace weft
