// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Whether an element is neither infinite nor NaN, of floating-point tensors; the result is a
// tensor of bool.
//
// Elements of half and bfloat16 are looked at in float, in which they are computed: an
// intermediate result of 70000 is finite, and becomes an infinite half only when it is stored.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/math.hpp>

namespace weft {

namespace ops {
struct is_finite {
    static constexpr const char* name = "IsFinite";
    static constexpr bool device_neutral = true;
    template <class...>
    using result = bool;
};
}  // namespace ops

template <class T>
    requires(is_floating<T>)
struct kernel<ops::is_finite, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static auto apply(const V& x) {
        using C = lane_element_t<V>;
        return weft::abs(x) < V(static_cast<C>(__builtin_inff()));
    }
};

// Whether each element is a finite number.
template <tensor_expr E>
constexpr auto is_finite(const E& x) {
    return elementwise<ops::is_finite>(x);
}

}  // namespace weft
