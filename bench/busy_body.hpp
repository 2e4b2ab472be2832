// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Work that takes a microsecond, the same wherever it is done: arithmetic in registers, calibrated
// once in a process. It touches no memory, so that threads do not slow each other down, and knows
// nothing of who runs it.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace bench {

// So many dependent multiplications; a fixed number, so that a thread that is interrupted is not
// done earlier.
class busy_body {
public:
    explicit busy_body(std::uint32_t rounds = rounds_of_a_microsecond()) : rounds_(rounds) {}

    void operator()(std::uint32_t id) const noexcept {
        std::uint64_t x = id;
        for (std::uint32_t i = 0; i < rounds_; ++i) {
            x = x * 0x5851f42d4c957f2du + 1;
            asm volatile("" : "+r"(x));
        }
    }

private:
    static std::uint32_t rounds_of_a_microsecond() {
        static const std::uint32_t rounds = calibrated();
        return rounds;
    }
    static std::uint32_t calibrated() {
        using clock = std::chrono::steady_clock;
        constexpr std::uint32_t rounds = 100'000;
        double best = 1e12;
        for (int attempt = 0; attempt < 20; ++attempt) {
            const auto start = clock::now();
            busy_body{rounds}(0);
            const std::chrono::duration<double, std::micro> took = clock::now() - start;
            best = std::min(best, took.count());
        }
        return static_cast<std::uint32_t>(rounds / best);
    }

    std::uint32_t rounds_;
};

}  // namespace bench
