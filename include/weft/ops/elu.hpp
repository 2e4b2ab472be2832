// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The exponential linear unit, x where it is positive, else scale * (exp(x) - 1), element by
// element, of floating-point tensors (Clevert et al., arXiv:1511.07289). The scale is a number or
// a tensor.
//
// Computed with expm1, at most 2 ULP also near 0. Of -infinity it is -scale; NaN stays NaN.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/math.hpp>

namespace weft {

namespace ops {
struct elu {
    static constexpr const char* name = "Elu";
    static constexpr bool device_neutral = true;
    static constexpr double cost_ns = 0.9;
};
}  // namespace ops

template <class T>
    requires(is_floating<T>)
struct kernel<ops::elu, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static V apply(const V& x, const V& scale) {
        return select(x > V(lane_element_t<V>(0)), x, scale * weft::expm1(x));
    }
};

// Each element, or scale * (exp(x) - 1) where it is not positive.
template <tensor_expr E, class Scale>
    requires operands<E, Scale>
constexpr auto elu(const E& x, const Scale& scale) {
    return elementwise_operands<ops::elu, operand_type_t<E>, operand_type_t<Scale>>::make(x, scale);
}
// The same with a scale of 1.
template <tensor_expr E>
constexpr auto elu(const E& x) {
    return elu(x, compute_t<element_of_t<E>>(1));
}

}  // namespace weft
