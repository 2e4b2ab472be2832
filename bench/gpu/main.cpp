// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What weft makes of a GPU, as ratios within one run: kernels beside copies, cublasLt and kernels
// by hand, and libraries for Python where `python3` (or WEFT_BENCH_PYTHON) has them. Those are
// measured by a process of their own, before. Where there is no GPU the program says so and exits
// with 77.
#include "rows.hpp"

#include <weft/cuda/devices.hpp>

#include <exception>
#include <sstream>

namespace {

// Lines of name, peer, smallest, median, separated by tabs.
std::map<std::string, std::vector<bench::peer_figure>> python_peers() {
    const char* const python = std::getenv("WEFT_BENCH_PYTHON");
    const std::string command = "timeout 90 " +
                                std::string(python == nullptr ? "python3" : python) +
                                " '" WEFT_BENCH_PYTHON_PEERS "'";
    std::map<std::string, std::vector<bench::peer_figure>> peers;
    std::FILE* const output = popen(command.c_str(), "r");
    if (output == nullptr) return peers;
    char line[512];
    while (std::fgets(line, sizeof line, output) != nullptr) {
        std::istringstream fields(line);
        std::string name;
        bench::peer_figure one;
        if (std::getline(fields, name, '\t') && std::getline(fields, one.name, '\t') &&
            fields >> one.best >> one.median)
            peers[name].push_back(one);
        else
            std::printf("%s", line);
    }
    pclose(output);
    return peers;
}

// Measures a part, and goes on where it fails.
bool is_measured(const char* what, void (*part)(bench::own_stream&, const bench::row_writer&),
                 bench::own_stream& on, const bench::row_writer& to) {
    try {
        part(on, to);
        return true;
    } catch (const std::exception& e) {
        std::fprintf(stderr, "%s could not be measured: %s\n", what, e.what());
        return false;
    }
}

int measure_all() {
    const bench::row_writer to(python_peers());
    bench::own_stream on;
    bool all = is_measured("passes over memory", &bench::measure_passes, on, to);
    all &= is_measured("products", &bench::measure_products, on, to);
    all &= is_measured("plans", &bench::measure_plans, on, to);
    all &= is_measured("a network", &bench::measure_network, on, to);
    return all ? 0 : 1;
}

}  // namespace

int main() {
    const auto gpus = weft::cuda_devices();
    if (gpus.empty()) {
        std::printf("no GPU: %s\n", weft::cuda_unavailable_reason().c_str());
        return 77;
    }
    std::printf("%s, %d multiprocessors\n", gpus[0].name.c_str(), gpus[0].multiprocessors);
    std::fflush(stdout);
    try {
        return measure_all();
    } catch (const std::exception& e) {
        std::fprintf(stderr, "nothing could be measured: %s\n", e.what());
        return 1;
    }
}
