// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What the kernels of trees and the headers that they are in need of the C++ standard library, for
// NVRTC, which has none: this stands for each header of it there. Also CUDA's functions by the
// names that g++ and nvcc know as built-ins. What only the host calls is declared, not defined. No
// compiler but NVRTC reads this file.
#pragma once

using int8_t = signed char;
using int16_t = short;
using int32_t = int;
using int64_t = long;
using uint8_t = unsigned char;
using uint16_t = unsigned short;
using uint32_t = unsigned;
using uint64_t = unsigned long;
using intptr_t = long;
using uintptr_t = unsigned long;

namespace std {

using size_t = decltype(sizeof(0));
using ptrdiff_t = long;
using nullptr_t = decltype(nullptr);
using va_list = char*;
using ::int16_t, ::int32_t, ::int64_t, ::int8_t, ::intptr_t;
using ::uint16_t, ::uint32_t, ::uint64_t, ::uint8_t, ::uintptr_t;

// <type_traits>
template <class T, class U>
inline constexpr bool is_same_v = false;
template <class T>
inline constexpr bool is_same_v<T, T> = true;
template <class T>
struct remove_reference {
    using type = T;
};
template <class T>
struct remove_reference<T&> {
    using type = T;
};
template <class T>
struct remove_reference<T&&> {
    using type = T;
};
template <class T>
using remove_reference_t = typename remove_reference<T>::type;
template <class T>
struct remove_const {
    using type = T;
};
template <class T>
struct remove_const<const T> {
    using type = T;
};
template <class T>
using remove_const_t = typename remove_const<T>::type;
template <class T>
struct remove_volatile {
    using type = T;
};
template <class T>
struct remove_volatile<volatile T> {
    using type = T;
};
template <class T>
using remove_cv_t = typename remove_volatile<remove_const_t<T>>::type;
template <class T>
using remove_cvref_t = remove_cv_t<remove_reference_t<T>>;
template <bool condition, class T, class U>
struct conditional {
    using type = T;
};
template <class T, class U>
struct conditional<false, T, U> {
    using type = U;
};
template <bool condition, class T, class U>
using conditional_t = typename conditional<condition, T, U>::type;

template <class T, class... Listed>
inline constexpr bool is_one_of = (is_same_v<T, Listed> || ...);
template <class T>
inline constexpr bool is_void_v = is_same_v<remove_cv_t<T>, void>;
template <class T>
inline constexpr bool is_floating_point_v = is_one_of<remove_cv_t<T>, float, double>;
template <class T>
inline constexpr bool is_integral_v =
    is_one_of<remove_cv_t<T>, bool, char, signed char, unsigned char, wchar_t, char8_t, char16_t,
              char32_t, short, unsigned short, int, unsigned, long, unsigned long, long long,
              unsigned long long>;
template <class T>
inline constexpr bool is_arithmetic_v = is_integral_v<T> || is_floating_point_v<T>;
template <class T>
inline constexpr bool is_signed_v = [] {
    if constexpr (is_arithmetic_v<T>)
        return static_cast<T>(-1) < static_cast<T>(0);
    else
        return false;
}();
template <class T>
inline constexpr bool is_unsigned_v = is_arithmetic_v<T> && !is_signed_v<T>;
template <class T>
inline constexpr bool is_function_v = false;
template <class R, class... A>
inline constexpr bool is_function_v<R(A...)> = true;
template <class T>
inline constexpr bool is_trivially_copyable_v = __is_trivially_copyable(T);
template <class From, class To>
inline constexpr bool is_convertible_v = __is_convertible_to(From, To);

template <class T>
T&& declval() noexcept;
template <class T, class U>
using common_type_t = remove_cvref_t<decltype(true ? declval<T>() : declval<U>())>;

template <size_t bytes>
struct unsigned_of_size;
template <>
struct unsigned_of_size<1> {
    using type = unsigned char;
};
template <>
struct unsigned_of_size<2> {
    using type = unsigned short;
};
template <>
struct unsigned_of_size<4> {
    using type = unsigned;
};
template <>
struct unsigned_of_size<8> {
    using type = unsigned long;
};
template <class T>
using make_unsigned_t = typename unsigned_of_size<sizeof(T)>::type;

constexpr bool is_constant_evaluated() noexcept { return __builtin_is_constant_evaluated(); }

// <utility>
template <size_t... I>
struct index_sequence {};
template <class A, class B>
struct joined_sequence;
template <size_t... A, size_t... B>
struct joined_sequence<index_sequence<A...>, index_sequence<B...>> {
    using type = index_sequence<A..., (sizeof...(A) + B)...>;
};
template <size_t n>
struct counted_sequence : joined_sequence<typename counted_sequence<n / 2>::type,
                                          typename counted_sequence<n - n / 2>::type> {};
template <>
struct counted_sequence<0> {
    using type = index_sequence<>;
};
template <>
struct counted_sequence<1> {
    using type = index_sequence<0>;
};
template <size_t n>
using make_index_sequence = typename counted_sequence<n>::type;
template <class... T>
using index_sequence_for = make_index_sequence<sizeof...(T)>;

template <class T>
constexpr remove_reference_t<T>&& move(T&& x) noexcept {
    return static_cast<remove_reference_t<T>&&>(x);
}
template <class T>
constexpr T&& forward(remove_reference_t<T>& x) noexcept {
    return static_cast<T&&>(x);
}
template <class T, class U = T>
constexpr T exchange(T& x, U&& to) {
    T before = move(x);
    x = static_cast<U&&>(to);
    return before;
}
template <class T>
constexpr void swap(T& x, T& y) {
    T before = move(x);
    x = move(y);
    y = move(before);
}

// <cstring>, and what headers use on the host
inline void* memcpy(void* to, const void* from, size_t n) { return ::memcpy(to, from, n); }
inline void* memset(void* to, int byte, size_t n) { return ::memset(to, byte, n); }
int vsnprintf(char*, size_t, const char*, va_list);
class exception {
public:
    virtual ~exception() = default;
    virtual const char* what() const noexcept { return ""; }
};
class bad_alloc : public exception {};

}  // namespace std

constexpr int __ATOMIC_RELAXED = 0, __ATOMIC_ACQUIRE = 0, __ATOMIC_RELEASE = 0;
void* __atomic_exchange_n(void**, decltype(nullptr), int);
template <class T>
T* __atomic_exchange_n(T**, T*, int);
template <class P, class E, class V>
bool __atomic_compare_exchange_n(P*, E*, V, bool, int, int);

inline void* __builtin_memcpy(void* to, const void* from, std::size_t n) {
    return ::memcpy(to, from, n);
}
constexpr double __builtin_inf() { return __builtin_bit_cast(double, 0x7ff0000000000000ul); }
constexpr float __builtin_inff() { return __builtin_bit_cast(float, 0x7f800000u); }
constexpr double __builtin_nan(const char*) {
    return __builtin_bit_cast(double, 0x7ff8000000000000ul);
}
constexpr float __builtin_nanf(const char*) { return __builtin_bit_cast(float, 0x7fc00000u); }

inline float __builtin_ceilf(float x) { return ::ceilf(x); }
inline double __builtin_ceil(double x) { return ::ceil(x); }
inline float __builtin_cosf(float x) { return ::cosf(x); }
inline double __builtin_cos(double x) { return ::cos(x); }
inline float __builtin_erff(float x) { return ::erff(x); }
inline double __builtin_erf(double x) { return ::erf(x); }
inline float __builtin_erfcf(float x) { return ::erfcf(x); }
inline double __builtin_erfc(double x) { return ::erfc(x); }
inline float __builtin_expf(float x) { return ::expf(x); }
inline double __builtin_exp(double x) { return ::exp(x); }
inline float __builtin_expm1f(float x) { return ::expm1f(x); }
inline double __builtin_expm1(double x) { return ::expm1(x); }
inline float __builtin_fabsf(float x) { return ::fabsf(x); }
inline double __builtin_fabs(double x) { return ::fabs(x); }
inline float __builtin_floorf(float x) { return ::floorf(x); }
inline double __builtin_floor(double x) { return ::floor(x); }
inline float __builtin_logf(float x) { return ::logf(x); }
inline double __builtin_log(double x) { return ::log(x); }
inline float __builtin_log1pf(float x) { return ::log1pf(x); }
inline double __builtin_log1p(double x) { return ::log1p(x); }
inline float __builtin_rintf(float x) { return ::rintf(x); }
inline double __builtin_rint(double x) { return ::rint(x); }
inline float __builtin_sinf(float x) { return ::sinf(x); }
inline double __builtin_sin(double x) { return ::sin(x); }
inline float __builtin_sqrtf(float x) { return ::sqrtf(x); }
inline double __builtin_sqrt(double x) { return ::sqrt(x); }
inline float __builtin_tanhf(float x) { return ::tanhf(x); }
inline double __builtin_tanh(double x) { return ::tanh(x); }
inline float __builtin_fmodf(float x, float y) { return ::fmodf(x, y); }
inline double __builtin_fmod(double x, double y) { return ::fmod(x, y); }
inline float __builtin_powf(float x, float y) { return ::powf(x, y); }
inline double __builtin_pow(double x, double y) { return ::pow(x, y); }
