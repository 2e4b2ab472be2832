// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/runtime/work_item.hpp>

#include <doctest/doctest.h>

#include <initializer_list>

using namespace weft;

TEST_CASE("a work list is first in first out") {
    work_item a, b, c;
    work_list list;
    CHECK(list.empty());
    CHECK(list.pop() == nullptr);
    for (work_item* item : {&a, &b, &c}) list.push(*item);
    CHECK(list.pop() == &a);
    list.push(a);
    CHECK(list.pop() == &b);
    CHECK(list.pop() == &c);
    CHECK(list.pop() == &a);
    CHECK(list.empty());
}

TEST_CASE("items of one owner come in their order, wherever they are") {
    int x = 0, y = 0;
    work_item a{.owner = &x}, b{.owner = &y}, c{.owner = &x}, d{.owner = &y};
    work_list list;
    for (work_item* item : {&a, &b, &c, &d}) list.push(*item);
    CHECK(list.pop(&y) == &b);
    CHECK(list.pop(&y) == &d);
    CHECK(list.pop(&y) == nullptr);
    list.push(b);
    CHECK(list.pop(&x) == &a);
    CHECK(list.pop(&x) == &c);
    CHECK(list.pop(&x) == nullptr);
    CHECK(list.pop() == &b);
    CHECK(list.empty());
    CHECK(list.pop(&y) == nullptr);
}
