// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/core/flat_map.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>

TEST_CASE("flat_map: an empty map has nothing") {
    const weft::flat_map<std::uint32_t, int> map;
    CHECK(map.size() == 0);
    CHECK(map.find(0) == nullptr);
    CHECK_FALSE(map.contains(7));
    CHECK(map.begin() == map.end());
}

TEST_CASE("flat_map: values are found while it grows, entries stay in the order of insertion") {
    weft::flat_map<std::uint32_t, std::uint32_t> map;
    constexpr std::uint32_t n = 5000;
    for (std::uint32_t i = 0; i < n; ++i) map[i * 64] = i;
    CHECK(map.size() == n);
    std::uint32_t next = 0;
    for (const auto& [key, value] : map) {
        CHECK(key == next * 64);
        CHECK(value == next);
        ++next;
    }
    for (std::uint32_t i = 0; i < n; ++i) {
        REQUIRE(map.find(i * 64) != nullptr);
        CHECK(map.at(i * 64) == i);
        CHECK(map.find(i * 64 + 1) == nullptr);
    }
}

TEST_CASE("flat_map: emplace keeps what is there") {
    weft::flat_map<std::string, int> map;
    CHECK(map.emplace("a", 1).second);
    const auto [value, is_new] = map.emplace("a", 2);
    CHECK_FALSE(is_new);
    CHECK(*value == 1);
    CHECK(map["b"] == 0);
    ++map["b"];
    CHECK(map.at("b") == 1);
    CHECK(map.size() == 2);
}

TEST_CASE("flat_map: values may be movable only, and reserve keeps them") {
    weft::flat_map<std::uint32_t, std::unique_ptr<int>> map;
    map[3] = std::make_unique<int>(5);
    const int* const before = map.at(3).get();
    map.reserve(1000);
    CHECK(map.at(3).get() == before);
    CHECK(map.size() == 1);
}
