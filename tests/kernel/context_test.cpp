// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/kernel/context.hpp>

#include <doctest/doctest.h>

using namespace weft;

namespace {

std::size_t covered = 0;
void plain(std::size_t first, std::size_t last) { covered += last - first; }

void call(range_function f) { f(3, 10); }

}  // namespace

TEST_CASE("a range function is a lambda, an object, a function or a pointer to one") {
    covered = 0;
    call(plain);
    CHECK(covered == 7);
    call(&plain);
    void (*const pointer)(std::size_t, std::size_t) = plain;
    call(pointer);
    CHECK(covered == 21);
    std::size_t sum = 0;
    call([&](std::size_t first, std::size_t last) { sum += first * last; });
    CHECK(sum == 30);
    struct counter {
        std::size_t calls = 0;
        void operator()(std::size_t, std::size_t) { ++calls; }
    } counts;
    call(counts);
    call(counts);
    CHECK(counts.calls == 2);
    struct constant {
        std::size_t* to;
        void operator()(std::size_t first, std::size_t) const { *to = first; }
    };
    const constant writes{&sum};
    call(writes);
    CHECK(sum == 3);
}
