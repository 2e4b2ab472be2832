// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/runtime/emulated_gpu.hpp>

#include <weft/runtime/cpu_device.hpp>

#include "threads.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cmath>
#include <thread>
#include <vector>

using namespace weft;

namespace {

device_info gpu_info(int index, std::size_t limit = 0) {
    return {.name = {.job = "localhost", .task = 0, .kind = "gpu", .index = index},
            .memory_limit = limit};
}

// Doubles `n` floats in the device's memory, in the device's thread.
struct doubling : work_item {
    emulated_gpu& device;
    kernel_slot& slot;
    float* values;
    std::size_t n;
    std::atomic<int> ranges{0};
    std::thread::id ran_in;

    doubling(emulated_gpu& on, kernel_slot& in, void* address, std::size_t count)
        : device(on), slot(in), values(static_cast<float*>(address)), n(count) {
        run = [](work_item* self) noexcept { static_cast<doubling*>(self)->compute(); };
    }
    void compute() {
        ran_in = std::this_thread::get_id();
        context_base& context = slot.begin(nullptr, false);
        auto* const bytes = static_cast<float*>(device.translate(values));
        auto* const scratch = static_cast<float*>(context.scratch(n * sizeof(float)));
        context.parallel_for(n, 1e6, [&](std::size_t first, std::size_t last) {
            ++ranges;
            for (std::size_t i = first; i < last; ++i) scratch[i] = 2 * bytes[i];
        });
        for (std::size_t i = 0; i < n; ++i) bytes[i] = scratch[i];
    }
};

}  // namespace

TEST_CASE("an emulated GPU says so, and has one thread and a limit") {
    const int before = weft_test::settled_thread_count();
    {
        emulated_gpu device(gpu_info(1), 1);
        CHECK(device.info().description == "emulated");
        CHECK(device.info().name.to_string() == "/job:localhost/task:0/gpu:1");
        CHECK(device.memory().limit == emulated_gpu::default_memory);
        CHECK(device.memory_space() == 1);
        CHECK(device.pool() == nullptr);
        CHECK(weft_test::thread_count() == before + 1);
    }
    weft_test::wait_until([&] { return weft_test::thread_count() == before; });
}

TEST_CASE("a kernel reads and writes the device's memory in the device's thread") {
    emulated_gpu device(gpu_info(0), 1);
    const auto slot = device.make_context();
    std::vector<float> values(1000, 1.5f), result(1000);
    const std::size_t bytes = values.size() * sizeof(float);
    void* const address = device.allocate(bytes);
    device.copy_out(result.data(), address, bytes);
    CHECK(std::isnan(result[999]));
    device.copy_in(address, values.data(), bytes);
    doubling twice(device, *slot, address, values.size());
    device.submit(twice);
    device.synchronize();
    work_item* again[] = {&twice};
    device.submit(again);
    device.synchronize();
    device.copy_out(result.data(), address, bytes);
    CHECK(result == std::vector<float>(1000, 6.0f));
    CHECK(twice.ranges == 2);
    CHECK(twice.ran_in != std::this_thread::get_id());
    CHECK(device.translate(nullptr) == nullptr);
    device.deallocate(address, bytes);
    CHECK_NOTHROW(device.check_memory());
}

TEST_CASE("the limit is exact, whatever guards and gaps cost") {
    emulated_gpu device(gpu_info(0, 1 << 20), 1);
    std::vector<void*> parts;
    for (int i = 0; i < 1024; ++i) parts.push_back(device.allocate(1024));
    CHECK_THROWS_WITH_AS(device.allocate(1),
                         "out of memory on /job:localhost/task:0/gpu:0: 1 bytes requested, 1048576 "
                         "in use, limit 1048576",
                         failure);
    for (void* part : parts) device.deallocate(part, 1024);
    CHECK(device.memory().in_use == 0);
    CHECK(device.memory().peak == 1 << 20);
    void* const whole = device.allocate(1 << 20);
    device.deallocate(whole, 1 << 20);
}

TEST_CASE("copies between emulated GPUs, and to and from a cpu device") {
    emulated_gpu a(gpu_info(0), 1), b(gpu_info(1), 2);
    host_device host({.name = {.job = "localhost", .task = 0, .kind = "cpu", .index = 0}},
                    std::make_shared<inter_op_pool>(0), std::make_shared<intra_op_pool>(1));
    std::vector<int> values(50'000), result(50'000);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<int>(i);
    const std::size_t bytes = values.size() * sizeof(int);
    void* const at_a = a.allocate(bytes);
    void* const at_b = b.allocate(bytes);
    a.copy_from(at_a, host, values.data(), bytes);
    b.copy_from(at_b, a, at_a, bytes);
    host.copy_from(result.data(), b, at_b, bytes);
    CHECK(result == values);
    b.copy_from(at_b, a, at_a, 0);
    a.deallocate(at_a, bytes);
    b.deallocate(at_b, bytes);
}

TEST_CASE("copies past the end, and of host addresses, are refused") {
    emulated_gpu device(gpu_info(0), 1);
    void* const address = device.allocate(16);
    char buffer[64] = {};
    CHECK_THROWS_AS(device.copy_in(address, buffer, 17), failure);
    CHECK_THROWS_AS(device.copy_out(buffer, buffer, 4), failure);
    CHECK_THROWS_AS(device.translate(buffer), failure);
    device.copy_in(nullptr, buffer, 0);
    device.deallocate(address, 16);
}

TEST_CASE("a kernel that writes past its output is found") {
    emulated_gpu device(gpu_info(0), 1);
    void* const address = device.allocate(10);
    static_cast<char*>(device.translate(address))[10] = 'x';
    CHECK_THROWS_AS(device.check_memory(), failure);
    CHECK_NOTHROW(device.check_memory());
    device.deallocate(address, 10);
}
