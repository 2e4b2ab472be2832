// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The tests of kernels and sessions on a GPU of this machine. Where there is none, a session asks
// for one and is refused in words, and then the program says so and exits with 77: skipped.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <weft/cuda/devices.hpp>
#include <weft/weft.hpp>

#include <cstdio>
#include <cstring>

namespace {

// Whether what is said of a missing GPU is of use.
bool refuses_gpus() {
    weft::graph g;
    auto x = g.constant(1.0f, "x");
    weft::device_scope on_gpu(g, "/gpu:0");
    weft::node y = x + 1.0f;
    weft::session s{g};
    try {
        s.run(y);
    } catch (const weft::error& e) {
        return std::strstr(e.what(), "/gpu:0") != nullptr;
    }
    return false;
}

}  // namespace

int main(int argc, char** argv) {
    const auto gpus = weft::cuda_devices();
    for (const auto& gpu : gpus)
        std::printf("/gpu:%d is %s, compute capability %d.%d\n", gpu.index, gpu.name.c_str(),
                    gpu.major, gpu.minor);
    if (gpus.empty()) {
        std::printf("no GPU: %s\n", weft::cuda_unavailable_reason().c_str());
        return refuses_gpus() ? 77 : 1;
    }
    doctest::Context tests(argc, argv);
    return tests.run();
}
