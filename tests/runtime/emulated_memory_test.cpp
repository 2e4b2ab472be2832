// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/runtime/emulated_memory.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <csignal>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace weft;

namespace {

constexpr std::size_t megabyte = std::size_t{1} << 20;

// The signal that ends a child process which runs `body`; 0 if it comes back.
template <class F>
int signal_from(F body) {
    const pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_DUMPABLE, 0);          // no core file
        std::signal(SIGSEGV, SIG_DFL);      // not a sanitizer's report
        std::signal(SIGBUS, SIG_DFL);
        body();
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

std::string finding(emulated_memory& memory) {
    try {
        memory.check();
    } catch (const failure& reason) {
        CHECK(reason.code() == errc::internal);
        return reason.what();
    }
    return "none";
}

}  // namespace

TEST_CASE("host code that touches device memory faults") {
    emulated_memory memory(megabyte);
    auto* const address = static_cast<volatile float*>(memory.allocate(64));
    CHECK(signal_from([&] { (void)address[0]; }) == SIGSEGV);
    CHECK(signal_from([&] { address[3] = 1.0f; }) == SIGSEGV);
    auto* const usable = reinterpret_cast<volatile float*>(
        memory.host_address(const_cast<float*>(address), 64));
    CHECK(signal_from([&] { usable[3] = 1.0f; }) == 0);
}

TEST_CASE("new memory is NaN, freed memory is poisoned") {
    emulated_memory memory(megabyte);
    void* const address = memory.allocate(1000);
    auto* const bytes = reinterpret_cast<unsigned char*>(memory.host_address(address, 1000));
    CHECK(std::isnan(*reinterpret_cast<float*>(bytes)));
    CHECK(std::isnan(*reinterpret_cast<double*>(bytes + 8)));
    for (int i = 0; i < 1000; ++i) REQUIRE(bytes[i] == emulated_memory::fresh);
    memory.release(address);
    for (int i = 0; i < 1000; ++i) REQUIRE(bytes[i] == emulated_memory::poison);
    CHECK(finding(memory) == "none");
}

TEST_CASE("writes around an allocation are found at the next check, and when it is freed") {
    emulated_memory memory(megabyte);
    void* const address = memory.allocate(100);
    std::byte* const bytes = memory.host_address(address, 100);
    bytes[100] = std::byte{1};
    CHECK(finding(memory) ==
          "memory behind an allocation of 100 bytes at offset 256 was overwritten");
    CHECK(finding(memory) == "none");
    bytes[-1] = std::byte{1};
    memory.release(address);
    CHECK(finding(memory) ==
          "memory before an allocation of 100 bytes at offset 256 was overwritten");
}

TEST_CASE("a write after the end of an allocation's life is found when the memory is used again") {
    emulated_memory memory(megabyte);
    void* const address = memory.allocate(100);
    std::byte* const bytes = memory.host_address(address, 100);
    memory.release(address);
    bytes[7] = std::byte{1};
    CHECK(memory.allocate(100) == address);
    CHECK(finding(memory) == "memory at offset 256 was written after it was freed");
}

TEST_CASE("what was not allocated cannot be freed") {
    emulated_memory memory(megabyte);
    auto* const address = static_cast<std::byte*>(memory.allocate(1000));
    memory.release(address + 1);
    CHECK(finding(memory) == "offset 257 was freed, where no allocation begins");
    memory.release(address);
    memory.release(address);
    CHECK(finding(memory) == "offset 256 was freed, where no allocation begins");
}

TEST_CASE("only addresses inside one allocation lead to bytes") {
    emulated_memory memory(megabyte);
    auto* const address = static_cast<std::byte*>(memory.allocate(1000));
    CHECK(memory.host_address(address + 999, 1) == memory.host_address(address, 1000) + 999);
    CHECK(memory.host_address(address + 1000, 0) != nullptr);
    CHECK_THROWS_WITH_AS(memory.host_address(address + 8, 1000),
                         "access to 1000 bytes at offset 8 of an allocation that has 1000 bytes",
                         failure);
    CHECK_THROWS_AS(memory.host_address(address + 1001, 0), failure);
    int on_host = 0;
    CHECK_THROWS_AS(memory.host_address(&on_host, 4), failure);
    memory.release(address);
    CHECK_THROWS_WITH_AS(memory.host_address(address, 4),
                         "device address at offset 256 belongs to no allocation", failure);
}

TEST_CASE("full memory is null, and free space joins again") {
    emulated_memory memory(megabyte);
    CHECK(memory.allocate(megabyte) == nullptr);
    CHECK(memory.allocate(std::numeric_limits<std::size_t>::max()) == nullptr);
    std::vector<void*> parts;
    while (void* part = memory.allocate(100'000)) parts.push_back(part);
    CHECK(parts.size() == 10);
    for (std::size_t i = 0; i < parts.size(); i += 2) memory.release(parts[i]);
    CHECK(memory.allocate(150'000) == nullptr);
    for (std::size_t i = 1; i < parts.size(); i += 2) memory.release(parts[i]);
    void* const large = memory.allocate(megabyte - 512);
    CHECK(large != nullptr);
    CHECK(finding(memory) == "none");
}

TEST_CASE("allocations never overlap, and hold what was written, in any order of frees") {
    emulated_memory memory(4 * megabyte);
    struct piece {
        void* address;
        std::size_t bytes;
        unsigned char value;
    };
    std::vector<piece> live;
    std::mt19937 random(5);
    for (int i = 0; i < 3000; ++i) {
        if (live.size() > 40 || (!live.empty() && random() % 3 == 0)) {
            const std::size_t which = random() % live.size();
            const piece p = live[which];
            const std::byte* const bytes = memory.host_address(p.address, p.bytes);
            for (std::size_t at = 0; at < p.bytes; ++at) REQUIRE(bytes[at] == std::byte{p.value});
            memory.release(p.address);
            live[which] = live.back();
            live.pop_back();
        } else {
            const std::size_t bytes = random() % 2000;
            void* const address = memory.allocate(bytes);
            REQUIRE(address != nullptr);
            REQUIRE(reinterpret_cast<std::uintptr_t>(address) % 256 == 0);
            const auto value = static_cast<unsigned char>(random());
            std::memset(memory.host_address(address, bytes), value, bytes);
            live.push_back({address, bytes, value});
        }
    }
    CHECK(finding(memory) == "none");
}

TEST_CASE("reserving more addresses than there are is an error") {
    CHECK_THROWS_AS(emulated_memory{std::size_t{1} << 60}, failure);
}
