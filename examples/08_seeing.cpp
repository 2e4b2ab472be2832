// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Looking inside of runs: a trace for ui.perfetto.dev, the numbers of a run node by node, and a
// picture of the plan for Graphviz (`dot -Tsvg plan.dot`). They go to the folder that is given, or
// that for temporary files.
#include <weft/io.hpp>
#include <weft/weft.hpp>

#include <filesystem>
#include <iostream>

using namespace weft;

int main(int argc, char** argv) {
    graph g;
    auto images = g.placeholder<tensor<float, dyn, 784>>("images");
    node logits = [&] {
        device_scope there{g, "/gpu:0"};
        name_scope model{g, "model"};
        auto w1 = g.variable(normal<float, 784, 64>(7) * 0.05f, "w1");
        auto w2 = g.variable(normal<float, 64, 10>(8) * 0.1f, "w2");
        node hidden{relu(matmul(images, w1) + 0.1f), "hidden"};
        return node{matmul(hidden, w2), "logits"};
    }();
    device_scope host{g, "/cpu:0"};
    node light{mean(images), "light"};  // beside the model
    node shares{softmax<1>(logits), "shares"};
    node best{argmax<1>(shares), "best"};
    node sure{max(shares) * light, "sure"};

    session s{g, {.emulated_gpus = 1}};
    s.initialize();
    tracer trace;     // of any number of runs
    run_stats stats;  // of the last one
    const auto batch = tensor<float, dyn, 784>::zeros({256, 784});
    for (int i = 0; i < 3; ++i)
        s.run({.trace = &trace, .stats = &stats}, {feed(images, batch)}, best, sure);

    const std::string folder =
        argc > 1 ? argv[1] : std::filesystem::temp_directory_path().string();
    write_trace(folder + "/trace.json", trace);
    write_text_file(folder + "/stats.txt", stats.to_string());
    write_text_file(folder + "/plan.dot", to_dot(s.plan(feeds(images), fetches(best, sure))));

    std::cout << trace.runs() << " runs traced; the last one:\n";
    for (const node_stats& node : stats.nodes)
        std::cout << "  " << node.node << " on " << node.device << " wrote " << node.bytes_written
                  << " bytes\n";
    std::cout << "the critical path is";
    for (std::size_t i : stats.critical_path) std::cout << ' ' << stats.nodes[i].node << ';';
    std::cout << " together " << stats.critical_ns() / 1000 << " us\n"
              << "trace.json, stats.txt and plan.dot are in " << folder << '\n';
}
