// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// session: runs the nodes of one graph. It owns devices, pools, the values of variables, and a plan
// for each set of feeds and fetches that was asked for. Everything here may be called from several
// threads at the same time; runs that write the same variable take turns.
#pragma once

#include <weft/runtime/log.hpp>
#include <weft/session/core.hpp>
#include <weft/session/feeds.hpp>

#include <array>
#include <initializer_list>

namespace weft {

// What is known of a plan: where its nodes are and what memory it needs. Valid as long as its
// session.
class plan_info {
public:
    plan_info(session_core& core, prepared_plan& of) : core_(&core), plan_(&of) {}

    placement_report placement() const { return core_->explain(*plan_); }
    std::size_t nodes() const { return core_->nodes(*plan_); }
    // Bytes for the values of a run on a device, variables and constants apart: for static shapes
    // known at once, otherwise for the feeds of the last run (error failed_precondition before it).
    std::size_t peak_bytes(const std::string& device) const {
        return core_->peak_bytes(*plan_, device);
    }

    // Of those, what is alive together at the worst step: what no placement could save.
    std::size_t lower_bound_bytes(const std::string& device) const {
        return core_->lower_bound_bytes(*plan_, device);
    }
    // An order in which it may run, another one for each seed, for run_options::replay: what a
    // program must not depend on.
    run_order order(std::uint64_t seed) const { return core_->order(*plan_, seed); }

    // For what looks inside, as to_dot() does.
    const session_core& core() const { return *core_; }
    prepared_plan& prepared() const { return *plan_; }

private:
    session_core* core_;
    prepared_plan* plan_;
};

namespace detail {

// An object that the run has made is moved out by the last fetch of it; others are copied.
template <class V>
V take_object(session_run& run, std::size_t i) {
    V& value = *static_cast<V*>(run.object(i));
    if constexpr (std::is_copy_constructible_v<V>)
        return run.is_last_use(i) ? V(std::move(value)) : V(value);
    else if (run.is_last_use(i))
        return V(std::move(value));
    throw_not_copyable(run.node(i));
}

// Fetch number i of a run. Made before the steps run, so that large tensors are written where they
// are wanted; what the run cannot write there is copied by take().
template <class F, class V = result_of_t<F>>
class fetch_target {  // of a C++ object
public:
    fetch_target(session_run&, std::size_t, const F&) {}
    V take(session_run& run, std::size_t i) { return take_object<V>(run, i); }
};
template <class F>
class fetch_target<F, void> {
public:
    fetch_target(session_run&, std::size_t, const F&) {}
    std::monostate take(session_run&, std::size_t) { return {}; }
};
template <class F, class T, std::size_t... Dims>
class fetch_target<F, tensor<T, Dims...>> {
    using V = tensor<T, Dims...>;

public:
    fetch_target(session_run& run, std::size_t i, const F&)
        : value_(make(run, i)) {
        // Elements inside of the tensor object would move with it.
        if (value_.size() * sizeof(T) > inline_bytes && run.is_writable(i))
            written_ = run.write_to(i, value_.data());
    }
    V take(session_run& run, std::size_t i) {
        if (written_) return std::move(value_);
        const dims& shape = run.shape(i);
        if (!(value_.shape() == shape)) value_ = V::uninitialized(shape);
        run.copy_out(i, value_.data(), shape.size() * sizeof(T));
        return std::move(value_);
    }

private:
    static V make(session_run& run, std::size_t i) {
        // Elements that the object holds itself are moved with it, so they begin as zeros.
        if constexpr (static_shape<Dims...>::known)
            if (static_shape<Dims...>::value.size() * sizeof(T) <= inline_bytes) return V();
        return V::uninitialized(shape_before(run, i));
    }
    // The value's shape, with 0 for what only the run can tell.
    static dims shape_before(session_run& run, std::size_t i) {
        if (!static_shape<Dims...>::value.known() && run.is_writable(i)) return run.shape(i);
        dims shape = static_shape<Dims...>::value;
        for (std::size_t axis = 0; axis < shape.rank; ++axis)
            if (shape[axis] == dyn) shape[axis] = 0;
        return shape;
    }

    V value_;
    bool written_ = false;
};
template <class V, class Kinds, class T, std::size_t... Dims>
class fetch_target<fetch_into_tensor<V, Kinds>, tensor<T, Dims...>> {
public:
    fetch_target(session_run& run, std::size_t i, const fetch_into_tensor<V, Kinds>& to)
        : to_(*to.out) {
        if (!run.is_writable(i)) return;
        check_fetch_shape(run, i, to_.shape());
        written_ = run.write_to(i, to_.data());
    }
    std::monostate take(session_run& run, std::size_t i) {
        if (written_) return {};
        check_fetch_shape(run, i, to_.shape());
        run.copy_out(i, to_.data(), to_.size() * sizeof(T));
        return {};
    }

private:
    V& to_;
    bool written_ = false;
};

// Does some work; failures that know no node become errors.
template <class Work>
decltype(auto) guarded(Work work) {
    try {
        return work();
    } catch (...) {
        rethrow_as_error();
    }
}

// Runs a plan and gives what was fetched: one value bare, several as a tuple.
template <std::size_t... I, class... F>
auto run_and_fetch(session_run& run, std::index_sequence<I...>, const F&... fetched) {
    std::tuple<fetch_target<F>...> targets{fetch_target<F>(run, I, fetched)...};
    run.execute();
    if constexpr (sizeof...(F) == 1)
        return std::get<0>(targets).take(run, 0);
    else
        return std::tuple<fetched_t<F>...>{std::get<I>(targets).take(run, I)...};
}

}  // namespace detail

class session {
public:
    // The devices of a graph's kinds: one /cpu:0 unless device_count says otherwise, emulated_gpus
    // GPUs or, with CUDA and none of those, the GPUs of this machine, one of each kind of the
    // user's. The graph must outlive the session. Throws error invalid_argument for options that
    // make no sense, unavailable for a GPU that cannot be used.
    template <class... Kinds, bool Cuda = WEFT_HAS_CUDA>
    explicit session(const basic_graph<device_kinds<Kinds...>>& of, session_options options = {}) {
        const session_kind kinds[] = {
            {Kinds::name, &make_device<Kinds, Cuda>, device_counter<Kinds, Cuda>()}...};
        core_ = std::make_shared<session_core>(of, std::move(options), kinds, sizeof...(Kinds));
    }

    // One of a server's, which has made the core.
    explicit session(std::shared_ptr<session_core> core) : core_(std::move(core)) {}

    // Runs what the fetches need and gives their values: one comes bare, several as a tuple; a
    // node<void> gives std::monostate. Feeds are borrowed until it returns. Throws error.
    template <class... F>
        requires(sizeof...(F) > 0 && (!std::is_same_v<F, run_options> && ...))
    auto run(const F&... fetched) {
        static_cast<void>((sizeof(require_node<F>) + ...));
        if constexpr ((is_fetch<F> && ...)) return run_fetches({}, {}, fetched...);
    }
    template <class... F>
        requires(sizeof...(F) > 0)
    auto run(std::initializer_list<feed_entry> fed, const F&... fetched) {
        static_cast<void>((sizeof(require_node<F>) + ...));
        if constexpr ((is_fetch<F> && ...)) return run_fetches({}, fed, fetched...);
    }
    template <class... F>
        requires(sizeof...(F) > 0)
    auto run(const run_options& options, const F&... fetched) {
        static_cast<void>((sizeof(require_node<F>) + ...));
        if constexpr ((is_fetch<F> && ...)) return run_fetches(options, {}, fetched...);
    }
    template <class... F>
        requires(sizeof...(F) > 0)
    auto run(const run_options& options, std::initializer_list<feed_entry> fed,
             const F&... fetched) {
        static_cast<void>((sizeof(require_node<F>) + ...));
        if constexpr ((is_fetch<F> && ...)) return run_fetches(options, fed, fetched...);
    }

    // A function of the feeds' values that runs the fetches: step(images, labels). The plan is made
    // now; nothing is looked up or allocated per call but what fetched tensors need. Must not
    // outlive the session; may be called from several threads.
    template <class... N, class... F>
    auto make_callable(feed_list<N...> fed, fetch_list<F...> fetched) {
        prepared_plan* const plan =
            std::apply([&](const F&... f) { return &prepare(ids_of(fed), f...); }, fetched.nodes);
        return [core = core_.get(), plan, fed, fetched](const auto&... values) {
            static_assert(sizeof...(values) == sizeof...(N),
                          "weft: give one value per node in feeds(...)");
            static_cast<void>(
                (sizeof(require_feed_type<
                        result_of_t<N>,
                        held_type<result_of_t<N>, std::remove_cvref_t<decltype(values)>>>) +
                 ... + 0));
            return call_plan(*core, *plan, fed, fetched, std::index_sequence_for<N...>{},
                             values...);
        };
    }
    template <class... F>
    auto make_callable(fetch_list<F...> fetched) {
        return make_callable(feed_list<>{}, std::move(fetched));
    }

    // Runs the initializers of all variables of the graph, in the order of making.
    void initialize() {
        detail::guarded([&] { core_->initialize(); });
    }

    // Where a node is, "/job:localhost/task:0/gpu:1"; placed now if it has not been. A variable
    // stays where it was placed first.
    template <class V, class Kinds>
    std::string device_of(const node<V, Kinds>& n) {
        return core_->device_of(prepare({}, n), n.id());
    }
    // Why each node that the fetches need is where it is, as a value with to_string() and
    // to_json().
    template <class... F>
    placement_report explain(const F&... fetched) {
        return core_->explain(prepare({}, fetched...));
    }
    template <class... N, class... F>
    plan_info plan(feed_list<N...> fed, fetch_list<F...> fetched) {
        return {*core_, *std::apply([&](const F&... f) { return &prepare(ids_of(fed), f...); },
                                    fetched.nodes)};
    }

    // Kernels that the run that ended last has run; values, copies and groups do not count.
    std::size_t nodes_run() const { return core_->nodes_run(); }
    // Memory statistics of a device, by its name.
    memory_statistics memory(const std::string& device) const { return core_->memory(device); }
    const device_list& devices() const { return core_->devices(); }

    // For what works without types, as saver does.
    session_core& core() { return *core_; }

private:
    template <class... N>
    std::vector<node_id> ids_of(const feed_list<N...>& list) const {
        std::vector<node_id> ids;
        const auto add = [&](const graph_base& of, node_id id) {
            check_feed(core_->of(), of, ids, id);
            ids.push_back(id);
        };
        std::apply([&](const N&... n) { (add(n.graph(), n.id()), ...); }, list.nodes);
        return ids;
    }

    template <class... F>
    auto run_fetches(const run_options& options, std::initializer_list<feed_entry> fed,
                     const F&... fetched) {
        const feed_set given(core_->of(), fed);
        return run_plan(*core_, prepare(given.nodes(), fetched...), given.values(), options,
                        fetched...);
    }

    template <class... F>
    prepared_plan& prepare(const std::vector<node_id>& fed, const F&... fetched) {
        (check_fetch(core_->of(), fetched.graph(), fetched.id()), ...);
        const node_id ids[] = {fetched.id()...};
        return detail::guarded([&]() -> prepared_plan& { return core_->prepare(fed, ids); });
    }

    template <class... F>
    static auto run_plan(session_core& core, prepared_plan& plan,
                         std::span<const feed_value> values, const run_options& options,
                         const F&... fetched) {
        return detail::guarded([&] {
            session_run run(core, plan, values);
            run.begin(values, options);
            return detail::run_and_fetch(run, std::index_sequence_for<F...>{}, fetched...);
        });
    }
    template <class Node, class V>
    using held_type = typename detail::fed_type<
        std::remove_cvref_t<typename detail::held_feed<Node, V>::type>>::type;
    template <class... N, class... F, std::size_t... I, class... V>
    static auto call_plan(session_core& core, prepared_plan& plan, const feed_list<N...>& fed,
                          const fetch_list<F...>& fetched, std::index_sequence<I...>,
                          const V&... values) {
        const std::tuple<typename detail::held_feed<result_of_t<N>, V>::type...> held{values...};
        const std::array<feed_value, sizeof...(N)> given{
            detail::feed_of(std::get<I>(fed.nodes).id(), std::get<I>(held))...};
        return std::apply(
            [&](const F&... f) { return run_plan(core, plan, given, run_options{}, f...); },
            fetched.nodes);
    }
    std::shared_ptr<session_core> core_;
};

}  // namespace weft
