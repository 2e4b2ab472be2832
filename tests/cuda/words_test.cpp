// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What kernels that move elements share: division without dividing, of numbers of 32 and of 64
// bits, and the widest word that fits.
#include <kernels_cu/words.hpp>

#include <doctest/doctest.h>

using namespace weft;

TEST_CASE("division by multiplication is exact, also beyond 2^31") {
    const std::size_t divisors[] = {1,
                                    2,
                                    3,
                                    7,
                                    10,
                                    641,
                                    1u << 16,
                                    (1u << 31) - 1,
                                    1u << 31,
                                    (std::size_t{1} << 32) + 15,
                                    std::size_t{1} << 40,
                                    (std::size_t{1} << 62) - 57};
    for (std::size_t size : {std::size_t{1} << 31, std::size_t{1} << 62})
        for (std::size_t by : divisors) {
            const cuda::quotient q(by, size - 1);
            CHECK(q.by() == by);
            for (std::size_t near : {std::size_t{0}, by, 3 * by, size / by * by / 2, size - 2}) {
                for (std::size_t n : {near > 0 ? near - 1 : 0, near, near + 1}) {
                    if (n >= size) continue;
                    INFO(n, " / ", by, " below ", size);
                    CHECK(q.divide(n) == n / by);
                }
            }
        }
}

TEST_CASE("the widest word divides all distances") {
    const auto at = [](std::uintptr_t address) { return reinterpret_cast<const void*>(address); };
    CHECK(cuda::word_width().bytes() == 16);
    CHECK(cuda::word_width().fit(at(0x100)).fit(48).bytes() == 16);
    CHECK(cuda::word_width().fit(at(0x108)).fit(48).bytes() == 8);
    CHECK(cuda::word_width().fit(std::size_t{0}).fit(20).bytes() == 4);
    CHECK(cuda::word_width().fit(at(0x101)).bytes() == 1);
}
