// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Whether an element is NaN, of floating-point tensors; the result is a tensor of bool.
//
// Written as x != x, which no flag of weft's lets the compiler take for false (there is no
// -ffast-math).
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/math.hpp>

namespace weft {

namespace ops {
struct is_nan {
    static constexpr const char* name = "IsNan";
    static constexpr bool device_neutral = true;
    template <class...>
    using result = bool;
};
}  // namespace ops

template <class T>
    requires(is_floating<T>)
struct kernel<ops::is_nan, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static auto apply(const V& x) {
        return x != x;
    }
};

// Whether each element is NaN.
template <tensor_expr E>
constexpr auto is_nan(const E& x) {
    return elementwise<ops::is_nan>(x);
}

}  // namespace weft
