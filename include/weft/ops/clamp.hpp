// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// x limited to the range from low to high, element by element, of integers and floating-point
// numbers. The limits are numbers or tensors that broadcast.
//
// Exact. NaN stays NaN, and a NaN as a limit gives NaN; where low is above high the result is
// high, as in NumPy.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/math.hpp>

namespace weft {

namespace ops {
struct clamp {
    static constexpr const char* name = "Clamp";
    static constexpr bool device_neutral = true;
};
}  // namespace ops

template <class T>
    requires(is_real<T>)
struct kernel<ops::clamp, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static V apply(const V& x, const V& low, const V& high) {
        return weft::minimum(weft::maximum(x, low), high);
    }
};

// Each element, or the nearer limit where it is outside of [low, high].
template <tensor_expr E, class Low, class High>
    requires(operands<E, Low> && operands<E, High>)
constexpr auto clamp(const E& x, const Low& low, const High& high) {
    return elementwise_operands<ops::clamp, operand_type_t<E>, operand_type_t<Low>,
                                operand_type_t<High>>::make(x, low, high);
}

}  // namespace weft
