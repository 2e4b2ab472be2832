// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The programs that NVRTC is given for trees, by NVRTC itself where it is found: every op of weft
// and every element type, for all loops. It needs no GPU; nothing is launched. Without NVRTC the
// texts and layouts alone are looked at.
#include <kernels_cu/nvrtc.hpp>
#include <kernels_cu/tree_program.hpp>

#include <weft/cuda/tree_launch.hpp>
#include <weft/weft.hpp>

#include <doctest/doctest.h>

#include <cstring>

using namespace weft;
using namespace weft::cuda;

namespace {

template <class T>
using line = node<tensor<T, dyn>>;

template <class T, class F>
using expression_of = weft::detail::settled_t<
    kinds_of_t<line<T>>,
    decltype(std::declval<F>()(std::declval<const line<T>&>(), std::declval<const line<T>&>()))>;

// The tree of an expression of two nodes.
template <class T, class F>
struct tree_type {
    using expression = expression_of<T, F>;
    using element = element_of_t<expression>;
    using type = lowered_t<gpu, expression>;
};
// What a program knows of it, but for the functions that launch its parts, which the C++ compiler
// would be long at.
template <class Tree, class T, class Elements = typename weft::cuda::tree_facts<Tree>::elements>
struct nameable;
template <class Tree, class T, class... E>
struct nameable<Tree, T, slot_elements<E...>> {
    static constexpr std::size_t count = sizeof...(E) + numbers_of<Tree> + 1;
    struct list {
        tree_part parts[count];
    };
    static void launch_nothing(context<gpu>&, const tree_launch&) {}
    static constexpr list value = [] {
        list out{};
        const std::uint8_t bytes[] = {sizeof(E)..., 0};
        for (std::uint8_t i = 0; i + 1u < count; ++i) {
            const bool is_number = i >= sizeof...(E);
            const auto index = static_cast<std::uint8_t>(is_number ? i - sizeof...(E) : i);
            out.parts[i] = {nullptr, 0, index, is_number ? std::uint8_t{0} : bytes[i], is_number};
        }
        out.parts[count - 1] = {&launch_nothing, 1, 0, sizeof(T), false};
        return out;
    }();
};
template <class T, class F>
launch_code code_of(F) {
    using tree = typename tree_type<T, F>::type;
    using element = typename tree_type<T, F>::element;
    return {&place_of<tree, element>, nameable<tree, element>::value.parts,
            nameable<tree, element>::count, &tree_name<tree, element>};
}

std::size_t offset(const void* base, const void* member) {
    return static_cast<std::size_t>(static_cast<const char*>(member) -
                                    static_cast<const char*>(base));
}

template <class T, class F>
void check_layout(F f) {
    using tree = typename tree_type<T, F>::type;
    tree_form form;
    REQUIRE(describe_tree(code_of<T>(f), form));
    CHECK(form.slots == tree::slots);
    CHECK(form.numbers == numbers_of<tree>);
    CHECK(form.width == widest_step<tree, typename tree_type<T, F>::element>);
    CHECK(form.floating == is_floating<typename tree_type<T, F>::element>);
    CHECK(form.element_bytes == sizeof(typename tree_type<T, F>::element));
    const argument_layout layout(form);
    CHECK(layout.dense == sizeof(tree_arguments<tree>));
    CHECK(layout.strided == sizeof(strided_arguments<tree>));
    strided_arguments<tree> arguments;
    const argument_view right = weft::cuda::detail::view_of(arguments);
    auto* const base = reinterpret_cast<unsigned char*>(&arguments);
    const argument_view found = layout.at(base);
    CHECK(offset(base, found.data) == offset(base, right.data));
    CHECK(offset(base, found.slot_values) == offset(base, right.slot_values));
    CHECK(offset(base, found.tree_values) == offset(base, right.tree_values));
    CHECK(offset(base, found.first) == offset(base, right.first));
    CHECK(offset(base, found.standing) == offset(base, right.standing));
    CHECK(offset(base, found.repeats) == offset(base, right.repeats));
    CHECK(offset(base, found.out) == offset(base, right.out));
    CHECK(offset(base, found.size) == offset(base, right.size));
    CHECK(offset(base, found.index) == offset(base, right.index));
    CHECK(offset(base, found.stride) == offset(base, right.stride));
}

// NVRTC, or null with a message.
const nvrtc::functions* compiler() {
    static nvrtc::functions table;
    static const bool found = nvrtc::find(table);
    if (!found) MESSAGE("NVRTC 13 is not found: nothing is compiled");
    REQUIRE(nvrtc::has_headers());
    return found ? &table : nullptr;
}

// Whether what NVRTC makes of a tree's loop is a kernel of a cubin.
template <class T, class F>
void compile(F f, tree_loop loop = tree_loop::dense) {
    const nvrtc::functions* const with = compiler();
    if (with == nullptr) return;
    tree_form form;
    REQUIRE(describe_tree(code_of<T>(f), form));
    nvrtc::compiled_kernel kernel;
    std::string log;
    const bool done =
        nvrtc::compile(*with, program_of(form), kernel_name(form, loop), 90, kernel, log);
    CAPTURE(log);
    REQUIRE(done);
    CHECK(kernel.symbol.starts_with("_ZN4weft4cuda"));
    CHECK(kernel.cubin.substr(1, 3) == "ELF");
    CHECK(kernel.cubin.find(kernel.symbol) != kernel.cubin.npos);
}

template <class Node>
using T_of = element_of_t<std::remove_cvref_t<Node>>;
const auto sum_of_products = [](const auto& x, const auto& y) { return x * y + x; };

}  // namespace

TEST_CASE("arguments are laid out as the compiler does") {
    check_layout<float>(sum_of_products);
    check_layout<float>([](const auto& x, const auto&) { return x * 2.0f + 1.0f; });
    check_layout<double>([](const auto& x, const auto& y) { return tanh(x - y) * 0.5; });
    check_layout<half>([](const auto& x, const auto& y) { return where(x < y, x, y + 1.0f); });
    check_layout<std::int8_t>([](const auto& x, const auto& y) { return x + y; });
    check_layout<std::int64_t>([](const auto& x, const auto& y) { return cast<float>(x == y); });
    check_layout<bfloat16>([](const auto& x, const auto& y) {
        return x * y + x * y * x + y * (x + y) - (x - y) * 3.0f + x * x;
    });
}

TEST_CASE("a program has the tree and its element type, a kernel its width") {
    tree_form form;
    REQUIRE(describe_tree(code_of<half>(sum_of_products), form));
    CHECK(form.element.ends_with("half"));
    CHECK(form.tree.find("application<") < form.tree.find("ops::add"));
    CHECK(form.tree.ends_with('>'));
    CHECK(program_of(form).find(form.tree) != std::string::npos);
    CHECK(kernel_name(form, tree_loop::dense).ends_with(", 8>"));
    CHECK(kernel_name(form, tree_loop::one_by_one).ends_with(", 1>"));
    CHECK_FALSE(describe_tree(launch_code{}, form));
    const tree_part parts[1] = {};
    const launch_code unknown{nullptr, parts, 1, [] { return "nothing of that sort"; }};
    CHECK_FALSE(describe_tree(unknown, form));
}

TEST_CASE("NVRTC compiles every loop") {
    compile<float>(sum_of_products, tree_loop::dense);
    compile<float>(sum_of_products, tree_loop::strided);
    compile<half>(sum_of_products, tree_loop::one_by_one);
    compile<std::uint8_t>(sum_of_products, tree_loop::one_by_one);
}

TEST_CASE("NVRTC compiles every op") {
    compile<float>([](const auto& x, const auto& y) {
        return abs(x) + ceil(x) + cos(x) + erf(x) + exp(x) + expm1(x) + floor(x) + gelu(x) +
               gelu_tanh(x) + log(x) + log1p(x) + round(x) + softplus(x) + tanh(y);
    });
    const auto cheap = [](const auto& x, const auto& y) {
        return -x + reciprocal(x) + relu(x) + rsqrt(x) + sign(x) + sqrt(x) + square(y);
    };
    compile<half>(cheap);
    compile<double>([](const auto& x, const auto& y) { return sigmoid(x) + sin(y); });
    compile<bfloat16>([](const auto& x, const auto& y) {
        constexpr accuracy f = accuracy::fast;
        return erf<f>(x) + exp<f>(x) + expm1<f>(x) + gelu<f>(x) + gelu_tanh<f>(x) + log<f>(x) +
               log1p<f>(x) + sigmoid<f>(x) + softplus<f>(x) + tanh<f>(y);
    });
    compile<float>([](const auto& x, const auto& y) {
        return where((x < y || x >= y) && !(x != y) && is_finite(x), clamp(x, -1.0f, 1.0f),
                     pow(x, y) / y + elu(x) + leaky_relu(y) + minimum(x, y) + x % y);
    });
    compile<float>([](const auto& x, const auto& y) {
        return where(is_nan(x) || x > y || x <= y || x == y, x, y);
    });
    const auto integers = [](const auto& x, const auto& y) {
        return maximum(x / y, x % y) + pow(x, y) * x - cast<T_of<decltype(x)>>(cast<half>(x));
    };
    compile<std::int32_t>(integers);
    compile<std::uint64_t>(integers);
}

TEST_CASE("NVRTC says what is wrong with a program") {
    const nvrtc::functions* const with = compiler();
    if (with == nullptr) return;
    nvrtc::compiled_kernel kernel;
    std::string log;
    CHECK_FALSE(nvrtc::compile(*with, "int x;\n", "weft::nothing",
                               90, kernel, log));
    CHECK(log.find("nothing") != log.npos);
    CHECK_FALSE(nvrtc::compile(*with, "int x;\n", "x", 1, kernel, log));
    CHECK_FALSE(log.empty());
}
