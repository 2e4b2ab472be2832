// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The last task is killed while it waits, or in a large transfer, by the first argument. The others
// hear of it from mpirun, which ends them, or from their endpoints; then they end with an error.
// Nobody hangs.
#include <weft/cluster/mpi.hpp>

#include <weft/cluster/endpoint.hpp>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <string_view>

using namespace weft;
using namespace std::chrono_literals;

namespace {

class watcher final : public message_handler {
public:
    std::atomic<int> came{0}, lost{0};

private:
    void on_delivery(delivery&&) override { ++came; }
    void on_loss(int peer, const std::string& reason) override {
        std::printf("lost %d: %s\n", peer, reason.c_str());
        ++lost;
    }
    void on_corrupt(int, const message_key&, const std::string&) override {}
};

}  // namespace

int main(int argc, char** argv) {
    mpi_engine engine{argc, argv};
    const bool is_large = argc > 1 && std::string_view(argv[1]) == "large";
    endpoint through(engine.transport(), {.heartbeat = 200ms, .dead_after = 1s});
    watcher heard;
    through.receive_by(&heard);
    through.start_background();
    const auto deadline = endpoint::clock::now() + 20s;
    const int last = engine.size() - 1;
    for (int to = 0; to <= last; ++to)
        if (to != engine.rank()) through.send(to, {}, {});
    through.wait([&] { return heard.came == last; }, deadline);
    const bool dies = engine.rank() == last;
    if (is_large) {
        const message_bytes bytes = copy_of(std::vector<std::byte>(std::size_t{256} << 20));
        through.send(dies ? 0 : last, {message_kind::value, 1, 1, 1}, bytes);
        through.wait([] { return false; }, endpoint::clock::now() + (dies ? 20ms : 0ms));
    }
    if (dies) {
        std::puts("now");
        std::fflush(stdout);
        std::raise(SIGKILL);
    }
    return through.wait([&] { return heard.lost != 0; }, deadline) ? 3 : 4;
}
