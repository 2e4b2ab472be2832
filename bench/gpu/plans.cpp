// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What a step of many small kernels takes, from the call to its return: a session's callable, which
// replays its plan. `plain` is a CUDA graph by hand of as many kernels that do the same, `stream`
// is these kernels launched one by one.
#include "by_hand.hpp"
#include "models.hpp"
#include "rows.hpp"

namespace bench {

namespace {

using vec = weft::tensor<float, weft::dyn>;
constexpr std::size_t elements = 1024;
// What a replayed plan should take.
constexpr double us_in_all = 2.5, us_per_node = 0.6;

struct plan_times {
    figure session, graph, stream;
};

plan_times times_of(own_stream& on, std::size_t kernels) {
    weft::graph g;
    weft::device_scope on_gpu(g, "/gpu:0");
    const auto x = g.variable(vec::zeros({elements}), "x");
    vector_node y(incremented(x));
    for (std::size_t i = 1; i < kernels; ++i) y = vector_node(incremented(y));
    const weft::group done(y);
    weft::session s{g, in_this_thread};
    s.initialize();
    if (s.run(y).data()[elements - 1] != static_cast<float>(kernels))
        throw std::runtime_error("a plan has computed something else");
    auto step = s.make_callable(weft::feeds(), weft::fetches(done));

    const auto first = device_memory::numbers<float>(elements);
    const device_memory second(elements * sizeof(float));
    const auto start_all = [&] {
        for (std::size_t i = 0; i < kernels; ++i) {
            const bool back = i % 2 != 0;
            require(add_one(on.get(), (back ? second : first).as<float>(),
                            (back ? first : second).as<float>(), elements),
                    "a kernel");
        }
    };
    const recorded_by_hand graph(on, start_all);
    const auto times = steps_in_turn({[&] { step(); },
                                      [&] {
                                          graph.launch();
                                          on.finish();
                                      },
                                      [&] {
                                          start_all();
                                          on.finish();
                                      }});
    return {times[0], times[1], times[2]};
}

}  // namespace

void measure_plans(own_stream& on, const row_writer& to) {
    std::map<std::size_t, plan_times> all;
    for (const std::size_t kernels : {1, 100, 1000}) {
        const plan_times& t = all[kernels] = times_of(on, kernels);
        to.add("kernels in a plan: " + std::to_string(kernels), t.session.best, t.graph.best,
               time_at_most(us_in_all + us_per_node * static_cast<double>(kernels)),
               {{"stream", t.stream.best, t.stream.median},
                {"weft", t.session.best, t.session.median},
                {"graph", t.graph.best, t.graph.median}});
    }
    const auto more = [&](figure plan_times::*of) {
        return ((all[1000].*of).best - (all[100].*of).best) / 900;
    };
    to.add("one more kernel in a plan", more(&plan_times::session), more(&plan_times::graph),
           time_at_most(us_per_node),
           {{"stream", more(&plan_times::stream), more(&plan_times::stream)}});
}

}  // namespace bench
