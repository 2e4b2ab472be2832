// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The innermost loops of reductions: consecutive elements to one state, and rows to a row of
// states. Sixteen packs, or eight rows, are combined with each other before they reach a state: in
// the reducer's `partial`, if it has one that is narrower. Of packs those four apart are combined
// first, of rows neighbours, so that no result has gone through more than five such steps. The
// order depends on lengths alone. What a reducer is, is said in reduction_loop.hpp.
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

// Packs and rows that are combined at once.
inline constexpr std::size_t reduction_packs = 16;
inline constexpr std::size_t reduction_group = 8;

// Whether a reducer of In has a faster way for elements without NaN: combine_numbers(a, b), which
// is b if only b is NaN, and may be anything if a is.
template <class Reducer, class In>
inline constexpr bool has_numbers_only =
    std::is_floating_point_v<partial_t<Reducer, In>> && requires(typename Reducer::state s) {
        Reducer::combine_numbers(s, s);
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

// Count partials or packs of them, `step` elements apart, combined pairwise by f.
template <class Reducer, int N, int Count, class In, class F>
[[gnu::always_inline]] inline auto combine_rows(const In* x, std::size_t step, F f) {
    if constexpr (Count == 1)
        return load_partials<Reducer, N>(x);
    else
        return f(combine_rows<Reducer, N, Count / 2>(x, step, f),
                 combine_rows<Reducer, N, Count / 2>(x + Count / 2 * step, step, f));
}
// reduction_packs packs that follow each other: four sums of four, which are combined pairwise.
template <class Reducer, int N, class In, class F>
[[gnu::always_inline]] inline auto combine_packs(const In* x, F f) {
    const auto fourth = [&](std::size_t k) {
        auto all = load_partials<Reducer, N>(x + k * N);
        for (std::size_t i = k + 4; i < reduction_packs; i += 4)
            all = f(all, load_partials<Reducer, N>(x + i * N));
        return all;
    };
    return f(f(fourth(0), fourth(1)), f(fourth(2), fourth(3)));
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
inline constexpr auto combine_by = [](const auto& a, const auto& b) {
    return Reducer::combine(a, b);
};
template <class Reducer>
inline constexpr auto combine_numbers_by = [](const auto& a, const auto& b) {
    return Reducer::combine_numbers(a, b);
};
inline constexpr auto add_up = [](const auto& a, const auto& b) { return a + b; };

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

    span_state() {
        if constexpr (lanes > 1)
            for (auto& part : lanes_.part) part = Reducer::identity();
    }
    void add(const In* x, std::size_t n) {
        std::size_t i = 0;
        if constexpr (lanes > 1) {
            constexpr std::size_t group = reduction_packs * step;
            auto all = lanes_;
            const auto add_to_all = [&](const auto& part) {
                all = combine_lanes<Reducer>(all, states_of<Reducer>(part));
            };
            for (; i + group <= n; i += group)
                add_to_all(combine_packs<Reducer, lanes>(x + i, combine_by<Reducer>));
            for (; i + step <= n; i += step) add_to_all(load_partials<Reducer, lanes>(x + i));
            lanes_ = all;
        }
        for (; i < n; ++i)
            rest_ = Reducer::combine(rest_,
                                     states_of<Reducer>(load_partials<Reducer, 1>(x + i)));
    }
    state total() const {
        if constexpr (lanes > 1)
            return Reducer::combine(fold_states<Reducer>(lanes_), rest_);
        else
            return rest_;
    }

private:
    static constexpr int lanes = reduction_lanes<partial_t<Reducer, In>>();
    static constexpr std::size_t step = static_cast<std::size_t>(lanes);

    std::conditional_t<(lanes > 1), lane_states<state, lanes>, bool> lanes_;
    state rest_ = Reducer::identity();
};

// The same for elements without NaN. Whether there was none is told by their sum: it is NaN if one
// is, and also of infinities of both signs; then the total is not known. Without Check nobody asks.
template <class Reducer, class In, bool Check = true>
class span_of_numbers {
public:
    using state = typename Reducer::state;

    void add(const In* x, std::size_t n) {
        std::size_t i = 0;
        if constexpr (lanes > 1) {
            constexpr std::size_t group = reduction_packs * step;
            auto all = lanes_, sums = sums_;
            for (; i + group <= n; i += group) {
                all = larger(combine_packs<Reducer, lanes>(x + i, larger), all);
                if constexpr (Check) sums = sums + combine_packs<Reducer, lanes>(x + i, add_up);
            }
            for (; i + step <= n; i += step) {
                const auto one = load_partials<Reducer, lanes>(x + i);
                all = larger(one, all);
                sums = sums + one;
            }
            lanes_ = all;
            sums_ = sums;
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
    static constexpr int lanes = reduction_lanes<state>();
    static constexpr std::size_t step = static_cast<std::size_t>(lanes);
    static constexpr auto larger = combine_numbers_by<Reducer>;
    using lanes_type = std::conditional_t<(lanes > 1), pack<state, lanes>, state>;
    lanes_type lanes_{Reducer::identity()}, sums_{state{}};
    state rest_ = Reducer::identity(), rest_sum_{};
};

// The state of elements that `each_span(f)` calls f(x, n) for, span by span; it may be called
// twice.
template <class Reducer, class In, class EachSpan>
typename Reducer::state reduce_spans(EachSpan each_span) {
    if constexpr (has_numbers_only<Reducer, In>) {
        span_of_numbers<Reducer, In> numbers;
        each_span([&](const In* x, std::size_t n) { numbers.add(x, n); });
        if (numbers.known()) return numbers.total();
    }
    span_state<Reducer, In> all;
    each_span([&](const In* x, std::size_t n) { all.add(x, n); });
    return all.total();
}

// The state of n consecutive elements.
template <class Reducer, class In>
typename Reducer::state reduce_span(const In* x, std::size_t n) {
    return reduce_spans<Reducer, In>([&](auto add) { add(x, n); });
}

// states[j] = combine(states[j], the Count elements x[j], x[j + step], ...) for n columns.
template <class Reducer, int Count, class In>
void reduce_group(typename Reducer::state* states, const In* x, std::size_t step, std::size_t n) {
    using state = typename Reducer::state;
    constexpr int lanes = reduction_lanes<partial_t<Reducer, In>>();
    constexpr auto combine = combine_by<Reducer>;
    std::size_t j = 0;
    if constexpr (lanes > 1)
        for (; j + lanes <= n; j += lanes) {
            const auto part = combine_rows<Reducer, lanes, Count>(x + j, step, combine);
            combine_lanes<Reducer>(lane_states<state, lanes>::load(states + j),
                                   states_of<Reducer>(part))
                .store(states + j);
        }
    for (; j < n; ++j)
        states[j] = Reducer::combine(states[j], states_of<Reducer>(combine_rows<Reducer, 1, Count>(
                                                    x + j, step, combine)));
}

// The same for elements without NaN; whether there was none. If there was one, it is to be done
// again in the slower way, which has the right result whatever this left.
template <class Reducer, int Count, class In>
bool reduce_group_of_numbers(typename Reducer::state* states, const In* x, std::size_t step,
                             std::size_t n) {
    using state = typename Reducer::state;
    constexpr int lanes = reduction_lanes<state>();
    constexpr auto larger = combine_numbers_by<Reducer>;
    state check{};
    std::size_t j = 0;
    if constexpr (lanes > 1) {
        pack<state, lanes> sums(check);
        for (; j + lanes <= n; j += lanes) {
            larger(combine_rows<Reducer, lanes, Count>(x + j, step, larger),
                   pack<state, lanes>::load(states + j))
                .store(states + j);
            sums = sums + combine_rows<Reducer, lanes, Count>(x + j, step, add_up);
        }
        check = fold_lanes(sums, add_up);
    }
    for (; j < n; ++j) {
        states[j] = larger(combine_rows<Reducer, 1, Count>(x + j, step, larger), states[j]);
        check = check + combine_rows<Reducer, 1, Count>(x + j, step, add_up);
    }
    return check == check;
}

// states[j] = combine(states[j], x[j + r * step] for all r) for `rows` rows of n columns.
template <class Reducer, class In>
void reduce_rows_to_states(typename Reducer::state* states, const In* x, std::size_t step,
                           std::size_t rows, std::size_t n) {
    constexpr int count = static_cast<int>(reduction_group);
    for (; rows >= reduction_group; rows -= reduction_group, x += reduction_group * step) {
        if constexpr (has_numbers_only<Reducer, In>)
            if (reduce_group_of_numbers<Reducer, count>(states, x, step, n)) continue;
        reduce_group<Reducer, count>(states, x, step, n);
    }
    for (; rows > 0; --rows, x += step) reduce_group<Reducer, 1>(states, x, step, n);
}

}  // namespace weft::detail
