// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Plans without a session, for tests of what is made of them: a graph, one CPU and two emulated
// GPUs.
#pragma once

#include <weft/runtime/frame.hpp>
#include <weft/runtime/planner.hpp>
#include <weft/runtime/pool_registry.hpp>
#include <weft/runtime/step_times.hpp>
#include <weft/weft.hpp>

#include <memory>
#include <vector>

namespace weft_test {

struct plan_maker {
    weft::graph g;
    weft::pool_source pools{weft::pool_options{1, 1, true}};
    std::vector<std::unique_ptr<weft::device>> owned;
    weft::device_list devices;
    weft::plan_devices machine;
    std::map<weft::node_id, weft::device_index> kept;

    plan_maker() {
        add<weft::cpu>(0);
        add<weft::gpu>(0);
        add<weft::gpu>(1);
        machine.client = machine.devices[0];
    }
    std::shared_ptr<weft::plan> make(std::vector<weft::node_id> fetches,
                                     std::vector<weft::node_id> feeds = {}) {
        return weft::make_plan({g, feeds, fetches, machine, devices, kept, false, false});
    }
    template <class Make>
    auto on_device(const char* name, Make make_node) {
        weft::device_scope pin{g, name};
        return make_node();
    }

private:
    template <class Kind>
    void add(int index) {
        weft::device_parts parts;
        parts.info.name = {"localhost", 0, Kind::name, index};
        parts.memory_space = static_cast<int>(owned.size()) + 1;
        parts.pools = &pools;
        owned.push_back(weft::make_device<Kind>(std::move(parts)));
        devices.add(owned.back()->info());
        machine.devices.push_back(owned.back().get());
    }
};

// The step of a plan that belongs to a node, of that kind.
inline weft::step_id step_of(const weft::plan& p, weft::node_id id,
                             weft::step_kind kind = weft::step_kind::kernel) {
    for (weft::step_id s = 0; s < p.steps.size(); ++s)
        if (p.steps[s].record->id == id && p.steps[s].kind == kind) return s;
    return weft::none;
}

// A plan in a frame that is bound to a feed of n x 2 elements.
struct bound_plan : plan_maker {
    using table = weft::tensor<float, weft::dyn, 2>;
    weft::node<table> x = g.placeholder<table>("x");
    weft::variable_store variables;
    std::shared_ptr<weft::plan> made;
    std::unique_ptr<weft::run_frame> frame;
    table fed = table::zeros({0, 2});

    void bind(std::vector<weft::node_id> fetches, std::size_t n) {
        if (made == nullptr) {
            made = make(std::move(fetches), {x.id()});
            frame = std::make_unique<weft::run_frame>(*made, machine, variables);
        }
        fed = table::zeros({n, 2});
        const weft::feed_value feed{x.id(), fed.data(), fed.shape()};
        frame->bind(std::span(&feed, 1), [] { return weft::step_sequence::one_after_the_other; });
    }
    const weft::dims& shape_of(weft::node_id id) const {
        return frame->value(made->steps[step_of(*made, id)].output).shape;
    }
    float estimate(weft::node_id id, weft::step_kind kind = weft::step_kind::kernel) const {
        weft::step_times times;
        times.estimate(*made, *frame);
        return times.ns()[step_of(*made, id, kind)];
    }
};

}  // namespace weft_test
