// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The loops of reductions, compiled once per reduction and element type. Axes that are reduced
// together are merged, and a tensor is seen as (outer, n, inner) with n reduced. Long reductions
// are cut into chunks by their shape alone and combined in order, so results do not depend on the
// number of threads.
//
// A Reducer<T> has: `state`, what is accumulated; `identity()`; `start(x)`, the state of one
// element, where the state is no number; `combine(a, b)` of states or packs of them;
// `finish(state, count)`, the result. It may have a narrower `partial`, which a few elements are
// combined in first, and combine_numbers (reduction_span.hpp).
#pragma once

#include <weft/kernel/context.hpp>
#include <weft/kernel/source.hpp>
#include <weft/ops/reduction_columns.hpp>
#include <weft/ops/reduction_cut.hpp>

namespace weft {

// The state of a sum or product of complex numbers.
struct complex_state {
    double re = 0, im = 0;

    friend complex_state operator+(const complex_state& a, const complex_state& b) {
        return {a.re + b.re, a.im + b.im};
    }
    friend complex_state operator*(const complex_state& a, const complex_state& b) {
        return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
    }
    template <class T>
    T to() const {
        using part = typename T::value_type;
        return T(static_cast<part>(re), static_cast<part>(im));
    }
};

namespace detail {

// Calls each(x, count) for the elements [first, last) of a source, block by block.
template <class In, class Each>
void for_each_block(const source<In>& in, std::size_t first, std::size_t last, std::size_t block,
                    Each each) {
    In buffer[source_block];
    for (; first < last; first += block) {
        const std::size_t end = last - first < block ? last : first + block;
        each(in.block(first, end, buffer), end - first);
    }
}

// Calls each(x, r) for the rows [row, row + rows) of one `outer`, x being `count` columns from
// `column`.
template <class In, class Each>
void for_each_row(const source<In>& in, const reduction_cut& cut, std::size_t o, std::size_t row,
                  std::size_t rows, std::size_t column, std::size_t count, Each each) {
    if (count == cut.inner) {  // whole rows: several at a time
        const std::size_t first = (o * cut.n + row) * count;
        std::size_t r = row;
        for_each_block(in, first, first + rows * count, source_block / count * count,
                       [&](const In* x, std::size_t size) {
                           for (std::size_t at = 0; at < size; at += count) each(x + at, r++);
                       });
        return;
    }
    In buffer[source_block];
    for (std::size_t r = row; r < row + rows; ++r) {
        const std::size_t first = (o * cut.n + r) * cut.inner + column;
        each(in.block(first, first + count, buffer), r);
    }
}

// Where a pass writes: results where it is the last one, else states.
template <class Reducer>
struct reduction_target {
    typename Reducer::result* out = nullptr;
    typename Reducer::state* states = nullptr;
    std::size_t count = 1;  // elements behind one result

    void put(std::size_t at, const typename Reducer::state& state) const {
        if (out != nullptr)
            out[at] = Reducer::finish(state, count);
        else
            states[at] = state;
    }
};

// Elements that are worth reading in two halves, the first of which is a multiple of these.
inline constexpr std::size_t read_in_halves = 8192, half_unit = 1024;

// The state of elements [first, last) of a source. Of many, the halves have states of their own.
template <class Reducer, class In>
typename Reducer::state reduce_run(const source<In>& in, std::size_t first, std::size_t last) {
    const std::size_t n = last - first, half = n / 2 / half_unit * half_unit;
    // Of what may come from memory the next elements are on their way while few are combined.
    constexpr std::size_t cached = (std::size_t{8} << 20) / sizeof(In);
    const std::size_t block = in.size() < cached ? source_block : source_block / 8;
    const auto each = [&](auto& to, std::size_t from, std::size_t end) {
        for_each_block(in, from, end, block,
                       [&](const In* x, std::size_t size) { to.add(x, size); });
    };
    if (n < read_in_halves && in.data() != nullptr)
        return reduce_span<Reducer>(in.data() + first, n);
    if (n < read_in_halves)
        return reduce_spans<Reducer, In, 1>([&](auto* all) { each(*all, first, last); });
    return reduce_spans<Reducer, In, 2>([&](auto* spans) {
        if (in.data() == nullptr)
            return each(spans[0], first, first + half), each(spans[1], first + half, last);
        const In* const x = in.data() + first;
        add_both(spans[0], x, spans[1], x + half, half);
        spans[1].add(x + 2 * half, n - 2 * half);
    });
}

// Rows [first, last) of n elements each, inner being 1; short ones are read several at a time.
template <class Reducer, class In>
void reduce_rows(const source<In>& in, std::size_t n, std::size_t first, std::size_t last,
                 const reduction_target<Reducer>& to) {
    if (n == 0 || n > source_block / 2) {
        for (std::size_t o = first; o < last; ++o)
            to.put(o, reduce_run<Reducer>(in, o * n, (o + 1) * n));
        return;
    }
    std::size_t o = first;
    for_each_block(in, first * n, last * n, source_block / n * n,
                   [&](const In* x, std::size_t size) {
                       for (std::size_t at = 0; at < size; at += n)
                           to.put(o++, reduce_span<Reducer>(x + at, n));
                   });
}

// Rows of `count` columns, `step` elements apart, to states; the first one starts at `first`.
template <class Reducer, class In>
void reduce_columns(const source<In>& in, std::size_t first, std::size_t step, std::size_t rows,
                    std::size_t count, typename Reducer::state* states) {
    if (in.data() != nullptr)
        return reduce_rows_to_states<Reducer>(states, in.data() + first, step, rows, count);
    constexpr std::size_t width = source_block / reduction_group;
    if (count == step && count <= width) {  // whole rows: several groups at a time
        const std::size_t group = reduction_group * count;
        for_each_block(in, first, first + rows * count, source_block / group * group,
                       [&](const In* x, std::size_t size) {
                           reduce_rows_to_states<Reducer>(states, x, count, size / count, count);
                       });
        return;
    }
    In buffer[source_block];
    for (std::size_t column = 0; column < count; column += width) {
        const std::size_t n = count - column < width ? count - column : width;
        for (std::size_t row = 0; row < rows; row += reduction_group) {
            const std::size_t k = rows - row < reduction_group ? rows - row : reduction_group;
            for (std::size_t r = 0; r < k; ++r) {
                const std::size_t at = first + (row + r) * step + column;
                in.copy_to(at, at + n, buffer + r * width);
            }
            reduce_rows_to_states<Reducer>(states + column, buffer, width, k, n);
        }
    }
}

// Columns that are worth a loop over them.
inline constexpr std::size_t narrow_row = 64;

// The same for whole rows of few columns: several rows are seen as one, whose columns are combined
// at the end.
template <class Reducer, class In>
void reduce_narrow_rows(const source<In>& in, std::size_t first, std::size_t rows,
                        std::size_t count, typename Reducer::state* states) {
    const std::size_t together = narrow_row / count;
    typename Reducer::state wide[narrow_row];
    for (std::size_t j = 0; j < together * count; ++j) wide[j] = Reducer::identity();
    const std::size_t whole = rows / together * together;
    reduce_columns<Reducer>(in, first, together * count, whole / together, together * count, wide);
    reduce_columns<Reducer>(in, first + whole * count, count, rows - whole, count, states);
    for (std::size_t j = 0; j < together * count; ++j)
        states[j % count] = Reducer::combine(states[j % count], wide[j]);
}

// One piece of a pass that is cut in chunks or columns.
template <class Reducer, class In>
void reduce_piece(const source<In>& in, const reduction_cut& cut, std::size_t piece,
                  const reduction_target<Reducer>& to) {
    const std::size_t chunk = piece / cut.column_pieces % cut.chunks;
    const std::size_t o = piece / cut.column_pieces / cut.chunks;
    const std::size_t column = piece % cut.column_pieces * cut.width;
    const std::size_t count = cut.inner - column < cut.width ? cut.inner - column : cut.width;
    const std::size_t row = chunk * cut.chunk;
    const std::size_t rows = cut.n - row < cut.chunk ? cut.n - row : cut.chunk;
    const std::size_t at = (o * cut.chunks + chunk) * cut.inner + column;
    if (cut.inner == 1) {
        const std::size_t first = o * cut.n + row;
        to.put(at, reduce_run<Reducer>(in, first, first + rows));
    } else {
        typename Reducer::state own[source_block];
        typename Reducer::state* const states = to.out == nullptr ? to.states + at : own;
        for (std::size_t j = 0; j < count; ++j) states[j] = Reducer::identity();
        const std::size_t first = (o * cut.n + row) * cut.inner + column;
        if (cut.inner <= narrow_row / 2 && rows * cut.inner >= 2 * narrow_row)
            reduce_narrow_rows<Reducer>(in, first, rows, count, states);
        else
            reduce_columns<Reducer>(in, first, cut.inner, rows, count, states);
        if (to.out != nullptr)
            for (std::size_t j = 0; j < count; ++j)
                to.out[at + j] = Reducer::finish(states[j], to.count);
    }
}

// One pass: (outer, n, inner) to (outer, inner).
template <class Reducer, class In>
void reduce_pass(context_base& ctx, const source<In>& in, const reduction_cut& cut,
                 const reduction_target<Reducer>& to) {
    using state = typename Reducer::state;
    const double piece_ns = 0.5 * static_cast<double>(cut.chunk * cut.width) + 5;
    if (cut.inner == 1 && cut.chunks == 1) {
        ctx.parallel_for(cut.outer, piece_ns, [&](std::size_t first, std::size_t last) {
            reduce_rows<Reducer>(in, cut.n, first, last, to);
        });
        return;
    }
    reduction_target<Reducer> pieces = to;
    if (cut.chunks > 1)
        pieces = {nullptr, static_cast<state*>(
                               ctx.scratch(cut.outer * cut.chunks * cut.inner * sizeof(state)))};
    ctx.parallel_for(cut.pieces(), piece_ns, [&](std::size_t first, std::size_t last) {
        for (std::size_t piece = first; piece < last; ++piece)
            reduce_piece<Reducer>(in, cut, piece, pieces);
    });
    if (cut.chunks > 1)
        reduce_pass<Reducer>(ctx, source<state>(pieces.states, {}),
                             reduction_cut(cut.outer, cut.chunks, cut.inner, false), to);
}

// Reduces the innermost group of axes; where others are left, to states, which it reduces next.
template <class Reducer, class In>
void reduce_groups(context_base& ctx, const source<In>& in, merged_axes& axes,
                   const reduction_target<Reducer>& to) {
    using state = typename Reducer::state;
    if (axes.groups() == 0)
        return reduce_pass<Reducer>(ctx, in, reduction_cut(axes.product(0, axes.rank), 1, 1, false),
                                    to);
    const std::size_t group = axes.last_group();
    const reduction_cut cut(axes.product(0, group), axes.extent[group],
                            axes.product(group + 1, axes.rank), true);
    if (axes.groups() == 1) return reduce_pass<Reducer>(ctx, in, cut, to);
    auto* states = static_cast<state*>(ctx.scratch(cut.outer * cut.inner * sizeof(state)));
    reduce_pass<Reducer>(ctx, in, cut, {nullptr, states});
    axes.extent[group] = 1;
    axes.reduced[group] = false;
    reduce_groups<Reducer>(ctx, source<state>(states, {}), axes, to);
}

}  // namespace detail

// Reduces the axes whose bits are set in `mask`; `out` has the elements that are left, in order.
template <class Reducer, class T>
void reduce(context_base& ctx, const source<T>& in, unsigned mask, typename Reducer::result* out) {
    merged_axes axes(in.shape(), mask);
    detail::reduce_groups<Reducer>(ctx, in, axes, {out, nullptr, axes.reduced_size()});
}

}  // namespace weft
