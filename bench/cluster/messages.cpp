// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Two processes: messages and reductions through an endpoint, and the same by MPI alone, in turn in
// one run, smallest times. And what an endpoint costs that has nothing to do. The first argument
// names what carries them, for the rows.
#include <weft/cluster/mpi.hpp>

#include <weft/cluster/endpoint.hpp>

#include "row.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <string>
#include <thread>
#include <vector>

using namespace weft;

namespace {

double now_us() {
    return std::chrono::duration<double, std::micro>(endpoint::clock::now().time_since_epoch())
        .count();
}

class counter final : public message_handler {
public:
    int came = 0;
    message_bytes last;

private:
    void on_delivery(delivery&& message) override {
        last = std::move(message.payload);
        ++came;
    }
    void on_loss(int, const std::string& reason) override { std::puts(reason.c_str()); }
    void on_corrupt(int, const message_key&, const std::string& reason) override {
        std::puts(reason.c_str());
    }
};

struct bench_pair {
    endpoint& through;
    counter& got;
    std::uint64_t step = 0;

    bool leads() const { return through.self() == 0; }
    void next() {
        const int wanted = got.came + 1;
        through.wait([&] { return got.came >= wanted; },
                     endpoint::clock::now() + std::chrono::seconds(20));
    }

    // Half of a round trip, in us.
    double by_endpoint(const message_bytes& bytes, int times) {
        const int other = 1 - through.self();
        const double start = now_us();
        for (int i = 0; i < times; ++i) {
            if (!leads()) next();
            through.send(other, {message_kind::value, 1, ++step, 1}, bytes);
            if (leads()) next();
        }
        // All is sent before MPI is called by others.
        through.flush(endpoint::clock::now() + std::chrono::seconds(20));
        return (now_us() - start) / times / 2;
    }
    double by_mpi(std::vector<std::byte>& bytes, int times) const {
        const int size = static_cast<int>(bytes.size());
        const double start = now_us();
        for (int i = 0; i < times; ++i) {
            if (leads()) MPI_Send(bytes.data(), size, MPI_BYTE, 1, 1, MPI_COMM_WORLD);
            MPI_Recv(bytes.data(), size, MPI_BYTE, 1 - through.self(), 1, MPI_COMM_WORLD,
                     MPI_STATUS_IGNORE);
            if (!leads()) MPI_Send(bytes.data(), size, MPI_BYTE, 0, 1, MPI_COMM_WORLD);
        }
        return (now_us() - start) / times / 2;
    }
};

void tell(const std::string& name, const bench::unit& in, double weft, double plain,
          bench::goal wanted) {
    std::printf("%-36s %10.2f %10.2f %s\n", name.c_str(), weft, plain, in.name);
    bench::write_row(name, in, weft, plain, wanted, {});
}

void compare_messages(bench_pair& both, const std::string& engine, std::size_t size, int times,
                      const std::string& name, bench::goal wanted) {
    std::vector<std::byte> memory(size, std::byte{1});
    const message_bytes bytes = copy_of(memory);
    double weft = 1e30, plain = 1e30;
    for (int i = 0; i < 12; ++i) {
        MPI_Barrier(MPI_COMM_WORLD);
        plain = std::min(plain, both.by_mpi(memory, times));
        MPI_Barrier(MPI_COMM_WORLD);
        weft = std::min(weft, both.by_endpoint(bytes, times));
    }
    if (both.leads())
        tell("cluster message " + name + ", " + engine, {"us", 1}, weft, plain, wanted);
}

void compare_reductions(bench_pair& both, const std::string& engine, std::size_t count,
                        const std::string& name, bench::goal wanted) {
    const int ranks[] = {0, 1};
    const int group = both.through.group(ranks);
    std::vector<float> in(count, 1.0f), out(count);
    const int n = static_cast<int>(count);
    double weft = 1e30, plain = 1e30;
    for (int i = 0; i < 40; ++i) {
        MPI_Barrier(MPI_COMM_WORLD);
        double start = now_us();
        MPI_Allreduce(in.data(), out.data(), n, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
        plain = std::min(plain, now_us() - start);
        MPI_Barrier(MPI_COMM_WORLD);
        start = now_us();
        const auto token = both.through.all_reduce(group, reduce_type::f32, reduce_op::sum,
                                                   in.data(), out.data(), count);
        both.through.wait([&] { return both.through.done(token); },
                          endpoint::clock::now() + std::chrono::seconds(20));
        weft = std::min(weft, now_us() - start);
    }
    if (both.leads())
        tell("all_reduce " + name + " of two, " + engine, {"us", 1}, weft, plain, wanted);
}

double processor_seconds() {
    timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

void measure_idle(bench_pair& both, const std::string& engine) {
    const auto second = std::chrono::seconds(1);
    both.through.start_background();
    std::this_thread::sleep_for(second / 2);
    double before = processor_seconds();
    std::this_thread::sleep_for(second);
    const double background = 100 * (processor_seconds() - before);
    both.through.stop_background();
    const auto ends = endpoint::clock::now() + second / 2 + second;
    bool has_begun = false;
    both.through.wait(
        [&] {
            if (!has_begun && endpoint::clock::now() > ends - second) {
                has_begun = true;
                before = processor_seconds();
            }
            return false;
        },
        ends);
    const double waiting = 100 * (processor_seconds() - before);
    if (!both.leads()) return;
    tell("idle endpoint, " + engine, {"% core", 1}, background, 0, bench::time_at_most(2));
    tell("endpoint waited on, " + engine, {"% core", 1}, waiting, 0, bench::time_at_most(2));
}

}  // namespace

int main(int argc, char** argv) {
    mpi_engine engine{argc, argv};
    if (engine.size() != 2) return 2;
    const std::string name = argc > 1 ? argv[1] : "shared memory";
    const bool is_tcp = name == "TCP";
    endpoint through(engine.transport());
    counter got;
    through.receive_by(&got);
    bench_pair both{through, got};
    compare_messages(both, name, 8, 1000, "8 B", bench::time_at_most(is_tcp ? 15 : 2));
    compare_messages(both, name, 4096, 500, "4 KiB", {});
    compare_messages(both, name, 65536, 100, "64 KiB", {});
    compare_messages(both, name, std::size_t{4} << 20, 8, "4 MiB", {});
    compare_messages(both, name, std::size_t{64} << 20, 2, "64 MiB", bench::speed_at_least(0.8));
    compare_reductions(both, name, std::size_t{1} << 10, "4 KiB", {});
    compare_reductions(both, name, std::size_t{1} << 20, "4 MiB", bench::speed_at_least(0.909));
    measure_idle(both, name);
    through.receive_by(nullptr);
    got.last = {};
    return 0;
}
