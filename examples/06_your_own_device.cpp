// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A third kind of device: a type with a name, a graph that knows it, and a kernel for each op that
// it can do. Without a device class of its own it computes on this machine's CPU, with threads of
// its own, so the same program can be written, placed and tested before there is hardware; a static
// member make_device gives it memory and a queue (weft/runtime/device.hpp).
#include <weft/weft.hpp>

#include <iostream>

using namespace weft;

struct npu {
    static constexpr const char* name = "npu";
};

// What it can do, for float: hold constants, multiply matrices, add, relu. Where the CPU's code
// will do, derive from it.
template <>
struct weft::kernel<ops::constant, npu, float> {};
template <>
struct weft::kernel<ops::add, npu, float> : kernel<ops::add, cpu, float> {};
template <>
struct weft::kernel<ops::relu, npu, float> : kernel<ops::relu, cpu, float> {};
template <>
struct weft::kernel<ops::matmul, npu, float> {
    template <class Form, class Out, class A, class B>
    static void run(context<npu>& ctx, const Form& form, const Out& out, const A& a, const B& b) {
        std::cout << "(the NPU multiplies)\n";
        kernel<ops::matmul, cpu, float>::run(ctx, form, out, a, b);
    }
};

using npu_graph = basic_graph<device_kinds<cpu, gpu, npu>>;

int main() {
    npu_graph g;
    auto x = g.placeholder<tensor<float, 1, 2>>("x");
    auto w = g.constant(tensor<float, 2, 2>{{1, -1}, {2, -2}}, "w");
    node hidden{relu(matmul(x, w) + 1.0f), "hidden"};
    node out{tanh(hidden), "out"};                      // the NPU has no kernel for tanh
    node pinned{on<npu>(matmul(hidden, w)), "pinned"};  // on<npu>(tanh(hidden)) would not compile
    static_assert(!placeable_on<decltype(tanh(hidden)), npu>);

    session s{g};
    std::cout << s.explain(out, pinned).to_string();
    auto [o, p] = s.run({feed(x, tensor<float, 1, 2>{{1, 1}})}, out, pinned);
    std::cout << o(0, 0) << ' ' << o(0, 1) << "; " << p(0, 0) << ' ' << p(0, 1) << '\n';
}
