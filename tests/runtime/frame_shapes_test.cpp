// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/runtime/frame.hpp>

#include "plan_maker.hpp"

#include <doctest/doctest.h>
#include <support/caught.hpp>

using namespace weft;
using weft_test::bound_plan;
using weft_test::error_of;
using weft_test::step_of;

TEST_CASE("shapes follow from those of the feeds, and are unknown behind a callable") {
    bound_plan b;
    node wide = b.x + 1.0f;
    node rows = sum<1>(wide);
    const auto late = b.g.call([] { return tensor<float, dyn>{1, 2}; });
    node behind = late * 2.0f;
    for (std::size_t n : {5u, 0u, 7u}) {
        b.bind({rows.id(), behind.id()}, n);
        CHECK(b.shape_of(wide.id()) == dims{n, 2});
        CHECK(b.shape_of(rows.id()) == dims{n});
        CHECK_FALSE(b.frame->shapes().known(b.made->steps[step_of(*b.made, behind.id())].output));
        CHECK(b.frame->is_late(b.made->steps[step_of(*b.made, behind.id())]));
        CHECK_FALSE(b.frame->is_late(b.made->steps[step_of(*b.made, rows.id())]));
    }
}

TEST_CASE("a feed that does not fit is refused with the dimension") {
    graph g;
    const auto x = g.placeholder<tensor<float, dyn, 2>>("x");
    const node_record& record = g.record(x.id());
    frame_shapes::check_feed(record, dims{0, 2});
    const auto e = error_of([&] { frame_shapes::check_feed(record, dims{4, 3}); });
    CHECK(e.code == errc::invalid_argument);
    CHECK(e.node == "x");
    CHECK(e.says("dimension 1 is 3 where 2 is wanted"));
}

TEST_CASE("a variable of unknown shape takes that of what is assigned first") {
    bound_plan b;
    const auto v = b.g.variable(tensor<float, dyn>{1, 2}, "v");
    const auto first = b.g.placeholder<tensor<float, dyn>>("first");
    const auto write = v.assign(first);
    node read = [&] {
        control_dependencies after{b.g, {write}};
        return node(v + 1.0f);
    }();
    const auto p = b.make({read.id(), write.id()}, {first.id()});
    variable_store variables;
    run_frame frame(*p, b.machine, variables);
    const tensor<float, dyn> given{1, 2, 3};
    const feed_value feed{first.id(), given.data(), given.shape()};
    frame.bind(std::span(&feed, 1), [] { return step_sequence::one_after_the_other; });
    CHECK(frame.value(p->steps[step_of(*p, read.id())].output).shape == dims{3});
    frame.variable(0).initialized = true;
    const tensor<float, dyn> other{1, 2};
    const feed_value wrong{first.id(), other.data(), other.shape()};
    const auto e = error_of([&] {
        frame.bind(std::span(&wrong, 1), [] { return step_sequence::one_after_the_other; });
    });
    CHECK(e.says("cannot assign a tensor of shape [2] to variable 'v', which has shape [3]"));
    frame.bind(std::span(&feed, 1), [] { return step_sequence::one_after_the_other; });
}
