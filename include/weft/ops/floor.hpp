// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The largest integer that is not above x, element by element, of floating-point tensors.
//
// Exact. Infinities, NaN and -0 stay what they are. Integers have no kernel: they are whole
// already.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/math.hpp>

namespace weft {

namespace ops {
struct floor {
    static constexpr const char* name = "Floor";
    static constexpr bool device_neutral = true;
    static constexpr double cost_ns = 0.5;
};
}  // namespace ops

template <class T>
    requires(is_floating<T>)
struct kernel<ops::floor, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static V apply(const V& x) {
        return weft::floor(x);
    }
};

// The largest whole number not above each element.
template <tensor_expr E>
constexpr auto floor(const E& x) {
    return elementwise<ops::floor>(x);
}

}  // namespace weft
