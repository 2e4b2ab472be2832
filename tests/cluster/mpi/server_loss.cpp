// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// server_loss WHO WHEN: a task of a cluster is killed by SIGKILL while the others work with it.
// They must end soon, with an error that names it, or be ended by mpirun; nobody may hang, in a
// run, in a barrier or at the end. WHO is ps or worker, WHEN is start, run, transfer or join.
#include <weft/cluster/mpi.hpp>
#include <weft/cluster/server.hpp>
#include <weft/weft.hpp>

#include <csignal>
#include <cstdio>
#include <string>
#include <thread>

using namespace weft;
using namespace std::chrono_literals;

namespace {

[[noreturn]] void die() {
    std::puts("now");
    std::fflush(stdout);
    std::raise(SIGKILL);
    std::abort();
}

int work(mpi_engine& engine, const std::string& who, const std::string& when) {
    const cluster c = engine.cluster_from_args();
    const bool dies = c.job() == who && c.task() == 0;
    if (dies && when == "start") die();

    graph g;
    auto x = g.placeholder<tensor<float, dyn>>("x");
    const auto total = [&] {
        const device_scope ps(g, "/job:ps/task:0");
        return g.variable(zeros<float, 4>(), "total");
    }();
    // Many small messages, or few that are large.
    node<tensor<float, dyn>> there = [&] {
        const device_scope ps(g, "/job:ps/task:0");
        return call(
            [dies, when](cpu_context&, tensor_view<const float, dyn> in) {
                static int runs = 0;
                if (dies && (when == "run" || when == "transfer") && ++runs == 20) die();
                return tensor<float, dyn>::copy_of(in.data(), in.shape());
            },
            x);
    }();
    node<tensor<float, dyn>> back = there * 2.0f + sum(total);

    server_options options;
    options.messages.heartbeat = 100ms;
    options.messages.dead_after = 1s;
    options.start_within = 3s;
    server here{engine, c, g, options};
    if (c.job() == "ps") {
        if (dies && when == "join") {
            std::this_thread::sleep_for(100ms);
            die();
        }
        return here.join();
    }
    session s = here.session();
    if (c.task() == 0) s.initialize();
    here.barrier("worker");
    auto in = tensor<float, dyn>::uninitialized({when == "transfer" ? std::size_t{16} << 20 : 64});
    for (std::size_t n = 0; n < in.size(); ++n) in.data()[n] = 1.0f;
    for (int i = 0; i < 100000; ++i) {
        if (dies && i == 50) die();
        s.run({feed(x, in)}, back);
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    mpi_engine engine{argc, argv};
    try {
        return work(engine, argv[1], argv[2]);
    } catch (const error& e) {
        std::printf("%s\n", e.what());
        return 1;
    }
}
