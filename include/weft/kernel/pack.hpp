// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// pack<T, N>: N elements in one vector register, by the compilers' vector extensions. The V of an
// element-wise kernel is a T or a pack of them, so one definition serves scalar and SIMD code.
// Signed integers wrap around. Comparisons give a lane_mask, as wide as what was compared, which
// select takes as it is and which becomes a pack<bool, N> where one is wanted.
#pragma once

#include <weft/config.hpp>
#include <weft/core/element.hpp>

#include <cstring>

namespace weft {

namespace detail {

template <class T>
struct lane_storage {
    using type = T;
};
template <>
struct lane_storage<bool> {
    using type = signed char;  // 0, or -1 for true
};
template <>
struct lane_storage<signed char> {
    using type = signed char;
};

template <class T, int N>
struct register_of {
    typedef T type __attribute__((vector_size(sizeof(T) * N)));
};

// The signed integer as wide as T: lanes of a comparison's result.
template <std::size_t Bytes>
struct integer_of;
template <>
struct integer_of<1> {
    using type = signed char;
    using unsigned_type = unsigned char;
};
template <>
struct integer_of<2> {
    using type = short;
    using unsigned_type = unsigned short;
};
template <>
struct integer_of<4> {
    using type = int;
    using unsigned_type = unsigned;
};
template <>
struct integer_of<8> {
    using type = long long;
    using unsigned_type = unsigned long long;
};

}  // namespace detail

template <class T, int N>
struct pack {
    using lane = typename detail::lane_storage<T>::type;
    using register_type = typename detail::register_of<lane, N>::type;
    using mask_type =
        typename detail::register_of<typename detail::integer_of<sizeof(T)>::type, N>::type;
    using bits_type =
        typename detail::register_of<typename detail::integer_of<sizeof(T)>::unsigned_type,
                                     N>::type;
    static constexpr int size = N;

    register_type v;

    pack() = default;
#if WEFT_COMPILES_VARIANTS
    // Not trivial, so that packs cross calls in memory: in which registers they would depends on
    // the instruction set of either side.
    [[gnu::always_inline]] pack(const pack& from) : v(from.v) {}
    pack& operator=(const pack&) = default;
#endif
    // The value in each lane; minus zero, since plus would make 0 of -0.
    [[gnu::always_inline]] pack(T value) : v(lane_of(value) - register_type{}) {}
    [[gnu::always_inline]] explicit pack(const register_type& value) : v(value) {}

    [[gnu::always_inline]] T operator[](int i) const { return static_cast<T>(v[i]); }
    [[gnu::always_inline]] void set(int i, T value) { v[i] = lane_of(value); }

    [[gnu::always_inline]] static lane lane_of(T value) {
        if constexpr (std::is_same_v<T, bool>)
            return static_cast<lane>(value ? -1 : 0);
        else
            return value;
    }
    // From and to N consecutive elements, aligned or not.
    [[gnu::always_inline]] static pack load(const T* from) {
        pack p;
        std::memcpy(&p.v, from, sizeof p.v);
        if constexpr (std::is_same_v<T, bool>) p.v = -p.v;
        return p;
    }
    [[gnu::always_inline]] void store(T* to) const {
        if constexpr (std::is_same_v<T, bool>) {
            const register_type ones = -v;
            std::memcpy(static_cast<void*>(to), &ones, sizeof ones);
        } else {
            std::memcpy(static_cast<void*>(to), &v, sizeof v);
        }
    }
};

// What comparing packs of N elements of so many bytes gives: all bits of a lane, or none. Narrowing
// it to a pack<bool, N> and widening it again costs more than most of what is done between.
template <std::size_t Bytes, int N>
struct lane_mask {
    using register_type =
        typename detail::register_of<typename detail::integer_of<Bytes>::type, N>::type;
    static constexpr int size = N;

    register_type v;

    lane_mask() = default;
    [[gnu::always_inline]] explicit lane_mask(const register_type& value) : v(value) {}

    [[gnu::always_inline]] bool operator[](int i) const { return v[i] != 0; }
    [[gnu::always_inline]] operator pack<bool, N>() const {
        return pack<bool, N>(__builtin_convertvector(v, typename pack<bool, N>::register_type));
    }
};

// Whether V is a pack, or a mask; and the element of a V that is a pack or a scalar.
template <class V>
inline constexpr bool is_pack = false;
template <class T, int N>
inline constexpr bool is_pack<pack<T, N>> = true;
template <class V>
inline constexpr bool is_lane_mask = false;
template <std::size_t Bytes, int N>
inline constexpr bool is_lane_mask<lane_mask<Bytes, N>> = true;
// A mask as a pack<bool>; others as they are.
template <class V>
[[gnu::always_inline]] inline const V& without_mask(const V& v) {
    return v;
}
template <std::size_t Bytes, int N>
[[gnu::always_inline]] inline pack<bool, N> without_mask(const lane_mask<Bytes, N>& mask) {
    return mask;
}
template <class V>
struct lane_traits {
    using element = V;
};
template <class T, int N>
struct lane_traits<pack<T, N>> {
    using element = T;
};
template <class V>
using lane_element_t = typename lane_traits<V>::element;

// f of each lane: what functions without a vector form do.
template <class R, class F, class T, int N>
[[gnu::always_inline]] inline pack<R, N> map_lanes(F f, const pack<T, N>& a) {
    pack<R, N> out;
    for (int i = 0; i < N; ++i) out.set(i, f(a[i]));
    return out;
}
template <class R, class F, class T, int N>
[[gnu::always_inline]] inline pack<R, N> map_lanes(F f, const pack<T, N>& a, const pack<T, N>& b) {
    pack<R, N> out;
    for (int i = 0; i < N; ++i) out.set(i, f(a[i], b[i]));
    return out;
}

namespace detail {
// Integer arithmetic is done on unsigned lanes, so that overflow wraps instead of being undefined.
template <class P>
[[gnu::always_inline]] inline auto wrapping(const P& a) {
    if constexpr (is_integer<lane_element_t<P>>)
        return (typename P::bits_type)a.v;
    else
        return a.v;
}
// The mask of a comparison of packs P; which is done on the same type by all compilers.
template <class P, class Mask>
[[gnu::always_inline]] inline auto mask_of(const Mask& mask) {
    using M = lane_mask<sizeof(lane_element_t<P>), P::size>;
    return M((typename M::register_type)mask);
}
}  // namespace detail

template <class T, int N>
[[gnu::always_inline]] inline pack<T, N> operator+(const pack<T, N>& a, const pack<T, N>& b) {
    return pack<T, N>(
        (typename pack<T, N>::register_type)(detail::wrapping(a) + detail::wrapping(b)));
}
template <class T, int N>
[[gnu::always_inline]] inline pack<T, N> operator-(const pack<T, N>& a, const pack<T, N>& b) {
    return pack<T, N>(
        (typename pack<T, N>::register_type)(detail::wrapping(a) - detail::wrapping(b)));
}
template <class T, int N>
[[gnu::always_inline]] inline pack<T, N> operator*(const pack<T, N>& a, const pack<T, N>& b) {
    return pack<T, N>(
        (typename pack<T, N>::register_type)(detail::wrapping(a) * detail::wrapping(b)));
}
// Floating-point lanes only; integer division is weft::divide, which looks at the divisor.
template <class T, int N>
[[gnu::always_inline]] inline pack<T, N> operator/(const pack<T, N>& a, const pack<T, N>& b) {
    static_assert(is_floating<T>, "weft: integers are divided by weft::divide");
    return pack<T, N>(a.v / b.v);
}
template <class T, int N>
[[gnu::always_inline]] inline pack<T, N> operator-(const pack<T, N>& a) {
    return pack<T, N>((typename pack<T, N>::register_type)(-detail::wrapping(a)));
}

template <class T, int N>
[[gnu::always_inline]] inline auto operator<(const pack<T, N>& a, const pack<T, N>& b) {
    return detail::mask_of<pack<T, N>>(a.v < b.v);
}
template <class T, int N>
[[gnu::always_inline]] inline auto operator<=(const pack<T, N>& a, const pack<T, N>& b) {
    return detail::mask_of<pack<T, N>>(a.v <= b.v);
}
template <class T, int N>
[[gnu::always_inline]] inline auto operator>(const pack<T, N>& a, const pack<T, N>& b) {
    return detail::mask_of<pack<T, N>>(a.v > b.v);
}
template <class T, int N>
[[gnu::always_inline]] inline auto operator>=(const pack<T, N>& a, const pack<T, N>& b) {
    return detail::mask_of<pack<T, N>>(a.v >= b.v);
}
template <class T, int N>
[[gnu::always_inline]] inline auto operator==(const pack<T, N>& a, const pack<T, N>& b) {
    return detail::mask_of<pack<T, N>>(a.v == b.v);
}
template <class T, int N>
[[gnu::always_inline]] inline auto operator!=(const pack<T, N>& a, const pack<T, N>& b) {
    return detail::mask_of<pack<T, N>>(a.v != b.v);
}

// Either kind of condition, which may be mixed.
template <class M>
inline constexpr bool is_condition_pack = false;
template <int N>
inline constexpr bool is_condition_pack<pack<bool, N>> = true;
template <std::size_t Bytes, int N>
inline constexpr bool is_condition_pack<lane_mask<Bytes, N>> = true;
template <class M>
concept condition_pack = is_condition_pack<M>;

namespace detail {
// A condition with lanes of the bytes of To's.
template <class To, condition_pack M>
[[gnu::always_inline]] inline To mask_as(const M& mask) {
    if constexpr (sizeof(typename To::register_type) == sizeof(typename M::register_type))
        return To((typename To::register_type)mask.v);
    else
        return To(__builtin_convertvector(mask.v, typename To::register_type));
}
template <condition_pack A, condition_pack B>
using wider_mask =
    std::conditional_t<(sizeof(typename A::register_type) < sizeof(typename B::register_type)), B,
                       A>;
}  // namespace detail

template <condition_pack A, condition_pack B>
[[gnu::always_inline]] inline auto operator&&(const A& a, const B& b) {
    using M = detail::wider_mask<A, B>;
    return M(detail::mask_as<M>(a).v & detail::mask_as<M>(b).v);
}
template <condition_pack A, condition_pack B>
[[gnu::always_inline]] inline auto operator||(const A& a, const B& b) {
    using M = detail::wider_mask<A, B>;
    return M(detail::mask_as<M>(a).v | detail::mask_as<M>(b).v);
}
template <condition_pack M>
[[gnu::always_inline]] inline M operator!(const M& a) {
    return M(~a.v);
}

// Lane by lane: where the condition holds a, else b. The scalar form is the same on one element.
template <condition_pack M, class T, int N>
[[gnu::always_inline]] inline pack<T, N> select(const M& condition, const pack<T, N>& a,
                                                const pack<T, N>& b) {
    return pack<T, N>(detail::mask_as<lane_mask<sizeof(T), N>>(condition).v ? a.v : b.v);
}
template <class T>
WEFT_HOST_DEVICE constexpr T select(bool condition, const T& a, const T& b) {
    return condition ? a : b;
}

// Lane-wise conversion, as static_cast does; To and the pack have the same number of lanes.
template <class To, class T, int N>
[[gnu::always_inline]] inline pack<To, N> convert(const pack<T, N>& a) {
    if constexpr (std::is_same_v<To, T>)
        return a;
    else if constexpr (std::is_same_v<To, bool>)
        return a != pack<T, N>(T{});
    else if constexpr (std::is_same_v<T, bool>)
        return pack<To, N>(__builtin_convertvector(-a.v, typename pack<To, N>::register_type));
    else
        return pack<To, N>(__builtin_convertvector(a.v, typename pack<To, N>::register_type));
}

template <class To, std::size_t Bytes, int N>
[[gnu::always_inline]] inline pack<To, N> convert(const lane_mask<Bytes, N>& a) {
    return convert<To>(static_cast<pack<bool, N>>(a));
}

}  // namespace weft
