// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// From nodes to steps: copies between memories, each once; the order of reads and writes; what is
// fed, and what a plan says of itself.
#include <weft/runtime/planner.hpp>
#include <weft/runtime/pool_registry.hpp>
#include <weft/weft.hpp>

#include <doctest/doctest.h>
#include <support/caught.hpp>

#include <algorithm>

using namespace weft;
using weft_test::error_of;

namespace {

// Plans for one CPU and two emulated GPUs.
struct machine {
    graph g;
    pool_source pools{pool_options{1, 1, true}};
    std::vector<std::unique_ptr<device>> owned;
    device_list devices;
    plan_devices on;
    std::map<node_id, device_index> kept;
    bool deterministic = false;

    machine() {
        add<cpu>(0);
        add<gpu>(0);
        add<gpu>(1);
        on.client = on.devices[0];
    }
    template <class Kind>
    void add(int index) {
        device_parts parts;
        parts.info.name = {"localhost", 0, Kind::name, index};
        parts.memory_space = static_cast<int>(owned.size()) + 1;
        parts.pools = &pools;
        owned.push_back(make_device<Kind>(std::move(parts)));
        devices.add(owned.back()->info());
        on.devices.push_back(owned.back().get());
    }
    std::shared_ptr<plan> make(std::vector<node_id> fetches, std::vector<node_id> feeds = {}) {
        return make_plan({g, feeds, fetches, on, devices, kept, false, deterministic});
    }
    template <class Make>
    auto on_device(const char* name, Make make_node) {
        device_scope pin{g, name};
        return make_node();
    }
};

std::size_t count(const plan& p, step_kind kind) {
    return std::size_t(std::count_if(p.steps.begin(), p.steps.end(),
                                     [&](const plan_step& s) { return s.kind == kind; }));
}
step_id step_of(const plan& p, node_id id) {
    for (step_id s = 0; s < p.steps.size(); ++s)
        if (p.steps[s].record->id == id && p.steps[s].kind == step_kind::kernel) return s;
    return none;
}
// Every edge goes forward, and what a step reads was made before.
bool is_ordered(const plan& p) {
    for (step_id s = 0; s < p.steps.size(); ++s) {
        for (step_id later : p.after(s))
            if (later <= s) return false;
        for (value_id input : p.inputs_of(p.steps[s]))
            if (p.values[input].producer != none && p.values[input].producer >= s) return false;
    }
    return p.first_successor.size() == p.steps.size() + 1;
}

}  // namespace

TEST_CASE_FIXTURE(machine, "a value is copied to a device once, whoever reads it there") {
    const auto x = g.placeholder<tensor<float, 4>>("x");
    const auto here = on_device("/cpu:0", [&] { return node(x * 2.0f); });
    std::vector<node_id> fetches;
    for (const char* name : {"/gpu:0", "/gpu:0", "/gpu:1"})
        fetches.push_back(on_device(name, [&] { return node(here + x); }).id());
    const auto p = make(fetches, {x.id()});
    CHECK(count(*p, step_kind::copy) == 4);  // x and `here`, to two devices
    CHECK(p->copies.size() == 4);
    CHECK(report_of(*p, devices, false).copies[0].bytes == 16);
    CHECK(p->kernels == 4);
    CHECK(is_ordered(*p));
    CHECK(make({fetches[0], here.id()}, {x.id()})->copies.size() == 2);
    CHECK(make({here.id()}, {x.id()})->copies.empty());
}

TEST_CASE_FIXTURE(machine, "copies of a variable are as many as its readers") {
    const auto v = on_device("/gpu:0", [&] { return g.variable(1.0f); });
    const auto a = on_device("/gpu:1", [&] { return node(v * 2.0f); });
    const auto write = v.assign_add(1.0f);
    const auto b = on_device("/gpu:1", [&] {
        control_dependencies after{g, {write}};
        return node(v * 3.0f);
    });
    const auto p = make({a.id(), b.id()});
    CHECK(count(*p, step_kind::copy) == 2);
    CHECK(is_ordered(*p));
    REQUIRE(p->variables.size() == 1);
    CHECK(p->variables[0].written);
    CHECK(p->variables[0].needs_value != nullptr);
    // One copy stands before the write, the other behind it.
    const step_id w = step_of(*p, write.id());
    const auto first = std::find_if(p->steps.begin(), p->steps.end(),
                                    [](const plan_step& s) { return s.kind == step_kind::copy; });
    CHECK(first - p->steps.begin() < std::ptrdiff_t(w));
    CHECK(count(*p, step_kind::kernel) == 3);
}

TEST_CASE_FIXTURE(machine, "readers go before a write that they do not wait for") {
    const auto v = g.variable(1.0f);
    const auto write = v.assign(2.0f);
    const node late = v * 2.0f;
    const auto p = make({write.id(), late.id(), v.id()});
    CHECK(step_of(*p, late.id()) < step_of(*p, write.id()));
    CHECK(count(*p, step_kind::copy) == 1);  // the fetched value from before the write
    CHECK(is_ordered(*p));
}

TEST_CASE_FIXTURE(machine, "a write through which the order is implied is no second write") {
    const auto v = g.variable(1.0f);
    const auto first = v.assign(2.0f);
    const node between = [&] {
        control_dependencies after{g, {first}};
        return node(v * 2.0f);
    }();
    const auto second = v.assign(between);
    CHECK(is_ordered(*make({second.id()})));
    CHECK(is_ordered(*make({second.id(), first.id()})));
    const auto third = v.assign(4.0f);
    const auto e = error_of([&] { make({second.id(), third.id()}); });
    CHECK(e.code == errc::invalid_argument);
    CHECK(e.says("neither is ordered"));
}

TEST_CASE_FIXTURE(machine, "two variables swap their values: one of them is copied before") {
    const auto a = g.variable(1.0f), b = g.variable(2.0f);
    const auto to_a = a.assign(b), to_b = b.assign(a);
    const auto p = make({to_a.id(), to_b.id()});
    CHECK(is_ordered(*p));
    CHECK(count(*p, step_kind::copy) == 1);
    CHECK(p->variables[0].needs_value != nullptr);
    CHECK(p->variables[1].needs_value != nullptr);
}

TEST_CASE_FIXTURE(machine, "callables of a deterministic plan follow each other") {
    const auto a = g.call([] { return 1; }), b = g.call([] { return 2; });
    const auto free = make({a.id(), b.id()});
    CHECK(free->successors.empty());
    deterministic = true;
    const auto fixed = make({a.id(), b.id()});
    REQUIRE(fixed->after(0).size() == 1);
    CHECK(fixed->after(0)[0] == 1);
}

TEST_CASE_FIXTURE(machine, "unfed placeholders, feeds that nothing needs, fed variables") {
    const auto x = g.placeholder<tensor<float>>("x"), y = g.placeholder<tensor<float>>("y");
    const auto v = on_device("/gpu:1", [&] { return g.variable(1.0f, "v"); });
    const node z = x + v;
    const auto p = make({z.id()}, {y.id()});
    CHECK(p->feeds == std::vector<value_id>{none});
    REQUIRE(p->unfed.size() == 1);
    CHECK(p->unfed[0]->name == "x");
    const auto fed = make({z.id()}, {v.id(), x.id()});
    CHECK(fed->unfed.empty());
    CHECK(fed->variables.empty());
    const auto add = v.assign_add(1.0f);
    const auto both = make({add.id()}, {v.id()});
    REQUIRE(both->variables.size() == 1);
    CHECK(both->variables[0].needs_value == nullptr);
    CHECK(both->variables[0].device == 2);
}

TEST_CASE_FIXTURE(machine, "the copy of a fed variable does not tie its readers to each other") {
    // One of them comes after a write of another variable, the other one reads that before.
    const auto v = g.variable(1.0f, "v");
    const auto w = on_device("/gpu:0", [&] { return g.variable(1.0f, "w"); });
    const auto write = w.assign_add(1.0f);
    const auto after = on_device("/gpu:0", [&] {
        control_dependencies wait{g, {write}};
        return node(v * 2.0f);
    });
    const auto before = on_device("/gpu:0", [&] { return node(v + w); });
    const auto p = make({after.id(), before.id()}, {v.id()});
    CHECK(count(*p, step_kind::copy) == 1);
    CHECK(step_of(*p, before.id()) < step_of(*p, write.id()));
}

TEST_CASE_FIXTURE(machine, "variables stay where an earlier plan put them") {
    const auto v = g.variable(1.0f);
    kept[v.id()] = 2;
    const auto p = make({v.assign_add(1.0f).id()});
    REQUIRE(p->variables.size() == 1);
    CHECK(p->variables[0].device == 2);
}

TEST_CASE_FIXTURE(machine, "constants of a plan on a GPU are freed with it") {
    const std::size_t before = on.devices[1]->memory().live;
    {
        const auto k = on_device("/gpu:0", [&] { return g.constant(tensor<float, 100>{}); });
        const auto p = make({k.id()});
        CHECK(on.devices[1]->memory().live == before + 1);
        CHECK(on.devices[1]->memory().in_use >= 400);
        CHECK(p->steps.empty());
    }
    CHECK(on.devices[1]->memory().live == before);
}
