// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The loops of reductions, compiled once per reduction and element type. Axes that are reduced
// together are merged, and a tensor is seen as (outer, n, inner) with n reduced. Long reductions
// are cut into chunks by their shape alone and combined in order, so results do not depend on the
// number of threads.
//
// A Reducer<T> has: `state`, what is accumulated; `identity()`; `start(x)`, the state of one
// element or pack; `combine(a, b)` of states or packs of them; `finish(state, count)`, the result.
#pragma once

#include <weft/kernel/context.hpp>
#include <weft/kernel/evaluate.hpp>
#include <weft/kernel/source.hpp>
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

// Lanes of a reducer's accumulators: 1 where the state is no number.
template <class State>
constexpr int reduction_lanes() {
    if constexpr (std::is_arithmetic_v<State>)
        return register_bytes > static_cast<int>(sizeof(State))
                   ? register_bytes / static_cast<int>(sizeof(State))
                   : 1;
    else
        return 1;
}

// N states from N elements of the input, which is of elements or, in a later pass, of states.
template <class Reducer, int N, class In>
[[gnu::always_inline]] inline auto load_states(const In* from) {
    using state = typename Reducer::state;
    if constexpr (std::is_same_v<In, state> && N == 1)
        return *from;
    else if constexpr (std::is_same_v<In, state>)
        return pack<state, N>::load(from);
    else if constexpr (N == 1)
        return Reducer::start(static_cast<compute_t<In>>(*from));
    else
        return convert<state>(load_lanes<In, N>(from));
}

// The state of n consecutive elements: four accumulators of a register each, then the rest.
template <class Reducer, class In>
typename Reducer::state reduce_span(const In* x, std::size_t n) {
    using state = typename Reducer::state;
    constexpr int lanes = reduction_lanes<state>();
    constexpr std::size_t step = static_cast<std::size_t>(lanes);
    state total = Reducer::identity();
    std::size_t i = 0;
    if (n >= 4 * step) {
        auto a = load_states<Reducer, lanes>(x);
        auto b = load_states<Reducer, lanes>(x + step);
        auto c = load_states<Reducer, lanes>(x + 2 * step);
        auto d = load_states<Reducer, lanes>(x + 3 * step);
        for (i = 4 * step; i + 4 * step <= n; i += 4 * step) {
            a = Reducer::combine(a, load_states<Reducer, lanes>(x + i));
            b = Reducer::combine(b, load_states<Reducer, lanes>(x + i + step));
            c = Reducer::combine(c, load_states<Reducer, lanes>(x + i + 2 * step));
            d = Reducer::combine(d, load_states<Reducer, lanes>(x + i + 3 * step));
        }
        a = Reducer::combine(Reducer::combine(a, b), Reducer::combine(c, d));
        if constexpr (lanes == 1)
            total = a;
        else
            for (int lane = 0; lane < lanes; ++lane) total = Reducer::combine(total, a[lane]);
    }
    for (; i < n; ++i) total = Reducer::combine(total, load_states<Reducer, 1>(x + i));
    return total;
}

// states[j] = combine(states[j], x[j]) for n columns.
template <class Reducer, class In>
void reduce_row(typename Reducer::state* states, const In* x, std::size_t n) {
    using state = typename Reducer::state;
    constexpr int lanes = reduction_lanes<state>();
    std::size_t j = 0;
    if constexpr (lanes > 1)
        for (; j + lanes <= n; j += lanes)
            Reducer::combine(pack<state, lanes>::load(states + j),
                             load_states<Reducer, lanes>(x + j))
                .store(states + j);
    for (; j < n; ++j) states[j] = Reducer::combine(states[j], load_states<Reducer, 1>(x + j));
}

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

// Rows [first, last) of n elements each, inner being 1; short rows are read several at a time.
template <class Reducer, class In>
void reduce_rows(const source<In>& in, std::size_t n, std::size_t first, std::size_t last,
                 const reduction_target<Reducer>& to) {
    if (n > source_block / 2 || n == 0) {
        for (std::size_t o = first; o < last; ++o) {
            auto state = Reducer::identity();
            for_each_block(in, o * n, (o + 1) * n, source_block,
                           [&](const In* x, std::size_t size) {
                               state = Reducer::combine(state, reduce_span<Reducer>(x, size));
                           });
            to.put(o, state);
        }
        return;
    }
    std::size_t o = first;
    for_each_block(in, first * n, last * n, source_block / n * n,
                   [&](const In* x, std::size_t size) {
                       for (std::size_t at = 0; at < size; at += n)
                           to.put(o++, reduce_span<Reducer>(x + at, n));
                   });
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
        auto state = Reducer::identity();
        for_each_block(in, o * cut.n + row, o * cut.n + row + rows, source_block,
                       [&](const In* x, std::size_t size) {
                           state = Reducer::combine(state, reduce_span<Reducer>(x, size));
                       });
        to.put(at, state);
    } else {
        typename Reducer::state states[source_block];
        for (std::size_t j = 0; j < count; ++j) states[j] = Reducer::identity();
        for_each_row(in, cut, o, row, rows, column, count,
                     [&](const In* x, std::size_t) { reduce_row<Reducer>(states, x, count); });
        for (std::size_t j = 0; j < count; ++j) to.put(at + j, states[j]);
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
