// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Two processes: a run with an edge to the other task and one back, beside a message there and back
// by MPI alone; and what an edge of 64 MiB costs a run, beside MPI's message of that size. In one
// run, smallest times.
#include <weft/cluster/mpi.hpp>

#include <weft/cluster/server.hpp>
#include <weft/weft.hpp>

#include "row.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

using namespace weft;

namespace {

double now_us() {
    return std::chrono::duration<double, std::micro>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

// A round trip of so many bytes there and 4 back, in us.
double by_mpi(int rank, std::vector<char>& bytes, int times) {
    const int n = static_cast<int>(bytes.size());
    char answer[4] = {};
    double best = 1e30;
    for (int i = 0; i < times; ++i) {
        const double start = now_us();
        if (rank == 1) {
            MPI_Send(bytes.data(), n, MPI_CHAR, 0, 1, MPI_COMM_WORLD);
            MPI_Recv(answer, 4, MPI_CHAR, 0, 2, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        } else {
            MPI_Recv(bytes.data(), n, MPI_CHAR, 1, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            MPI_Send(answer, 4, MPI_CHAR, 1, 2, MPI_COMM_WORLD);
        }
        best = std::min(best, now_us() - start);
    }
    return best;
}

template <class Step>
double smallest(Step step, int times) {
    double best = 1e30;
    for (int i = 0; i < times; ++i) {
        const double start = now_us();
        step();
        best = std::min(best, now_us() - start);
    }
    return best;
}

void tell(const char* name, double weft, double plain, bench::goal wanted) {
    std::printf("%-36s %10.2f us, MPI alone %10.2f\n", name, weft, plain);
    bench::write_row(name, {"us", 1}, weft, plain, wanted, {});
}

}  // namespace

int main(int argc, char** argv) {
    mpi_engine engine{argc, argv};
    const cluster c = engine.cluster({{"ps", 1}, {"worker", 1}});
    constexpr std::size_t large = std::size_t{16} << 20;  // floats
    std::vector<char> scalar(4), bytes(large * sizeof(float), 1);
    const double plain_small = by_mpi(c.rank(), scalar, 20000);
    const double plain_large = by_mpi(c.rank(), bytes, 40);

    graph g;
    auto x = g.placeholder<tensor<float>>("x");
    node<tensor<float>> there = [&] {
        const device_scope ps(g, "/job:ps");
        return node<tensor<float>>(x + 1.0f);
    }();
    node<tensor<float>> back = there * 2.0f;
    // Of a value that this task makes, the first element: here, and on the other task.
    node<tensor<float, large>> value = broadcast_to<large>(x + 1.0f);
    const auto first = [](tensor_view<const float, large> v) { return tensor<float>(v.data()[0]); };
    node<tensor<float>> first_here = call(first, value);
    node<tensor<float>> first_there = [&] {
        const device_scope ps(g, "/job:ps");
        return call(first, value);
    }();

    server srv{engine, c, g};
    if (c.job() == "ps") return srv.join();
    session s = srv.session();
    auto small_step = s.make_callable(feeds(x), fetches(back));
    const double run = smallest([&] { small_step(1.0f); }, 20000);
    tell("run with an edge there and one back", run, plain_small, bench::time_at_most(20));
    auto here = s.make_callable(feeds(x), fetches(first_here));
    auto far_away = s.make_callable(feeds(x), fetches(first_there));
    double without = 1e30, with = 1e30;
    for (int i = 0; i < 20; ++i) {
        without = std::min(without, smallest([&] { here(1.0f); }, 2));
        with = std::min(with, smallest([&] { far_away(1.0f); }, 2));
    }
    tell("edge of 64 MiB in a run", with - without, plain_large, bench::speed_at_least(0.8));
    srv.stop();
    return 0;
}
