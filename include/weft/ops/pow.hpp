// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// x to the power y, element by element, with broadcasting, of integers and floating-point numbers.
//
// Of floating-point numbers it is off by at most 1 ULP (doubles by the C library), with the C
// library's rules for 0, infinities and NaN (pow(x, 0) and pow(1, y) are 1 whatever the other is).
// Of integers it is repeated squaring that wraps around, pow(0, 0) is 1, and a negative exponent
// fails, as in NumPy and TensorFlow: even where the result would be whole, it depends on the base,
// and 0 for all others is seldom what was meant.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/math.hpp>

namespace weft {

namespace ops {
struct pow {
    static constexpr const char* name = "Pow";
    static constexpr bool device_neutral = true;
    static constexpr double cost_ns = 2.8;
    static constexpr bool may_fail = true;
    static constexpr bool fails_for_integers_only = true;
};
}  // namespace ops

template <class T>
    requires(is_real<T>)
struct kernel<ops::pow, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static V apply(const V& x, const V& y) {
        if constexpr (is_floating<T>)
            return weft::pow(x, y);
        else if constexpr (is_pack<V>)
            return map_lanes<T>(integer_power, x, y);
        else
            return integer_power(x, y);
    }

private:
    WEFT_HOST_DEVICE static T integer_power(T base, T exponent) {
#if !WEFT_IS_DEVICE_CODE  // there it is reported beforehand, see <weft/cuda/tree_lanes.hpp>
        if constexpr (std::is_signed_v<T>)
            if (exponent < T{})
                fail(errc::invalid_argument,
                     "an integer to the negative power %lld; write cast<float>(x)",
                     static_cast<long long>(exponent));
#endif
        T power = 1;
        for (; exponent != T{}; exponent = static_cast<T>(exponent >> 1)) {
            if (exponent % 2 != 0) power = wrapping_multiply(power, base);
            base = wrapping_multiply(base, base);
        }
        return power;
    }
};

// x to the power y; x or y may be a number. Of integers: wraps around; running it fails with
// invalid_argument where y is negative.
template <class X, class Y>
    requires operands<X, Y>
constexpr auto pow(const X& x, const Y& y) {
    return elementwise_operands<ops::pow, operand_type_t<X>, operand_type_t<Y>>::make(x, y);
}

}  // namespace weft
