// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/runtime/device.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

using namespace weft;

namespace {

// A device as somebody else might write it: memory that is "elsewhere" by an offset of its
// addresses.
class far_device final : public device {
public:
    explicit far_device(int index, int space, std::size_t limit = 0)
        : device({.name = {.job = "localhost", .task = 0, .kind = "far", .index = index},
                  .memory_limit = limit},
                 space) {}

    void copy_in(void* to, const void* from, std::size_t bytes) override {
        ++copies;
        std::memcpy(near(to), from, bytes);
    }
    void copy_out(void* to, const void* from, std::size_t bytes) override {
        ++copies;
        std::memcpy(to, near(const_cast<void*>(from)), bytes);
    }
    void submit(work_item& item) noexcept override { item.run(&item); }
    using device::submit;
    void* translate(void* address) override { return address == nullptr ? address : near(address); }
    std::unique_ptr<kernel_slot> make_context() override { return nullptr; }

    int copies = 0;
    bool broken = false;

private:
    static constexpr std::uintptr_t shift = std::uintptr_t{1} << 60;
    static void* near(void* address) {
        return reinterpret_cast<void*>(reinterpret_cast<std::uintptr_t>(address) - shift);
    }
    void* obtain(std::size_t bytes) noexcept override {
        if (broken) return nullptr;
        void* const memory = std::malloc(bytes + 1);
        return reinterpret_cast<void*>(reinterpret_cast<std::uintptr_t>(memory) + shift);
    }
    void give_back(void* address, std::size_t) noexcept override { std::free(near(address)); }
};

}  // namespace

TEST_CASE("a device books what it allocates") {
    far_device far(0, 1, 100);
    void* const a = far.allocate(60);
    CHECK(far.memory().in_use == 60);
    CHECK(far.memory().limit == 100);
    CHECK_THROWS_WITH_AS(far.allocate(41),
                         "out of memory on /job:localhost/task:0/far:0: 41 bytes requested, 60 in "
                         "use, limit 100",
                         failure);
    far.broken = true;
    CHECK_THROWS_AS(far.allocate(10), failure);
    far.deallocate(a, 60);
    far.deallocate(nullptr, 1000);
    CHECK(far.memory().in_use == 0);
    CHECK(far.memory().live == 0);
    CHECK(far.memory().allocations == 1);
    CHECK(far.memory().peak == 60);
    CHECK(far.info().name.to_string() == "/job:localhost/task:0/far:0");
}

TEST_CASE("memory goes from one device to another through the host, in pieces") {
    far_device a(0, 1), b(1, 2);
    const std::size_t bytes = 100'001;
    std::vector<unsigned char> source(bytes), result(bytes);
    for (std::size_t i = 0; i < bytes; ++i) source[i] = static_cast<unsigned char>(i * 7);
    void* const at_a = a.allocate(bytes);
    void* const at_b = b.allocate(bytes);
    a.copy_in(at_a, source.data(), bytes);
    b.copy_from(at_b, a, at_a, bytes);
    b.copy_out(result.data(), at_b, bytes);
    CHECK(source == result);
    b.copy_from(at_b, a, at_a, 0);
    a.deallocate(at_a, bytes);
    b.deallocate(at_b, bytes);
}

TEST_CASE("between a device and one in host memory one copy is enough") {
    far_device far(0, 1), host(1, host_memory_space);
    void* const there = far.allocate(8);
    std::uint64_t number = 42, back = 0;
    far.copy_from(there, host, &number, 8);
    CHECK(far.copies == 1);
    host.copy_from(&back, far, there, 8);
    CHECK(far.copies == 2);
    CHECK(host.copies == 0);
    CHECK(back == 42);
    far.deallocate(there, 8);
}

TEST_CASE("a list of items is submitted in order unless a device knows better") {
    struct numbered : work_item {
        std::vector<int>* seen = nullptr;
        int number = 0;
    };
    std::vector<int> seen;
    numbered items[3];
    work_item* list[3];
    for (int i = 0; i < 3; ++i) {
        items[i].seen = &seen;
        items[i].number = i;
        items[i].run = [](work_item* self) noexcept {
            auto* const one = static_cast<numbered*>(self);
            one->seen->push_back(one->number);
        };
        list[i] = &items[i];
    }
    far_device far(0, 1);
    device& plain = far;
    plain.submit(list);
    CHECK(seen == std::vector<int>{0, 1, 2});
    CHECK(plain.pool() == nullptr);
    CHECK_NOTHROW(plain.check_memory());
}
