// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// x where it is positive, else slope * x, element by element, of floating-point tensors. The slope
// is a number or a tensor that broadcasts, so that one may be learned for each channel (PReLU).
//
// Rounded once. NaN stays NaN; -infinity by a slope of 0 is NaN, as the product is.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/math.hpp>

namespace weft {

namespace ops {
struct leaky_relu {
    static constexpr const char* name = "LeakyRelu";
    static constexpr bool device_neutral = true;
};
}  // namespace ops

template <class T>
    requires(is_floating<T>)
struct kernel<ops::leaky_relu, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static V apply(const V& x, const V& slope) {
        return select(x > V(lane_element_t<V>(0)), x, slope * x);
    }
};

// Each element, multiplied by `slope` where it is not positive.
template <tensor_expr E, class Slope>
    requires operands<E, Slope>
constexpr auto leaky_relu(const E& x, const Slope& slope) {
    return elementwise_operands<ops::leaky_relu, operand_type_t<E>, operand_type_t<Slope>>::make(
        x, slope);
}
// The same with TensorFlow's slope, 0.2.
template <tensor_expr E>
constexpr auto leaky_relu(const E& x) {
    return leaky_relu(x, compute_t<element_of_t<E>>(0.2));
}

}  // namespace weft
