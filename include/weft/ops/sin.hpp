// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The sine, element by element, of floating-point tensors; angles are in radians.
//
// At most 0.51 ULP, of double 1, for every argument, however large, as it is reduced with all
// digits of pi. Of infinities and NaN it is NaN; -0 stays -0.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/math.hpp>

namespace weft {

namespace ops {
struct sin {
    static constexpr const char* name = "Sin";
    static constexpr bool device_neutral = true;
    static constexpr double cost_ns = 1.5;
};
}  // namespace ops

template <class T>
    requires(is_floating<T>)
struct kernel<ops::sin, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static V apply(const V& x) {
        return weft::sin(x);
    }
};

// The sine of each element, an angle in radians.
template <tensor_expr E>
constexpr auto sin(const E& x) {
    return elementwise<ops::sin>(x);
}

}  // namespace weft
