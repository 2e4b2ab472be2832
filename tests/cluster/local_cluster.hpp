// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A cluster of threads for tests: each task builds its graph and its server on the loopback
// transport and does what the test says. What a task throws is kept, and thrown again in the test.
#pragma once

#include <weft/cluster/loopback.hpp>
#include <weft/cluster/server.hpp>

#include <exception>
#include <string>
#include <thread>
#include <vector>

namespace weft::test {

struct loopback_engine {
    weft::transport* way;
    weft::transport& transport() { return *way; }
};

// Few threads: tests have many servers.
inline server_options small_server() {
    server_options options;
    options.session.inter_op_parallelism_threads = 1;
    options.session.intra_op_parallelism_threads = 1;
    options.threads = 2;
    return options;
}

// Calls work(engine, cluster) in a thread for each task; gives what each has thrown, as text.
template <class Work>
std::vector<std::string> run_tasks(loopback_network& network, const cluster_spec& spec, Work work) {
    std::vector<std::string> thrown(static_cast<std::size_t>(spec.size()));
    std::vector<std::thread> threads;
    for (int rank = 0; rank < spec.size(); ++rank)
        threads.emplace_back([&, rank] {
            loopback_engine engine{&network.of(rank)};
            try {
                work(engine, cluster(spec, rank));
            } catch (const std::exception& e) {
                thrown[static_cast<std::size_t>(rank)] = e.what();
            }
        });
    for (std::thread& thread : threads) thread.join();
    return thrown;
}
template <class Work>
std::vector<std::string> run_tasks(const cluster_spec& spec, Work work) {
    loopback_network network(spec.size());
    return run_tasks(network, spec, std::move(work));
}

// All of it, for comparison with "".
inline std::string text_of(const std::vector<std::string>& thrown) {
    std::string out;
    for (std::size_t rank = 0; rank < thrown.size(); ++rank)
        if (!thrown[rank].empty()) out += std::to_string(rank) + ": " + thrown[rank] + '\n';
    return out;
}

}  // namespace weft::test
