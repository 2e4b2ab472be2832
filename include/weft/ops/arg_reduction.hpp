// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The loops of argmax and argmin, and the type of their result, int64. The first of equal extrema
// counts; NaN counts as an extremum, as in NumPy. The value is found with the reducer of max or
// min, in vectors, and its place is looked for only where a block has a better one.
#pragma once

#include <weft/ops/reduction.hpp>
#include <weft/ops/reduction_loop.hpp>

namespace weft {

namespace detail {

// An extremum and where it is.
template <class C>
struct found_element {
    C value{};
    std::int64_t index = -1;
};

// Whether `candidate` beats `best`: it is another value, and the reducer prefers it.
template <class Reducer, class C>
bool beats(const C& candidate, const C& best) {
    return best == best && !(Reducer::combine(best, candidate) == best);
}

// Looks at n consecutive elements, the first of which has the number `start`.
template <class Reducer, class T, class C>
void find_in_span(const T* x, std::size_t n, std::size_t start, found_element<C>& best) {
    const C value = reduce_span<Reducer>(x, n);
    if (best.index >= 0 && !beats<Reducer>(value, best.value)) return;
    std::size_t i = 0;
    while (value == value ? !(static_cast<C>(x[i]) == value)
                          : static_cast<C>(x[i]) == static_cast<C>(x[i]))
        ++i;
    best = {value, static_cast<std::int64_t>(start + i)};
}

// Elements [first, last) of a row that starts at `origin`.
template <class Reducer, class T>
found_element<compute_t<T>> find_in_row(const source<T>& in, std::size_t origin, std::size_t first,
                                        std::size_t last) {
    found_element<compute_t<T>> best;
    for_each_block(in, origin + first, origin + last, source_block,
                   [&](const T* x, std::size_t size) {
                       find_in_span<Reducer>(x, size, first, best);
                       first += size;
                   });
    return best;
}

// inner == 1: rows side by side, cut in chunks where there are few; chunks are compared in order.
template <class Reducer, class T>
void find_in_rows(context_base& ctx, const source<T>& in, const reduction_cut& cut,
                  std::int64_t* out) {
    using found = found_element<compute_t<T>>;
    const double piece_ns = 0.5 * static_cast<double>(cut.chunk) + 5;
    auto* pieces =
        cut.chunks == 1 ? nullptr : static_cast<found*>(ctx.scratch(cut.pieces() * sizeof(found)));
    ctx.parallel_for(cut.pieces(), piece_ns, [&](std::size_t first, std::size_t last) {
        for (std::size_t piece = first; piece < last; ++piece) {
            const std::size_t start = piece % cut.chunks * cut.chunk;
            const std::size_t end = cut.n - start < cut.chunk ? cut.n : start + cut.chunk;
            const found best = find_in_row<Reducer>(in, piece / cut.chunks * cut.n, start, end);
            if (pieces == nullptr)
                out[piece] = best.index;
            else
                pieces[piece] = best;
        }
    });
    for (std::size_t o = 0; pieces != nullptr && o < cut.outer; ++o) {
        found best = pieces[o * cut.chunks];
        for (std::size_t chunk = 1; chunk < cut.chunks; ++chunk)
            if (beats<Reducer>(pieces[o * cut.chunks + chunk].value, best.value))
                best = pieces[o * cut.chunks + chunk];
        out[o] = best.index;
    }
}

// inner > 1: all columns of a piece side by side, row by row.
template <class Reducer, class T>
void find_in_columns(context_base& ctx, const source<T>& in, const reduction_cut& cut,
                     std::int64_t* out) {
    using C = compute_t<T>;
    const double piece_ns = static_cast<double>(cut.n * cut.width) + 5;
    ctx.parallel_for(cut.pieces(), piece_ns, [&](std::size_t first, std::size_t last) {
        C best[source_block];
        for (std::size_t piece = first; piece < last; ++piece) {
            const std::size_t o = piece / cut.column_pieces;
            const std::size_t column = piece % cut.column_pieces * cut.width;
            const std::size_t count =
                cut.inner - column < cut.width ? cut.inner - column : cut.width;
            std::int64_t* index = out + o * cut.inner + column;
            for_each_row(in, cut, o, 0, cut.n, column, count, [&](const T* x, std::size_t r) {
                for (std::size_t j = 0; j < count; ++j) {
                    const C value = static_cast<C>(x[j]);
                    if (r > 0 && !beats<Reducer>(value, best[j])) continue;
                    best[j] = value;
                    index[j] = static_cast<std::int64_t>(r);
                }
            });
        }
    });
}

}  // namespace detail

// Writes where along one axis (the mask has one bit), or in the whole tensor (all bits), Reducer's
// extremum is. No reduced dimension may be empty.
template <class Reducer, class T>
void find_extremum(context_base& ctx, const source<T>& in, unsigned mask, std::int64_t* out) {
    const merged_axes axes(in.shape(), mask);
    const std::size_t group = axes.groups() == 0 ? axes.rank : axes.last_group();
    const std::size_t n = axes.groups() == 0 ? 1 : axes.extent[group];
    const std::size_t inner = axes.groups() == 0 ? 1 : axes.product(group + 1, axes.rank);
    const reduction_cut cut(axes.product(0, group), n, inner, inner == 1);
    if (inner == 1)
        detail::find_in_rows<Reducer>(ctx, in, cut, out);
    else
        detail::find_in_columns<Reducer>(ctx, in, cut, out);
}

}  // namespace weft
