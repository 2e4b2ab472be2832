// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// supervised() with on_loss::drop: the last worker is killed in the middle of training, and the
// first one trains on to its end. Only for an MPI that survives losses (ULFM), started so that it
// does; 77 with another.
#include <weft/cluster/mpi.hpp>
#include <weft/cluster/server.hpp>
#include <weft/cluster/supervised.hpp>
#include <weft/weft.hpp>

#include <csignal>
#include <cstdio>

using namespace weft;
using namespace std::chrono_literals;

namespace {

constexpr long steps = 200, dies_at = 50;

int work(mpi_engine& engine) {
    const cluster c = engine.cluster_from_args();
    graph g;
    const auto total = [&] {
        const device_scope ps(g, round_robin_over(c.job("ps"), {.otherwise = c.self()}));
        return g.variable(0.0f, "total");
    }();
    const auto add = total.assign_add(1.0f);
    server_options options;
    options.messages.heartbeat = 100ms;
    options.messages.dead_after = 1s;
    server here{engine, c, g, options};
    if (c.job() == "ps") return here.join();
    const bool dies = c.rank() == c.size() - 1;
    const supervised_options how{.steps = steps, .on_worker_loss = on_loss::drop};
    const long next = supervised(here, how, [&](session& s, long step) {
        if (dies && step == dies_at) std::raise(SIGKILL);
        s.run(add);
    });
    session s = here.session();
    const float sum = s.run(total);
    here.stop();
    std::printf("trained on to step %ld, %g in all\n", next, static_cast<double>(sum));
    return next == steps && sum >= steps && sum <= steps + dies_at ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    mpi_engine engine{argc, argv};
    if (!WEFT_MPI_SURVIVES) return 77;
    try {
        return work(engine);
    } catch (const error& e) {
        std::printf("%s\n", e.what());
        return 1;
    }
}
