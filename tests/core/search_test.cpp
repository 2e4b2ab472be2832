// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/core/search.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

TEST_CASE("search: the first position, and the size where there is none") {
    const std::vector<std::string> list = {"cpu", "gpu", "cpu"};
    CHECK(weft::list_position(list, "cpu") == 0);
    CHECK(weft::list_position(list, "gpu") == 1);
    CHECK(weft::list_position(list, "npu") == 3);
    CHECK(weft::list_contains(list, "gpu"));
    CHECK_FALSE(weft::list_contains(list, "npu"));
    CHECK_FALSE(weft::list_contains(std::vector<int>{}, 0));
}
