// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The right way for pinned_without_kernel.cpp: the user's op has a kernel for the device that it is
// pinned to.
#include <weft/weft.hpp>
struct halve { static constexpr const char* name = "Halve"; };
template <> struct weft::kernel<halve, weft::cpu, float> {
    template <class V> static V apply(V x) { return x * V(0.5f); }
};
template <> struct weft::kernel<halve, weft::gpu, float> {
    template <class V> WEFT_HOST_DEVICE static V apply(V x) { return x * V(0.5f); }
};
int main() {
    weft::graph g;
    auto x = g.placeholder<weft::tensor<float, 4>>("x");
    auto deep = weft::exp(weft::elementwise<halve>(x * x + 1.0f)) / 2.0f;
    [[maybe_unused]] weft::node n = weft::on<weft::gpu>(deep);
}
