// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/runtime/cpu_device.hpp>
#include <weft/runtime/device_factory.hpp>
#include <weft/runtime/emulated_gpu.hpp>
#include <weft/runtime/pool_registry.hpp>

#include "threads.hpp"

#include <doctest/doctest.h>

using namespace weft;

namespace device_factory_test {

// A kind without a device class.
struct npu {
    static constexpr const char* name = "npu";
};

// A kind that makes its own.
struct tpu {
    static constexpr const char* name = "tpu";
    static std::unique_ptr<device> make_device(device_parts parts) {
        parts.info.description = "made by tpu";
        return std::make_unique<emulated_gpu>(std::move(parts.info), parts.memory_space);
    }
};

}  // namespace device_factory_test

namespace {

using device_factory_test::npu;
using device_factory_test::tpu;

device_parts parts_for(const char* kind, pool_source& pools, int space = 7) {
    return {.info = {.name = {.job = "localhost", .task = 0, .kind = kind, .index = 0}},
            .memory_space = space,
            .pools = &pools,
            .client = false};
}

}  // namespace

TEST_CASE("every kind of a graph has a way to make its devices") {
    pool_source pools({.inter_op_parallelism_threads = 2,
                       .intra_op_parallelism_threads = 1,
                       .use_per_session_threads = true});
    const make_device_function table[] = {make_device<cpu>, make_device<gpu>, make_device<npu>,
                                          make_device<tpu>};
    const char* const kinds[] = {"cpu", "gpu", "npu", "tpu"};
    const int spaces[] = {0, 7, 0, 7};
    for (int i = 0; i < 4; ++i) {
        const std::unique_ptr<device> made = table[i](parts_for(kinds[i], pools));
        CHECK(made->info().name.kind == kinds[i]);
        CHECK(made->memory_space() == spaces[i]);
        CHECK((made->pool() != nullptr) == (spaces[i] == 0));
        void* const memory = made->allocate(100);
        made->deallocate(memory, 100);
    }
    CHECK(make_device<tpu>(parts_for("tpu", pools))->info().description == "made by tpu");
}

TEST_CASE("devices with a queue start no pools") {
    pool_source pools({.inter_op_parallelism_threads = 4,
                       .intra_op_parallelism_threads = 4,
                       .use_per_session_threads = true});
    const int before = weft_test::settled_thread_count();
    const auto gpu_device = make_device<gpu>(parts_for("gpu", pools));
    CHECK(weft_test::thread_count() == before + 1);
    const auto npu_device = make_device<npu>(parts_for("npu", pools));
    CHECK(weft_test::thread_count() == before + 1 + 4 + 3);
}
