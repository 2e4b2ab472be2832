// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Tensors in constant expressions; what they do at run time the tests of ops show.
#include <weft/core/tensor.hpp>

#include <doctest/doctest.h>

#include <utility>

using namespace weft;

namespace {

constexpr bool copies_and_moves() {
    tensor<float, dyn> a{1, 2, 3}, b = a, c = std::move(a);
    b[0] = 4;
    b = std::move(c);
    c = tensor<float, dyn>{5};
    tensor<float, 2> small{1, 2}, moved = std::move(small);
    small = moved;
    return b[0] == 1 && b.size() == 3 && c[0] == 5 && small[1] == 2 && small == moved;
}

}  // namespace

TEST_CASE("constant expressions can use tensors, inline and on the heap") {
    static_assert(tensor<float, 2>{1, 2}[1] == 2 && tensor<float>{2.5f} == 2.5f);
    static_assert(tensor<double, dyn, 3>{{1, 2, 3}, {4, 5, 6}}.extent(0) == 2);
    static_assert(tensor<int, 100>{}[99] == 0 && tensor<half, 2>{}.size() == 2);
    static_assert(copies_and_moves());
    CHECK(copies_and_moves());
}
