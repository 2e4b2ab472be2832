// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// zeros<float, 2, 3>(): a tensor of zeros, or of false. The result is known from its type, so it
// has no operands; a graph makes a node of it with g.zeros<float, 2, 3>(). Any element type; bit by
// bit zero.
#pragma once

#include <weft/ops/source.hpp>

namespace weft {

namespace ops {
struct zeros {
    static constexpr const char* name = "Zeros";
    static constexpr bool device_neutral = true;
};
}  // namespace ops

template <class T>
    requires(is_element<T>)
struct kernel<ops::zeros, cpu, T> {
    template <class Out>
    static void run(context_base& ctx, const Out& out) {
        fill_elements(ctx, out.data(), out.size(), [](std::size_t) { return T{}; });
    }
};

// Zeros of a static shape; zeros<float>() is a number.
template <class T, std::size_t... Dims>
constexpr auto zeros() {
    return make_source<ops::zeros, T, Dims...>(no_parameters{});
}

}  // namespace weft
