// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What reductions of CUDA GPUs make of elements. A reducer has: `state`, what is accumulated;
// `partial`, which a few elements are combined in first; `identity()`; `lift(x, at)`, the partial
// of the element with number `at` along the reduced axis; `widen`; `combine` of two partials or
// states; `finish(state, divisor)`, the result. Knows no loop and no shape.
#pragma once

#include <weft/cuda/loop_index.hpp>
#include <weft/kernel/math.hpp>
#include <weft/ops/limits.hpp>

namespace weft::cuda {

// What a GPU computes with: integers of less than 32 bits are widened.
template <class T>
using wide_integer_t =
    std::conditional_t<sizeof(T) == 8, T,
                       std::conditional_t<std::is_signed_v<T>, std::int32_t, std::uint32_t>>;
template <class T>
struct device_compute {
    using type = wide_integer_t<T>;
};
template <class T>
    requires(is_floating<T>)
struct device_compute<T> {
    using type = compute_t<T>;
};
template <class T>
using device_compute_t = typename device_compute<T>::type;

template <class T>
WEFT_DEVICE device_compute_t<T> computed(const T& x) {
    if constexpr (is_floating<T>)
        return static_cast<compute_t<T>>(x);
    else
        return static_cast<device_compute_t<T>>(x);
}
template <class T, class C>
WEFT_DEVICE T stored(const C& x) {
    if constexpr (is_floating<T>)
        return static_cast<T>(static_cast<compute_t<T>>(x));
    else
        return static_cast<T>(x);
}

// Sums and means. Elements that are computed in float are added in groups in float, 8 of them at
// most and pairwise, and the groups in double: off by no more than 3 * 2^-24 of the sum of their
// magnitudes. Integers, all without a sign, wrap around.
template <class T>
struct adding {
    using element = T;
    using result = T;
    using partial = device_compute_t<T>;
    using state = std::conditional_t<is_floating<T>, double, partial>;

    static WEFT_DEVICE state identity() { return state{}; }
    static WEFT_DEVICE partial lift(const T& x, std::size_t) { return computed(x); }
    static WEFT_DEVICE state widen(partial x) { return static_cast<state>(x); }
    template <class V>
    static WEFT_DEVICE V combine(V a, V b) {
        return a + b;
    }
    static WEFT_DEVICE T finish(state total, double divisor) {
        if constexpr (is_floating<T>)
            return stored<T>(total / divisor);
        else
            return stored<T>(total);
    }
};

// Products, in double.
template <class T>
struct multiplying {
    using element = T;
    using result = T;
    using state = std::conditional_t<is_floating<T>, double, device_compute_t<T>>;
    using partial = state;

    static WEFT_DEVICE state identity() { return state{1}; }
    static WEFT_DEVICE partial lift(const T& x, std::size_t) {
        return static_cast<state>(computed(x));
    }
    static WEFT_DEVICE state widen(partial x) { return x; }
    static WEFT_DEVICE state combine(state a, state b) { return a * b; }
    static WEFT_DEVICE T finish(state total, double) { return stored<T>(total); }
};

// The largest or smallest element; NaN if there is one.
template <class T, bool Largest>
struct extreme {
    using element = T;
    using result = T;
    using state = device_compute_t<T>;
    using partial = state;
    static constexpr state first = Largest ? lowest_value<state>() : highest_value<state>();

    static WEFT_DEVICE state identity() { return first; }
    static WEFT_DEVICE partial lift(const T& x, std::size_t) { return computed(x); }
    static WEFT_DEVICE state widen(partial x) { return x; }
    static WEFT_DEVICE state combine(state a, state b) {
        if constexpr (Largest)
            return maximum(a, b);
        else
            return minimum(a, b);
    }
    static WEFT_DEVICE T finish(state found, double) { return stored<T>(found); }
};

// An extremum and where it is.
template <class C>
struct place_of {
    C value;
    std::int64_t index;
};
// The first of equal extrema counts, and NaN is one: whatever order places are compared in.
template <class T, bool Largest>
struct extreme_place {
    using element = T;
    using result = std::int64_t;
    using state = place_of<device_compute_t<T>>;
    using partial = state;

    static WEFT_DEVICE state identity() { return {extreme<T, Largest>::first, highest}; }
    static WEFT_DEVICE partial lift(const T& x, std::size_t at) {
        return {computed(x), static_cast<std::int64_t>(at)};
    }
    static WEFT_DEVICE state widen(const partial& x) { return x; }
    static WEFT_DEVICE state combine(const state& a, const state& b) {
        const bool better = Largest ? a.value < b.value : b.value < a.value;
        const bool a_is_nan = a.value != a.value, b_is_nan = b.value != b.value;
        const bool equal = a.value == b.value || (a_is_nan && b_is_nan);
        return better || (b_is_nan && !a_is_nan) || (equal && b.index < a.index) ? b : a;
    }
    static WEFT_DEVICE std::int64_t finish(const state& found, double) { return found.index; }

private:
    static constexpr std::int64_t highest = highest_value<std::int64_t>();
};

}  // namespace weft::cuda
