// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Parameter servers as nodes: gradients, wherever they are computed, are applied on the tasks that
// hold the variables, by each worker for itself (async_ps) or by all together (sync_ps). Each such
// task counts its updates in a variable. A run reads the count along with the weights, and compares
// it in the segment that writes them: so what is counted and what is written agree, whatever other
// workers do meanwhile. Must not know servers or messages: in a plain session it is learning in one
// process.
#pragma once

#include <weft/cluster/spec.hpp>
#include <weft/graph/graph.hpp>

#include <tuple>
#include <utility>
#include <vector>

namespace weft {

template <class Variable, class Gradient>
struct require_gradient {
    static constexpr bool ok = [] {
        using to = typename Variable::value_type;
        if (!is_floating<to> || !std::is_same_v<to, typename Gradient::value_type>) return false;
        const dims a = Variable::shape_type::value, b = Gradient::shape_type::value;
        if (a.rank != b.rank) return false;
        for (std::size_t axis = 0; axis < a.rank; ++axis)
            if (a[axis] != b[axis] && a[axis] != dyn && b[axis] != dyn) return false;
        return true;
    }();
    static_assert(ok,
                  "weft: a gradient has the element type and the shape of its variable, and both "
                  "are floating-point: apply(w, dw, b, db)");
};
// What apply() makes: a node that is done when the gradients have been applied or dropped.
template <class Kinds>
class ps_update : public node<void, Kinds> {
public:
    using node_type = node<void, Kinds>;
    using count = node<tensor<std::int64_t>, Kinds>;

    ps_update(const node_type& done, const count& updates, const count& dropped)
        : node_type(done), updates_(updates), dropped_(dropped) {}

    // How often the weights have been changed; with several ps tasks, those of the first variable.
    const count& updates() const { return updates_; }
    // How many gradients have been dropped, each ps task counted for itself.
    const count& dropped() const { return dropped_; }

private:
    count updates_, dropped_;
};

// The part of one ps task: its counts, and what decides about a run's gradients.
template <class Kinds>
struct ps_task {
    using count = variable<tensor<std::int64_t>, Kinds>;
    using flag = node<tensor<bool>, Kinds>;
    device_spec home;     // the task's CPU
    count updates, dropped;
    flag taken, complete;  // this run's gradients count; with them the weights change
};

// Makes the nodes of one apply().
template <class Kinds>
class ps_maker {
public:
    using task = ps_task<Kinds>;
    using flag = typename task::flag;
    using count = typename task::count;

    ps_maker(graph_base& owner, const std::string& name, const std::source_location& where)
        : owner_(static_cast<basic_graph<Kinds>&>(owner)), names_(owner, name), where_(where) {}

    // The gradient as a node: made here, under the scopes that are open.
    template <class G>
    auto gradient(const node_ref& of, const G& value) {
        const node<result_of_t<G>, Kinds> made = [&] {
            if constexpr (requires { typename G::node_type; })
                return static_cast<const typename G::node_type&>(value);
            else
                return node<result_of_t<G>, Kinds>(value, where_);
        }();
        of.id_in(owner_, "apply");
        gradients_.emplace_back(home_of(of), made.id());
        return made;
    }

    template <class E>
    node<result_of_t<E>, Kinds> named(const E& value, const char* name) const {
        return {value, name, where_};
    }

    // The parts of the tasks, in the order of their first variables; `decide` gives one its flags.
    template <class Decide>
    void make_tasks(Decide decide) {
        for (const auto& [home, id] : gradients_) {
            if (find(home) != tasks_.size()) continue;
            const device_scope outside(owner_, no_device), there(owner_, home);
            const auto [updates, dropped, seen] = [&] {
                const control_dependencies at_once(owner_, {});
                const count made = owner_.variable(std::int64_t{0}, "updates", where_);
                const count lost = owner_.variable(std::int64_t{0}, "dropped", where_);
                return std::tuple(made, lost, named(identity(made), "updates_seen"));
            }();
            const auto [taken, complete] = decide(updates, seen);
            tasks_.push_back({home, updates, dropped, taken, complete});
            for (const auto& [to, gradient] : gradients_)
                if (to == home) owner_.add_control(gradient, taken.id());
            add(updates.assign_add(cast<std::int64_t>(complete), where_));
            add(dropped.assign_add(cast<std::int64_t>(!taken), where_));
        }
    }
    const task& task_of(const node_ref& variable) const { return tasks_[find(home_of(variable))]; }
    void add(const node<void, Kinds>& write) { writes_.push_back(write.id()); }

    ps_update<Kinds> finish() {
        node_record done;
        done.op = "NoOp";
        done.role = node_role::group;
        done.where = where_;
        done.controls = writes_;
        const node<void, Kinds> all(owner_, owner_.add(std::move(done)));
        node<tensor<std::int64_t>, Kinds> dropped = tasks_.front().dropped;
        for (std::size_t i = 1; i < tasks_.size(); ++i)
            dropped = node<tensor<std::int64_t>, Kinds>(dropped + tasks_[i].dropped, where_);
        return {all, tasks_.front().updates, dropped};
    }

    basic_graph<Kinds>& owner() const { return owner_; }
    const std::source_location& where() const { return where_; }

private:
    // Counts are kept on the CPU: other devices need not have integers.
    static device_spec home_of(const node_ref& variable) {
        const node_record* record = &variable.record();
        while (!record->colocated.empty())
            record = &variable.graph().record(record->colocated.front());
        device_spec home = record->requested;
        home.kind = cpu::name;
        home.index = 0;
        return home;
    }
    std::size_t find(const device_spec& home) const {
        std::size_t at = 0;
        while (at < tasks_.size() && tasks_[at].home != home) ++at;
        return at;
    }

    basic_graph<Kinds>& owner_;
    const name_scope names_;
    const std::source_location where_;
    std::vector<std::pair<device_spec, node_id>> gradients_;
    std::vector<task> tasks_;
    std::vector<node_id> writes_;
};

// Of apply(w, dw, b, db).
template <class E>
inline constexpr bool is_variable = false;
template <class V, class Kinds>
inline constexpr bool is_variable<variable<V, Kinds>> = true;
template <class Pairs, class Index>
struct are_pairs;
template <class Pairs, std::size_t... I>
struct are_pairs<Pairs, std::index_sequence<I...>> {
    static constexpr bool value =
        std::tuple_size_v<Pairs> == 2 * sizeof...(I) &&
        (is_variable<std::remove_cvref_t<std::tuple_element_t<2 * I, Pairs>>> && ...);
};
template <class... Pairs>
struct require_pairs {
    using index = std::make_index_sequence<sizeof...(Pairs) / 2>;
    static constexpr bool ok = are_pairs<std::tuple<Pairs...>, index>::value;
    static_assert(ok,
                  "weft: apply takes variables, each with its gradient: apply(w, dw, b, db)");
};

template <std::size_t I, class Pairs>
using result_at = result_of_t<std::remove_cvref_t<std::tuple_element_t<I, Pairs>>>;

// Makes gradients, flags and then, by `change`, the writes of each variable.
template <class Kinds, class Pairs, std::size_t... I, class Decide, class Change>
ps_update<Kinds> apply_pairs(ps_maker<Kinds>& maker, const Pairs& pairs, std::index_sequence<I...>,
                             Decide decide, Change change) {
    if constexpr ((require_gradient<result_at<2 * I, Pairs>, result_at<2 * I + 1, Pairs>>::ok &&
                   ...)) {
        const std::tuple gradients{
            maker.gradient(std::get<2 * I>(pairs), std::get<2 * I + 1>(pairs))...};
        maker.make_tasks(decide);
        const auto change_one = [&](const auto& to, const auto& gradient) {
            const colocate_with there(maker.owner(), to);
            change(maker.task_of(to), to, gradient);
        };
        (change_one(std::get<2 * I>(pairs), std::get<I>(gradients)), ...);
    }
    return maker.finish();
}

}  // namespace weft
