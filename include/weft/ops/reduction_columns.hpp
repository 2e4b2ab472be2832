// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The innermost loop of reductions along an axis that is not the last: rows to a row of states.
// Eight rows are combined pairwise before they reach the states, column by column; the order
// depends on how many rows there are, on nothing else. What a reducer is, is said in
// reduction_loop.hpp.
#pragma once

#include <weft/ops/reduction_span.hpp>

namespace weft::detail {

// states[j] = combine(states[j], the Count elements x[j], x[j + step], ...) for n columns.
template <class Reducer, int Count, class In>
void reduce_group(typename Reducer::state* states, const In* x, std::size_t step, std::size_t n) {
    using state = typename Reducer::state;
    constexpr int lanes = reduction_lanes<partial_t<Reducer, In>>();
    constexpr auto combine = combine_by<Reducer>;
    const auto part = [&](auto width, std::size_t j) __attribute__((always_inline)) {
        return states_of<Reducer>(
            combine_rows<Count>(x + j, step, load_ahead<Reducer, width, ahead_in_rows>{}, combine));
    };
    std::size_t j = 0;
    if constexpr (lanes > 1)
        for (; j + lanes <= n; j += lanes)
            combine_lanes<Reducer>(lane_states<state, lanes>::load(states + j),
                                   part(std::integral_constant<int, lanes>{}, j))
                .store(states + j);
    for (; j < n; ++j)
        states[j] = Reducer::combine(states[j], part(std::integral_constant<int, 1>{}, j));
}

// The same for elements without NaN; whether there was none. If there was one, it is to be done
// again in the slower way, which has the right result whatever this left.
template <class Reducer, int Count, class In>
bool reduce_group_of_numbers(typename Reducer::state* states, const In* x, std::size_t step,
                             std::size_t n) {
    using state = typename Reducer::state;
    constexpr int lanes = reduction_lanes<state>();
    constexpr auto larger = combine_numbers_by<Reducer>;
    const auto part = [&](auto width, std::size_t j) __attribute__((always_inline)) {
        return combine_rows<Count>(x + j, step, load_ahead<Reducer, width, ahead_in_rows, true>{},
                                   combine_both_by<Reducer>);
    };
    state check{};
    std::size_t j = 0;
    if constexpr (lanes > 1) {
        pack<state, lanes> sums(check);
        for (; j + lanes <= n; j += lanes) {
            const auto both = part(std::integral_constant<int, lanes>{}, j);
            larger(both.value, pack<state, lanes>::load(states + j)).store(states + j);
            sums = sums + both.sum;
        }
        check = fold_lanes(sums, add_up);
    }
    for (; j < n; ++j) {
        const auto both = part(std::integral_constant<int, 1>{}, j);
        states[j] = larger(both.value, states[j]);
        check = check + both.sum;
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
