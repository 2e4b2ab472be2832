// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/core/constant_list.hpp>

#include <doctest/doctest.h>

using weft::constant_list;

namespace {

constexpr std::size_t sum_of(std::size_t n) {
    constant_list<std::size_t> list;
    for (std::size_t i = 0; i < n; ++i) list.push_back(i);
    std::size_t sum = 0;
    for (std::uint32_t i = 0; i < list.size(); ++i) sum += list[i];
    return sum;
}
constexpr bool shortens() {
    constant_list<int> list(5, 7);
    list.resize(2);
    list.push_back(8);
    return list.size() == 3 && list[1] == 7 && list.data()[2] == 8;
}

}  // namespace

TEST_CASE("a list grows in a constant and at run time") {
    static_assert(sum_of(0) == 0 && sum_of(1000) == 499500);
    static_assert(shortens());
    CHECK(sum_of(70'000) == 2'449'965'000);
    CHECK(shortens());
}
