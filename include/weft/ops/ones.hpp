// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// ones<float, 2, 3>(): a tensor of ones, or of true. The result is known from its type, so it has
// no operands; a graph makes a node of it with g.ones<float, 2, 3>().
// Any element type.
#pragma once

#include <weft/ops/source.hpp>

namespace weft {

namespace ops {
struct ones {
    static constexpr const char* name = "Ones";
    static constexpr bool device_neutral = true;
};
}  // namespace ops

template <class T>
    requires(is_element<T>)
struct kernel<ops::ones, cpu, T> {
    template <class Out>
    static void run(context_base& ctx, const Out& out) {
        fill_elements(ctx, out.data(), out.size(), [](std::size_t) { return element_from<T>(1); });
    }
};

// Ones of a static shape; ones<float>() is a number.
template <class T, std::size_t... Dims>
constexpr auto ones() {
    return make_source<ops::ones, T, Dims...>(no_parameters{});
}

}  // namespace weft
