// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// max(x, 0), the rectifier, element by element, of integers and floating-point numbers.
//
// Exact. NaN stays NaN (a rectifier that made 0 of it would hide a diverging computation); -0
// stays -0.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/math.hpp>

namespace weft {

namespace ops {
struct relu {
    static constexpr const char* name = "Relu";
    static constexpr bool device_neutral = true;
};
}  // namespace ops

template <class T>
    requires(is_real<T>)
struct kernel<ops::relu, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static V apply(const V& x) {
        if constexpr (std::is_unsigned_v<lane_element_t<V>>)
            return x;
        else
            return select(x < V(lane_element_t<V>(0)), V(lane_element_t<V>(0)), x);
    }
};

// Each element, or 0 where it is negative.
template <tensor_expr E>
constexpr auto relu(const E& x) {
    return elementwise<ops::relu>(x);
}

}  // namespace weft
