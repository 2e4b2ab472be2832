// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Two ops that weft does not have: an element-wise one, which fuses with all others, and one with a
// kernel of its own and a rule for its shape. An op is a tag, and a kernel per device kind.
#include <weft/weft.hpp>

#include <iostream>

using namespace weft;

struct symlog {
    static constexpr const char* name = "Symlog";
    static constexpr bool device_neutral = true;  // the CPU's kernel is the GPU's, too
};
template <std::floating_point T>
struct weft::kernel<symlog, cpu, T> {
    template <class V>  // V: the element type, or a vector of it
    WEFT_HOST_DEVICE static V apply(const V& x) {
        const V y = log1p(abs(x));
        return select(x < V(0), -y, y);
    }
};

struct midpoints {
    static constexpr const char* name = "Midpoints";
    static dims shape(const dims& in) {
        if (in[0] == 0) fail(errc::invalid_argument, "midpoints of nothing");
        return {in[0] - 1};
    }
};
template <class T>
struct weft::kernel<midpoints, cpu, T> {
    static void run(cpu_context& ctx, tensor_view<T, dyn> out, tensor_view<const T, dyn> in) {
        ctx.parallel_for(out.size(), /*cost_ns=*/0.5, [&](std::size_t i, std::size_t last) {
            for (; i < last; ++i) out[i] = (in[i] + in[i + 1]) / 2;
        });
    }
};

int main() {
    graph g;
    auto x = g.placeholder<tensor<float, dyn>>("x");
    auto recipe = elementwise<symlog>(x * 2.0f) * 3.0f;  // an expression: one loop
    auto between = make_op<midpoints, tensor<float, dyn>>(x);
    static_assert(placeable_on<decltype(recipe), gpu> && !placeable_on<decltype(between), gpu>);
    node y{recipe, "y"}, z{between - 1.0f, "z"};

    session s{g, {.emulated_gpus = 1}};
    auto [a, b] = s.run({feed(x, tensor<float, dyn>{-1, 0, 10})}, y, z);
    std::cout << a[0] << ' ' << a[1] << ' ' << a[2] << "\n" << b[0] << ' ' << b[1] << "\n\n";
    std::cout << s.explain(y, z).to_string() << '\n';
    try {
        s.run({feed(x, tensor<float, dyn>())}, z);
    } catch (const error& e) {
        std::cout << e.what() << '\n';
    }
}
