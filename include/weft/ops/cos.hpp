// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The cosine, element by element, of floating-point tensors; angles are in radians.
//
// At most 0.51 ULP, of double 1, for every argument, however large, as it is reduced with all
// digits of pi. Of infinities and NaN it is NaN.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/math.hpp>

namespace weft {

namespace ops {
struct cos {
    static constexpr const char* name = "Cos";
    static constexpr bool device_neutral = true;
    static constexpr double cost_ns = 1.5;
};
}  // namespace ops

template <class T>
    requires(is_floating<T>)
struct kernel<ops::cos, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static V apply(const V& x) {
        return weft::cos(x);
    }
};

// The cosine of each element, an angle in radians.
template <tensor_expr E>
constexpr auto cos(const E& x) {
    return elementwise<ops::cos>(x);
}

}  // namespace weft
