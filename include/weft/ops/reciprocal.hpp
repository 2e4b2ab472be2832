// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// 1 / x, element by element, of floating-point and complex tensors.
//
// Correctly rounded for real numbers. Of 0 it is infinity with the sign of the zero. Integers have
// no kernel: their reciprocals are 0 but for 1 and -1.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/math.hpp>

namespace weft {

namespace ops {
struct reciprocal {
    static constexpr const char* name = "Reciprocal";
    static constexpr bool device_neutral = true;
    static constexpr double cost_ns = 0.5;
};
}  // namespace ops

template <class T>
    requires(is_floating<T> || is_complex<T>)
struct kernel<ops::reciprocal, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static V apply(const V& x) {
        using C = lane_element_t<V>;
        return V(C(1)) / x;
    }
};

// 1 / x of each element.
template <tensor_expr E>
constexpr auto reciprocal(const E& x) {
    return elementwise<ops::reciprocal>(x);
}

}  // namespace weft
