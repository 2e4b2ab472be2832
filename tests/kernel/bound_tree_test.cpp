// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Compiled trees over broadcast operands, against indices computed one by one: long and short rows,
// ranges that begin anywhere, operands that repeat along any axes.
#include <weft/kernel/bound_tree.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

using namespace weft;

namespace {

struct add_kernel {
    template <class V>
    static V apply(const V& a, const V& b) {
        return a + b;
    }
};
template <class T, slot_shape Shape = slot_shape::any>
using sum_tree = application<add_kernel, T, slot<0, T, Shape>, slot<1, T, slot_shape::any>>;

// Element `at` of a tensor of shape `from` that is broadcast to `to`; elements count from 0.
std::size_t element_of(const dims& from, const dims& to, std::size_t at) {
    std::size_t place = 0, step = 1;
    for (std::size_t i = 1; i <= to.rank; ++i) {
        const std::size_t index = at % to[to.rank - i];
        at /= to[to.rank - i];
        if (i > from.rank) continue;
        if (from[from.rank - i] != 1) place += index * step;
        step *= from[from.rank - i];
    }
    return place;
}

template <class T>
std::vector<T> counted(std::size_t n) {
    std::vector<T> out(n);
    for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<T>(i % 63);
    return out;
}

// `column`: the type of a says that its last dimension is 1.
template <class T>
void check_sum(const dims& a, const dims& b, bool column = false) {
    const dims to = broadcast(a, b);
    std::vector<T> av = counted<T>(a.size()), bv = counted<T>(b.size());
    value_ref in[] = {{av.data(), a}, {bv.data(), b}};
    const value_ref* const inputs[] = {&in[0], &in[1]};
    const tree_input of[] = {{0, sizeof(T), false}, {1, sizeof(T), false}};
    const unsigned char slots[] = {0, 1};
    const span_code code = column ? compiled_span<sum_tree<T, slot_shape::column>, T>().in_use()
                                  : compiled_span<sum_tree<T>, T>().in_use();
    const tree_program tree{code, of, slots, nullptr, 2, sizeof(T)};
    const bound_tree_of<few_inputs> bound(tree, to, inputs);
    const bound_tree_of<most_inputs> same(tree, inputs);
    CHECK(same.shape() == to);
    std::mt19937 random(7);
    std::vector<T> out(to.size());
    for (std::size_t first = 0; first < to.size();) {
        const std::size_t last = (std::min)(to.size(), first + 1 + random() % 2000);
        const bound_tree& used = first % 2 == 0 ? static_cast<const bound_tree&>(bound) : same;
        used.evaluate(first, last, out.data() + first);
        first = last;
    }
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < to.size(); ++i)
        wrong += out[i] != static_cast<T>(av[element_of(a, to, i)] + bv[element_of(b, to, i)]);
    CAPTURE(dims_text(a).chars);
    CAPTURE(dims_text(b).chars);
    CHECK(wrong == 0);
}

}  // namespace

TEST_CASE_TEMPLATE("bound_tree: operands repeat along any axes", T, float, double, std::uint8_t,
                   std::int16_t) {
    check_sum<T>({5}, {5});
    check_sum<T>({1}, {1});
    check_sum<T>({1}, {3000});
    check_sum<T>({7, 1}, {1, 3});
    check_sum<T>({7, 1}, {1, 1500});
    check_sum<T>({300, 64}, {64});
    check_sum<T>({300, 64}, {300, 1});
    check_sum<T>({3, 700}, {3, 1});
    check_sum<T>({3, 700}, {700});
    check_sum<T>({4, 1, 9, 1}, {1, 5, 1, 11});
    check_sum<T>({2, 1, 1, 600}, {3, 4, 1});
    check_sum<T>({2, 3, 4, 5}, {2, 1, 4, 5});
    check_sum<T>({1, 3, 4, 512}, {2, 3, 1, 512});
    check_sum<T>({1, 3, 4, 511}, {2, 3, 1, 511});
    check_sum<T>({2, 1, 2, 1, 2, 1}, {1, 3, 1, 3, 1, 3});
}

TEST_CASE_TEMPLATE("bound_tree: columns of single elements", T, float, std::uint8_t) {
    check_sum<T>({7, 1}, {1, 1500}, true);
    check_sum<T>({300, 1}, {300, 67}, true);
    check_sum<T>({7, 1}, {1, 3}, true);
    check_sum<T>({1, 1}, {900, 1}, true);
    check_sum<T>({900, 1}, {900, 1}, true);
    check_sum<T>({900, 1}, {1, 1}, true);
    check_sum<T>({4, 1, 9, 1}, {1, 5, 1, 130}, true);
}

TEST_CASE("bound_tree: an empty range evaluates nothing") {
    check_sum<float>({0}, {1});
    check_sum<float>({3, 0}, {3, 1});
}

TEST_CASE("bound_tree: results may take the place of an operand") {
    for (std::size_t width : {3u, 16u, 37u, 130u}) {
        const dims shape{5, width}, row{width};
        std::vector<float> a = counted<float>(shape.size()), expected = a;
        std::vector<float> b = counted<float>(width);
        for (std::size_t i = 0; i < a.size(); ++i) expected[i] += b[i % width];
        value_ref in[] = {{a.data(), shape}, {b.data(), row}};
        const value_ref* const inputs[] = {&in[0], &in[1]};
        const tree_input of[] = {{0, sizeof(float), false}, {1, sizeof(float), false}};
        const unsigned char slots[] = {0, 1};
        using tree = sum_tree<float>;
        const tree_program program{compiled_span<tree, float>().in_use(), of, slots, nullptr, 2, 4};
        bound_tree_of<few_inputs>(program, inputs).evaluate(0, shape.size(), a.data());
        CAPTURE(width);
        CHECK(a == expected);
    }
}
