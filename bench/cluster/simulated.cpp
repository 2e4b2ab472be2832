// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A cluster of many tasks in one process: each rank that SimGrid simulates is a server of its own,
// with its graph, its session and its end of the protocol, and all take turns on one thread. One
// task in sixteen is a parameter server of one variable; each worker pulls and pushes one of them
// in ten steps, by a plan of its own. What is measured is real time, not the simulation's.
#include <weft/cluster/mpi.hpp>
#include <weft/cluster/server.hpp>
#include <weft/weft.hpp>

#include "row.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include <unistd.h>

using namespace weft;
using namespace std::chrono_literals;

namespace {

constexpr int steps = 10;
constexpr std::size_t elements = 1024;  // of a variable

// Real time passes for all tasks at once, so silence means nothing here.
server_options on_one_thread() {
    server_options options;
    options.session.inter_op_parallelism_threads = -1;
    options.session.intra_op_parallelism_threads = 1;
    options.session.use_per_session_threads = true;
    options.threads = 0;
    options.start_within = 600s;
    options.messages.shares_thread = true;
    options.messages.watch_all_up_to = 0;
    options.messages.heartbeat = 600s;
    options.messages.dead_after = 1200s;
    options.messages.start_within = 1200s;
    return options;
}

// Who finds nothing looks again later, in the simulation's time: a thousand tasks that look all the
// time would take all of ours.
class patient_transport final : public transport {
public:
    explicit patient_transport(mpi_transport& of) : of_(of) {}
    int self() const override { return of_.self(); }
    int size() const override { return of_.size(); }
    bool serves_threads() const override { return of_.serves_threads(); }
    void post(int to, std::span<const std::byte> header,
              std::span<const std::byte> payload) override {
        of_.post(to, header, payload);
    }
    void bulk_send(int to, int tag, std::span<const std::byte> bytes,
                   std::uint64_t token) override {
        of_.bulk_send(to, tag, bytes, token);
    }
    void bulk_receive(int from, int tag, std::span<std::byte> bytes, std::uint64_t token) override {
        of_.bulk_receive(from, tag, bytes, token);
    }
    void cancel_receive(std::uint64_t token) override { of_.cancel_receive(token); }
    bool poll(transport_events& events) override {
        const bool progress = of_.poll(events);
        pause_ = progress ? least : std::min(2 * pause_, most);
        if (!progress) smpi_usleep(pause_);
        return progress;
    }
    void give_up(int peer) override { of_.give_up(peer); }
    int make_group(std::span<const int> ranks) override { return of_.make_group(ranks); }
    void all_reduce(int group, reduce_type type, reduce_op op, const void* in, void* out,
                    std::size_t count, std::uint64_t token) override {
        of_.all_reduce(group, type, op, in, out, count, token);
    }
    void all_gather(int group, const void* in, void* out, std::size_t bytes,
                    std::uint64_t token) override {
        of_.all_gather(group, in, out, bytes, token);
    }

private:
    static constexpr useconds_t least = 50, most = 100'000;
    mpi_transport& of_;
    useconds_t pause_ = least;
};
struct patient_engine {
    patient_transport& through;
    patient_transport& transport() { return through; }
};

class stopwatch {
public:
    explicit stopwatch(bool tells) : tells_(tells) {}
    void tell(const char* what) {
        const double now = seconds();
        if (tells_) std::printf("%-10s %6.2f s\n", what, now - last_);
        last_ = now;
    }
    double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
    }

private:
    const bool tells_;
    const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
    double last_ = 0;
};

struct program {
    program(const cluster& c, int ps) {
        {
            const device_scope on_ps(g, round_robin_over(c.job("ps"), {.otherwise = c.self()}));
            for (int i = 0; i < ps; ++i) weights.push_back(g.variable(zeros<float, elements>()));
        }
        const device_scope own(g, c.self());
        for (const auto& w : weights) {
            const node gradient{w * 0.0f + 1.0f};
            const device_scope with_variables(g, no_device);
            pushes.push_back(w.assign_add(gradient));
        }
    }
    graph g;
    std::vector<variable<tensor<float, elements>>> weights;
    std::vector<node<void>> pushes;
};

// Whether each variable has been added to as often as it should be.
bool train(server& here, const program& p, stopwatch& watch) {
    const cluster& c = here.of();
    const std::size_t ps = p.weights.size(), self = static_cast<std::size_t>(c.task());
    session s = here.session();
    if (c.task() == 0) s.initialize();
    here.barrier("worker");
    watch.tell("initialize");
    for (int i = 0; i < steps; ++i) s.run(p.pushes[self % ps]);
    here.barrier("worker");
    watch.tell("steps");
    if (c.task() != 0) return true;
    bool right = true;
    const std::size_t workers = static_cast<std::size_t>(c.job("worker").size());
    for (std::size_t i = 0; i < ps; ++i) {
        const tensor<float, elements> got = s.run(p.weights[i]);
        const std::size_t pushing = workers / ps + (i < workers % ps);
        for (std::size_t n = 0; n < elements; ++n)
            right = right && got.data()[n] == static_cast<float>(steps * pushing);
    }
    here.stop();
    return right;
}

}  // namespace

int main(int argc, char** argv) {
    mpi_engine engine{argc, argv};
    const int ps = std::max(engine.size() / 16, 1);
    const cluster c = engine.cluster({{"ps", ps}, {"worker", engine.size() - ps}});
    const bool tells = c.job() == "worker" && c.task() == 0;
    stopwatch watch(tells);
    patient_transport through(engine.transport());
    patient_engine patient{through};
    const program p(c, ps);
    bool right = true;
    {
        server here{patient, c, p.g, on_one_thread()};
        watch.tell("hello");
        right = c.job() == "ps" ? here.join() == 0 : train(here, p, watch);
    }
    watch.tell("leave");
    if (tells) {
        std::printf("%d tasks: %s, %.2f s\n", c.size(), right ? "right" : "WRONG",
                    watch.seconds());
        if (c.size() == 1024)
            bench::write_row("1,024 simulated tasks, 10 steps", {"s", 1}, watch.seconds(), 0,
                             bench::time_at_most(10), {});
    }
    // SimGrid does not let go of receives that are cancelled: they are left to it.
    MPI_Barrier(MPI_COMM_WORLD);
    engine.transport().give_up(engine.rank());
    MPI_Finalize();
    return right ? 0 : 1;
}
