// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Trees compiled for several instruction sets in one program (WEFT_DISPATCH), each variant forced
// in turn: sums, products, comparisons and selections agree to the bit. What the processor lacks is
// left out.
#include <weft/kernel/bound_tree.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <vector>

using namespace weft;

namespace {

struct add_kernel {
    template <class V>
    static V apply(const V& a, const V& b) {
        return a + b;
    }
};
struct product_kernel {
    template <class V>
    static V apply(const V& a, const V& b) {
        return a * b;
    }
};
struct smaller_kernel {
    template <class V>
    static V apply(const V& a, const V& b) {
        return select(a < b, a, b);
    }
};
template <class Kernel, class T>
using tree_of = application<Kernel, T, slot<0, T, slot_shape::any>, slot<1, T, slot_shape::any>>;

// Rows of 37 elements, of which the second operand has one for each.
template <class Kernel, class T>
std::vector<T> evaluated(instruction_set set) {
    using tree = tree_of<Kernel, T>;
    const dims shape{5, 37}, column{5, 1};
    std::vector<T> a(shape.size()), b(column.size()), out(shape.size());
    for (std::size_t i = 0; i < a.size(); ++i) a[i] = static_cast<T>(i) / static_cast<T>(3);
    for (std::size_t i = 0; i < b.size(); ++i) b[i] = static_cast<T>(7 * i) / static_cast<T>(9);
    value_ref in[] = {{a.data(), shape}, {b.data(), column}};
    const value_ref* const inputs[] = {&in[0], &in[1]};
    const tree_input of[] = {{0, sizeof(T), false}, {1, sizeof(T), false}};
    const unsigned char slots[] = {0, 1};
    const span_code code = compiled_span<tree, T>().in_use();
    const std::size_t bytes = set == instruction_set::x86_64_v4   ? 64
                              : set == instruction_set::x86_64_v3 ? 32
                                                                  : register_bytes;
    CHECK(code.lanes == bytes / sizeof(T));
    const tree_program program{code, of, slots, nullptr, 2, sizeof(T)};
    bound_tree_of<few_inputs>(program, inputs).evaluate(0, shape.size(), out.data());
    return out;
}

template <class Kernel, class T>
void check_same(const char* kernel) {
    CAPTURE(kernel);
    REQUIRE(use_instruction_set(instruction_set::of_flags));
    const std::vector<T> expected = evaluated<Kernel, T>(instruction_set::of_flags);
    for (instruction_set set : {instruction_set::x86_64_v3, instruction_set::x86_64_v4}) {
        if (!use_instruction_set(set)) continue;
        CAPTURE(name_of(set));
        const std::vector<T> got = evaluated<Kernel, T>(set);
        CHECK(std::memcmp(got.data(), expected.data(), got.size() * sizeof(T)) == 0);
    }
}

}  // namespace

TEST_CASE_TEMPLATE("dispatch: variants agree to the bit", T, float, double, std::int32_t) {
    check_same<add_kernel, T>("sum");
    check_same<product_kernel, T>("product");
    check_same<smaller_kernel, T>("smaller");
}

TEST_CASE("dispatch: an instruction set is used once it is taken") {
    REQUIRE(use_instruction_set(instruction_set::of_flags));
    CHECK(instruction_set_in_use() == instruction_set::of_flags);
    if (!use_instruction_set(instruction_set::x86_64_v3)) return;
    CHECK(instruction_set_in_use() == instruction_set::x86_64_v3);
}
