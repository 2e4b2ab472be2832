// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// cast<To>(x): the same values in another element type, element by element. All pairs have a
// kernel but those from std::complex to real numbers: what to do with the imaginary part is for
// the caller to say.
//
// Floating-point values become integers by truncation; those that the integer cannot hold become
// the nearest one that it can, and NaN becomes 0. Integers of other widths wrap around. Values
// become half and bfloat16 by way of float, each step rounded to nearest even: this also holds
// inside an expression, so that cast<float>(cast<half>(x)) has lost its digits. bool is x != 0,
// and 0 or 1 elsewhere.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/math.hpp>

namespace weft {

namespace ops {
template <class To>
struct cast {
    static constexpr const char* name = "Cast";
    static constexpr bool device_neutral = is_gpu_element<To>;
    template <class...>
    using result = To;
};
}  // namespace ops

template <class To, class From>
    requires(is_element<To> && is_element<From> && (is_complex<To> || !is_complex<From>))
struct kernel<ops::cast<To>, cpu, From> {
    template <class V>
    WEFT_HOST_DEVICE static auto apply(const V& x) {
        using C = compute_t<To>;
        if constexpr (is_complex<From>)
            return C(x);
        else if constexpr (is_complex<To>)
            return C(convert_to<typename C::value_type>(x));
        else
            return rounded(convert_to<C>(x));
    }

private:
    // Rounded to what To holds, where it is computed in a wider type.
    template <class V>
    WEFT_HOST_DEVICE static V rounded(const V& x) {
        using C = compute_t<To>;
        constexpr auto one = [](C value) { return static_cast<C>(static_cast<To>(value)); };
        if constexpr (std::is_same_v<To, C>)
            return x;
        else if constexpr (is_pack<V>)
            return map_lanes<C>(one, x);
        else
            return one(x);
    }
};

// x with elements To.
template <class To, tensor_expr E>
constexpr auto cast(const E& x) {
    return elementwise<ops::cast<To>>(x);
}

}  // namespace weft
