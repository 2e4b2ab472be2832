// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// sync_ps: the gradients of several workers make one update, as if one worker had computed them
// all. Nothing waits in the graph: who comes too late is dropped, so a slow worker holds nobody up.
// What an update is made of is parameter_server.hpp's.
#pragma once

#include <weft/cluster/parameter_server.hpp>

namespace weft {

template <class V>
struct require_known_size {
    static constexpr bool ok = V::shape_type::known;
    static_assert(ok,
                  "weft: sync_ps adds gradients up in a variable of the same dimensions, so those "
                  "of this variable must be in its type");
};

// The workers' gradients of one step are added up where the variables are; the one that makes
// replicas_to_aggregate of them applies their mean, and the next step begins. Workers beyond that
// number are backups: a gradient of an earlier step is dropped, and so is a second one of the same
// worker in one step. A step's result depends on which workers take part in it, and for three or
// more by rounding on the order in which they come.
struct sync_ps {
    double learning_rate = 0.01;
    int replicas_to_aggregate = 1;
    std::source_location where = std::source_location::current();

    // The cluster tells workers apart. Variables have known dimensions. Throws error
    // invalid_argument where more replicas are asked for than there are tasks.
    template <class V, class Kinds, class... More>
    ps_update<Kinds> apply(const cluster& c, const variable<V, Kinds>& first,
                           const More&... more) const {
        static_cast<void>(sizeof(require_pairs<variable<V, Kinds>, More...>));
        if (replicas_to_aggregate < 1 || replicas_to_aggregate > c.size())
            throw_error(errc::invalid_argument,
                        {"sync_ps aggregates ", std::to_string(replicas_to_aggregate),
                         " replicas, but the cluster has ", c.describe()});
        ps_maker<Kinds> maker(first.graph(), "sync_ps", where);
        const auto mine = [&] {
            const device_scope outside(maker.owner(), no_device), here(maker.owner(), cpu_of(c));
            const control_dependencies at_once(maker.owner(), {});
            auto flags = tensor<bool, dyn>::zeros({static_cast<std::size_t>(c.size())});
            flags[static_cast<std::size_t>(c.rank())] = true;
            return maker.owner().constant(std::move(flags), "replica", where);
        }();
        const auto decide = [&](const auto& updates, const auto& seen) {
            return this->decide(maker, c, mine, updates, seen);
        };
        const auto change = [&](const auto& task, const auto& w, const auto& dw) {
            this->add_up(maker, task, w, dw);
        };
        return apply_pairs(maker, std::tie(first, more...),
                           std::make_index_sequence<(1 + sizeof...(More)) / 2>(), decide, change);
    }

private:
    static device_spec cpu_of(const cluster& c) {
        device_spec self = c.self();
        self.kind = cpu::name;
        self.index = 0;
        return self;
    }
    template <class Maker, class Mine, class Count, class Seen>
    auto decide(Maker& maker, const cluster& c, const Mine& mine, const Count& step,
                const Seen& seen) const {
        const auto [last, arrived] = [&] {
            const control_dependencies at_once(maker.owner(), {});
            auto never = tensor<std::int64_t, dyn>::zeros({static_cast<std::size_t>(c.size())});
            for (std::int64_t& step_of : never) step_of = -1;
            return std::pair(maker.owner().variable(std::move(never), "last_step", where),
                             maker.owner().variable(std::int64_t{0}, "arrived", where));
        }();
        const auto taken = maker.named(seen == step && !any(mine && last == step), "taken");
        const auto complete =
            maker.named(taken && arrived == std::int64_t{replicas_to_aggregate - 1}, "complete");
        maker.add(last.assign(weft::where(mine && taken, step, last), where));
        maker.add(arrived.assign(
            weft::where(complete, std::int64_t{0}, arrived + cast<std::int64_t>(taken)), where));
        return std::pair(taken, complete);
    }
    template <class Maker, class Task, class V, class Kinds, class Gradient>
    void add_up(Maker& maker, const Task& task, const variable<V, Kinds>& w,
                const Gradient& dw) const {
        static_cast<void>(sizeof(require_known_size<V>));
        using T = typename V::value_type;
        const auto rate = static_cast<compute_t<T>>(learning_rate / replicas_to_aggregate);
        const auto sum = [&] {
            const control_dependencies at_once(maker.owner(), {});
            return maker.owner().variable(zero_of(static_cast<V*>(nullptr)), "sum", where);
        }();
        const auto total = maker.named(weft::where(task.taken, sum + dw, sum), "total");
        maker.add(sum.assign(weft::where(task.complete, compute_t<T>(0), total), where));
        maker.add(w.assign(weft::where(task.complete, w - rate * total, w), where));
    }
    template <class T, std::size_t... Dims>
    static auto zero_of(tensor<T, Dims...>*) {
        return zeros<T, Dims...>();
    }
};

}  // namespace weft
