// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The innermost loops of reductions of consecutive elements. Sixteen packs are combined with each
// other before they reach a state: in the reducer's `partial`, if it has one that is narrower.
// Those four apart are combined first, so that no result has gone through more than five such
// steps. The order depends on lengths alone; reduction_columns.hpp has that of columns. What a
// reducer is, is said in reduction_loop.hpp.
#pragma once

#include <weft/kernel/evaluate.hpp>
#include <weft/kernel/lane_order.hpp>

namespace weft::detail {

// What elements are combined in before they become states: Reducer::partial, or states.
template <class Reducer>
struct partial_of {
    using type = typename Reducer::state;
};
template <class Reducer>
    requires requires { typename Reducer::partial; }
struct partial_of<Reducer> {
    using type = typename Reducer::partial;
};

// The same for elements In, which are states in a later pass.
template <class Reducer, class In>
using partial_t = std::conditional_t<std::is_same_v<In, typename Reducer::state>, In,
                                     typename partial_of<Reducer>::type>;

// Lanes of a reducer's loops: 1 where the partial is no number.
template <class Partial>
constexpr int reduction_lanes() {
    if constexpr (std::is_arithmetic_v<Partial>)
        return register_bytes > static_cast<int>(sizeof(Partial))
                   ? register_bytes / static_cast<int>(sizeof(Partial))
                   : 1;
    else
        return 1;
}

// Packs that are combined at once, and rows.
inline constexpr std::size_t reduction_packs = 16;
inline constexpr std::size_t reduction_group = 8;

// Whether a reducer of In has a faster way for elements without NaN: combine_numbers(a, b), which
// is b if only b is NaN, and may be anything if a is.
template <class Reducer, class In>
inline constexpr bool has_numbers_only =
    std::is_floating_point_v<partial_t<Reducer, In>>&& requires(typename Reducer::state s) {
    Reducer::combine_numbers(s, s);
};

// Elements on the way to a state, and the sum of the same ones, which tells whether one is NaN.
template <class V>
struct summed_too {
    V value, sum;
};

// N partials from N elements.
template <class Reducer, int N, class In>
[[gnu::always_inline]] inline auto load_partials(const In* from) {
    using partial = partial_t<Reducer, In>;
    if constexpr (std::is_same_v<In, typename Reducer::state> && N == 1)
        return *from;
    else if constexpr (std::is_same_v<In, typename Reducer::state>)
        return pack<partial, N>::load(from);
    else if constexpr (N > 1)
        return convert<partial>(load_lanes<In, N>(from));
    else if constexpr (std::is_arithmetic_v<partial>)
        return static_cast<partial>(static_cast<compute_t<In>>(*from));
    else
        return Reducer::start(static_cast<compute_t<In>>(*from));
}

// Loads N partials at `from`, after asking for what is some bytes further on: enough to be on its
// way across the end of a page, which processors do not look beyond. Of one span, of several rows.
inline constexpr std::size_t ahead_in_span = 256, ahead_in_rows = 512;
template <class Reducer, int N, std::size_t Ahead, bool Summed = false>
struct load_ahead {
    template <class In>
    [[gnu::always_inline]] auto operator()(const In* from) const {
        if constexpr (N > 1) __builtin_prefetch(from + Ahead / sizeof(In));
        const auto x = load_partials<Reducer, N>(from);
        if constexpr (Summed)
            return summed_too<std::remove_const_t<decltype(x)>>{x, x};
        else
            return x;
    }
};

// Count partials or packs of them, `step` elements apart, combined pairwise by f.
template <int Count, class In, class Load, class F>
[[gnu::always_inline]] inline auto combine_rows(const In* x, std::size_t step, Load load, F f) {
    if constexpr (Count == 1)
        return load(x);
    else
        return f(combine_rows<Count / 2>(x, step, load, f),
                 combine_rows<Count / 2>(x + Count / 2 * step, step, load, f));
}
// reduction_packs packs of N that follow each other: four sums of four, combined pairwise.
template <int N, class In, class Load, class F>
[[gnu::always_inline]] inline auto combine_packs(const In* x, Load load, F f) {
    auto a = load(x), b = load(x + N), c = load(x + 2 * N), d = load(x + 3 * N);
    for (std::size_t i = 4; i < reduction_packs; i += 4) {
        a = f(a, load(x + i * N)), b = f(b, load(x + (i + 1) * N));
        c = f(c, load(x + (i + 2) * N)), d = f(d, load(x + (i + 3) * N));
    }
    return f(f(a, b), f(c, d));
}

// N states in as many registers as it takes. Not in one pack: compilers keep vectors that are
// larger than a register in memory.
template <class State, int N>
struct lane_states {
    static constexpr int per_register = reduction_lanes<State>() < N ? reduction_lanes<State>() : N;
    static constexpr int parts = N / per_register;
    pack<State, per_register> part[parts];

    template <class Partial>
    [[gnu::always_inline]] static lane_states of(const pack<Partial, N>& from) {
        const pack<State, N> wide = convert<State>(from);
        lane_states out;
        std::memcpy(static_cast<void*>(out.part), &wide, sizeof out.part);
        return out;
    }
    [[gnu::always_inline]] static lane_states load(const State* from) {
        lane_states out;
        for (int i = 0; i < parts; ++i)
            out.part[i] = pack<State, per_register>::load(from + i * per_register);
        return out;
    }
    [[gnu::always_inline]] void store(State* to) const {
        for (int i = 0; i < parts; ++i) part[i].store(to + i * per_register);
    }
};
template <class Reducer, class State, int N>
[[gnu::always_inline]] inline lane_states<State, N> combine_lanes(const lane_states<State, N>& a,
                                                                  const lane_states<State, N>& b) {
    lane_states<State, N> out;
    for (int i = 0; i < out.parts; ++i) out.part[i] = Reducer::combine(a.part[i], b.part[i]);
    return out;
}

// The states of partials, or of packs of them.
template <class Reducer, class Partial>
[[gnu::always_inline]] inline auto states_of(const Partial& part) {
    using state = typename Reducer::state;
    if constexpr (is_pack<Partial>)
        return lane_states<state, Partial::size>::of(part);
    else
        return static_cast<state>(part);
}
template <class Reducer>
inline constexpr auto combine_by =
    [](const auto& a, const auto& b) { return Reducer::combine(a, b); };
template <class Reducer>
inline constexpr auto combine_numbers_by =
    [](const auto& a, const auto& b) { return Reducer::combine_numbers(a, b); };
inline constexpr auto add_up = [](const auto& a, const auto& b) { return a + b; };
template <class Reducer>
inline constexpr auto combine_both_by = [](const auto& a, const auto& b) {
    return std::remove_cvref_t<decltype(a)>{Reducer::combine_numbers(a.value, b.value),
                                            a.sum + b.sum};
};

template <int First>
struct lanes_from {
    static constexpr int lane(int i) { return First + i; }
};
// N lanes of x from First on; many by way of memory.
template <int First, int N, class T, int All>
[[gnu::always_inline]] inline pack<T, N> part_of_lanes(const pack<T, All>& x) {
    if constexpr (N <= 16) {
        return pack<T, N>(reorder_lanes<lanes_from<First>, N>(x.v, x.v));
    } else {
        pack<T, N> out;
        std::memcpy(&out.v, reinterpret_cast<const char*>(&x.v) + First * sizeof(T), sizeof out.v);
        return out;
    }
}
// f of all lanes, one half with the other.
template <class T, int N, class F>
[[gnu::always_inline]] inline T fold_lanes(const pack<T, N>& x, F f) {
    if constexpr (N == 1) {
        return x[0];
    } else if constexpr (N == 2) {
        return f(x[0], x[1]);
    } else {
        return fold_lanes(f(part_of_lanes<0, N / 2>(x), part_of_lanes<N / 2, N / 2>(x)), f);
    }
}
template <class Reducer, class State, int N>
[[gnu::always_inline]] inline State fold_states(const lane_states<State, N>& x) {
    auto all = x.part[0];
    for (int i = 1; i < x.parts; ++i) all = Reducer::combine(all, x.part[i]);
    return fold_lanes(all, combine_by<Reducer>);
}

// The state of spans that follow each other. Lanes are combined at the end.
template <class Reducer, class In>
class span_state {
public:
    using state = typename Reducer::state;
    static constexpr int lanes = reduction_lanes<partial_t<Reducer, In>>();
    static constexpr std::size_t step = static_cast<std::size_t>(lanes);
    static constexpr std::size_t group = reduction_packs * step;

    span_state() {
        if constexpr (lanes > 1)
            for (auto& part : lanes_.part) part = Reducer::identity();
    }
    // What is added at once.
    [[gnu::always_inline]] void add_group(const In* x) {
        add_lanes(combine_packs<lanes>(x, load_ahead<Reducer, lanes, ahead_in_span>{},
                                       combine_by<Reducer>));
    }
    void add(const In* x, std::size_t n) {
        std::size_t i = 0;
        if constexpr (lanes > 1) {
            span_state all = *this;
            for (; i + group <= n; i += group) all.add_group(x + i);
            for (; i + step <= n; i += step) all.add_lanes(load_partials<Reducer, lanes>(x + i));
            lanes_ = all.lanes_;
        }
        for (; i < n; ++i)
            rest_ = Reducer::combine(rest_, states_of<Reducer>(load_partials<Reducer, 1>(x + i)));
    }
    state total() const {
        if constexpr (lanes > 1)
            return Reducer::combine(fold_states<Reducer>(lanes_), rest_);
        else
            return rest_;
    }

private:
    template <class Part>
    [[gnu::always_inline]] void add_lanes(const Part& part) {
        lanes_ = combine_lanes<Reducer>(lanes_, states_of<Reducer>(part));
    }

    std::conditional_t<(lanes > 1), lane_states<state, lanes>, bool> lanes_;
    state rest_ = Reducer::identity();
};

// The same for elements without NaN. Whether there was none is told by their sum: it is NaN if one
// is, and also of infinities of both signs; then the total is not known. Without Check nobody asks.
template <class Reducer, class In, bool Check = true>
class span_of_numbers {
public:
    using state = typename Reducer::state;
    static constexpr int lanes = reduction_lanes<state>();
    static constexpr std::size_t step = static_cast<std::size_t>(lanes);
    static constexpr std::size_t group = reduction_packs * step;

    [[gnu::always_inline]] void add_group(const In* x) {
        constexpr load_ahead<Reducer, lanes, ahead_in_span, Check> load;
        if constexpr (Check) {
            const auto both = combine_packs<lanes>(x, load, combine_both_by<Reducer>);
            lanes_ = larger(both.value, lanes_), sums_ = sums_ + both.sum;
        } else {
            lanes_ = larger(combine_packs<lanes>(x, load, larger), lanes_);
        }
    }
    void add(const In* x, std::size_t n) {
        std::size_t i = 0;
        if constexpr (lanes > 1) {
            span_of_numbers all = *this;
            for (; i + group <= n; i += group) all.add_group(x + i);
            for (; i + step <= n; i += step) {
                const auto one = load_partials<Reducer, lanes>(x + i);
                all.lanes_ = larger(one, all.lanes_);
                all.sums_ = all.sums_ + one;
            }
            lanes_ = all.lanes_;
            sums_ = all.sums_;
        }
        for (; i < n; ++i) {
            const state one = load_partials<Reducer, 1>(x + i);
            rest_ = larger(one, rest_);
            rest_sum_ = rest_sum_ + one;
        }
    }
    bool known() const {
        state check = rest_sum_;
        if constexpr (lanes > 1) check = check + fold_lanes(sums_, add_up);
        return check == check;
    }
    state total() const {
        if constexpr (lanes > 1)
            return larger(fold_lanes(lanes_, larger), rest_);
        else
            return rest_;
    }

private:
    static constexpr auto larger = combine_numbers_by<Reducer>;
    using lanes_type = std::conditional_t<(lanes > 1), pack<state, lanes>, state>;
    lanes_type lanes_{Reducer::identity()}, sums_{state{}};
    state rest_ = Reducer::identity(), rest_sum_{};
};

// Adds n elements to each of two spans, in turn: of two readers more is on its way from memory.
template <class Span, class In>
void add_both(Span& a, const In* x, Span& b, const In* y, std::size_t n) {
    std::size_t i = 0;
    if constexpr (Span::lanes > 1) {
        Span left = a, right = b;
        for (; i + Span::group <= n; i += Span::group) {
            left.add_group(x + i);
            right.add_group(y + i);
        }
        a = left, b = right;
    }
    a.add(x + i, n - i), b.add(y + i, n - i);
}

// The state of one span or two that `read(spans)` adds to; it may be called twice.
template <class Reducer, class In, int Spans, class Read>
typename Reducer::state reduce_spans(Read read) {
    if constexpr (has_numbers_only<Reducer, In>) {
        span_of_numbers<Reducer, In> spans[Spans];
        read(spans);
        const auto last = spans[Spans - 1].total();
        if (spans[0].known() && spans[Spans - 1].known())
            return Reducer::combine_numbers(spans[0].total(), last);
    }
    span_state<Reducer, In> spans[Spans];
    read(spans);
    if constexpr (Spans == 1) return spans[0].total();
    return Reducer::combine(spans[0].total(), spans[Spans - 1].total());
}

// The state of n consecutive elements.
template <class Reducer, class In>
typename Reducer::state reduce_span(const In* x, std::size_t n) {
    return reduce_spans<Reducer, In, 1>([&](auto* all) { all->add(x, n); });
}

}  // namespace weft::detail
