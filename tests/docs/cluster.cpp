// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What the guide's sections about clusters quote; here the cluster is one task.
#include <weft/cluster/loopback.hpp>
#include <weft/cluster/supervised.hpp>
#include <weft/weft.hpp>

#include <cassert>
#include <filesystem>

using namespace weft;
using namespace std::chrono_literals;

static void train_under_supervision(server& srv, node<void> train, const std::string& folder) {
    // [supervised]
    long next = supervised(srv, {.checkpoint = folder, .every = 5min, .steps = 100,
                                 .on_worker_loss = on_loss::drop},
                           [&](session& s, long) { s.run(train); });
    // [/supervised]
    assert(next == 100);
}

int main() {
    struct {
        weft::transport* way;
        weft::transport& transport() { return *way; }
    } engine{};
    loopback_network network(1);
    engine.way = &network.of(0);
    const std::filesystem::path folder =
        std::filesystem::temp_directory_path() / "weft-docs-supervised";
    std::filesystem::remove_all(folder);
    {
        graph g;
        auto w = g.variable(0.0f, "w");
        node<void> train = w.assign_add(1.0f);
        server srv{engine, cluster({{"worker", 1}}, 0), g};
        train_under_supervision(srv, train, folder.string());
        session s = srv.session();
        assert(s.run(w) == 100.0f);
    }
    std::filesystem::remove_all(folder);
}
