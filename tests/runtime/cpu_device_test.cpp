// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/runtime/cpu_device.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <limits>
#include <thread>

using namespace weft;

namespace {

device_info cpu_info(int index, std::size_t limit = 0) {
    return {.name = {.job = "localhost", .task = 0, .kind = "cpu", .index = index},
            .memory_limit = limit};
}

host_device make_cpu(int index, std::size_t limit = 0) {
    return {cpu_info(index, limit), std::make_shared<inter_op_pool>(1),
            std::make_shared<intra_op_pool>(2)};
}

}  // namespace

TEST_CASE("cpu memory is the host's, aligned to 64 bytes, and of any size") {
    host_device device = make_cpu(0);
    CHECK(device.memory_space() == host_memory_space);
    for (std::size_t bytes : {0u, 1u, 63u, 64u, 65u, 100'000u}) {
        void* const memory = device.allocate(bytes);
        CHECK(reinterpret_cast<std::uintptr_t>(memory) % 64 == 0);
        CHECK(device.translate(memory) == memory);
        std::memset(memory, 1, bytes);
        CHECK(device.memory().in_use == bytes);
        device.deallocate(memory, bytes);
    }
    void* const first = device.allocate(0);
    void* const second = device.allocate(0);
    CHECK(first != second);
    device.deallocate(first, 0);
    device.deallocate(second, 0);
}

TEST_CASE("too much memory is an error, with and without a limit") {
    host_device limited = make_cpu(0, 1 << 20);
    void* const half = limited.allocate(1 << 19);
    CHECK_THROWS_WITH_AS(limited.allocate((1 << 19) + 1),
                         "out of memory on /job:localhost/task:0/cpu:0: 524289 bytes requested, "
                         "524288 in use, limit 1048576",
                         failure);
    limited.deallocate(half, 1 << 19);
    host_device open = make_cpu(0);
    CHECK_THROWS_AS(open.allocate(std::numeric_limits<std::size_t>::max()), failure);
    CHECK_THROWS_AS(open.allocate(static_cast<std::size_t>(PTRDIFF_MAX)), failure);
    CHECK(open.memory().in_use == 0);
}

TEST_CASE("copies are plain copies, and none for no bytes") {
    host_device a = make_cpu(0), b = make_cpu(1);
    const int source[3] = {1, 2, 3};
    int target[3] = {};
    a.copy_in(target, source, sizeof source);
    CHECK(target[2] == 3);
    int other[3] = {};
    b.copy_from(other, a, target, sizeof other);
    CHECK(other[1] == 2);
    a.copy_in(nullptr, nullptr, 0);
    a.copy_out(nullptr, nullptr, 0);
}

TEST_CASE("items run in the pool of the device, not in the submitting thread") {
    host_device device = make_cpu(0);
    struct flagged : work_item {
        std::atomic<bool> done{false};
        std::thread::id ran_in;
    };
    flagged items[2];
    for (flagged& item : items)
        item.run = [](work_item* self) noexcept {
            auto* const one = static_cast<flagged*>(self);
            one->ran_in = std::this_thread::get_id();
            one->done.store(true, std::memory_order_release);   // pairs with the acquire below
            one->done.notify_one();
        };
    device.submit(items[0]);
    work_item* rest[] = {&items[1]};
    device.submit(rest);
    for (flagged& item : items) {
        item.done.wait(false, std::memory_order_acquire);
        CHECK(item.ran_in != std::this_thread::get_id());
    }
    CHECK(device.pool() != nullptr);
    CHECK(device.pool()->workers() == 1);
}

namespace cpu_device_test {
struct npu {
    static constexpr const char* name = "npu";
};
}  // namespace cpu_device_test

TEST_CASE("a user's kind computes on the host with contexts of its own kind") {
    const device_spec name{.job = "localhost", .task = 0, .kind = "npu", .index = 0};
    host_device device({.name = name}, std::make_shared<inter_op_pool>(0),
                       std::make_shared<intra_op_pool>(1), &make_slot<cpu_device_test::npu>);
    const std::unique_ptr<kernel_slot> slot = device.make_context();
    context_base& base = slot->begin(nullptr, false);
    CHECK(dynamic_cast<context<cpu_device_test::npu>*>(&base) != nullptr);
    CHECK(dynamic_cast<context<cpu>*>(&base) == nullptr);
}
