// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// async_ps: every worker's gradients change the weights on their own, with a bound on how old the
// weights may be that they were computed from. No worker waits for another. What an update is made
// of is parameter_server.hpp's.
#pragma once

#include <weft/cluster/parameter_server.hpp>

namespace weft {

// Each worker's gradients are applied when they arrive: w -= learning_rate * dw. Those computed
// from weights that have been changed more than max_staleness times since are dropped, all of a ps
// task or none of them.
struct async_ps {
    double learning_rate = 0.01;
    std::int64_t max_staleness = 8;
    // For people: where the nodes are made.
    std::source_location where = std::source_location::current();

    // Variables, each with its gradient, a node or an expression, which is computed where other
    // nodes would be. Schedules of the rate are for the gradient: rate * dw.
    template <class V, class Kinds, class... More>
    ps_update<Kinds> apply(const variable<V, Kinds>& first, const More&... more) const {
        static_cast<void>(sizeof(require_pairs<variable<V, Kinds>, More...>));
        ps_maker<Kinds> maker(first.graph(), "async_ps", where);
        const auto decide = [&](const auto& updates, const auto& seen) {
            const auto fresh = maker.named(updates - seen <= max_staleness, "fresh");
            return std::pair(fresh, fresh);
        };
        const auto change = [&](const auto& task, const auto& w, const auto& dw) {
            using T = typename result_of_t<decltype(w)>::value_type;
            const auto rate = static_cast<compute_t<T>>(learning_rate);
            maker.add(w.assign(weft::where(task.taken, w - rate * dw, w), where));
        };
        return apply_pairs(maker, std::tie(first, more...),
                           std::make_index_sequence<(1 + sizeof...(More)) / 2>(), decide, change);
    }
};

}  // namespace weft
