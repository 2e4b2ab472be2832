// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Element types: which C++ types a tensor may hold, their run-time names, and the type that
// arithmetic on them is done in. std::complex joins by <weft/core/complex.hpp>, so that expressions
// do not pay for it.
#pragma once

#include <weft/core/half.hpp>

#include <type_traits>

namespace weft {

// The run-time name of an element type. Values are part of no file format.
enum class dtype : unsigned char {
    none,
    float32,
    float64,
    float16,
    bfloat16,
    int8,
    int16,
    int32,
    int64,
    uint8,
    uint16,
    uint32,
    uint64,
    boolean,
    complex64,
    complex128,
};

// What weft knows of an element type: `id`, `name` as C++ spells it, and `compute`, the type its
// arithmetic is done in. The primary template is for types that are no element types.
template <class T>
struct element_traits {
    static constexpr dtype id = dtype::none;
};

namespace detail {
template <dtype Id, class Compute>
struct element_base {
    static constexpr dtype id = Id;
    using compute = Compute;
};
}  // namespace detail

template <>
struct element_traits<float> : detail::element_base<dtype::float32, float> {};
template <>
struct element_traits<double> : detail::element_base<dtype::float64, double> {};
template <>
struct element_traits<half> : detail::element_base<dtype::float16, float> {};
template <>
struct element_traits<bfloat16> : detail::element_base<dtype::bfloat16, float> {};
template <>
struct element_traits<std::int8_t> : detail::element_base<dtype::int8, std::int8_t> {};
template <>
struct element_traits<std::int16_t> : detail::element_base<dtype::int16, std::int16_t> {};
template <>
struct element_traits<std::int32_t> : detail::element_base<dtype::int32, std::int32_t> {};
template <>
struct element_traits<std::int64_t> : detail::element_base<dtype::int64, std::int64_t> {};
template <>
struct element_traits<std::uint8_t> : detail::element_base<dtype::uint8, std::uint8_t> {};
template <>
struct element_traits<std::uint16_t> : detail::element_base<dtype::uint16, std::uint16_t> {};
template <>
struct element_traits<std::uint32_t> : detail::element_base<dtype::uint32, std::uint32_t> {};
template <>
struct element_traits<std::uint64_t> : detail::element_base<dtype::uint64, std::uint64_t> {};
template <>
struct element_traits<bool> : detail::element_base<dtype::boolean, bool> {};

template <class T>
inline constexpr dtype dtype_of = element_traits<T>::id;

template <class T>
inline constexpr bool is_element = dtype_of<T> != dtype::none;

// The type that arithmetic on T is done in: float for half and bfloat16, else T.
template <class T>
using compute_t = typename element_traits<T>::compute;

// Real floating-point elements, half and bfloat16 included.
template <class T>
inline constexpr bool is_floating = dtype_of<T> >= dtype::float32 && dtype_of<T> <= dtype::bfloat16;
// Signed and unsigned integers, without bool.
template <class T>
inline constexpr bool is_integer = dtype_of<T> >= dtype::int8 && dtype_of<T> <= dtype::uint64;
template <class T>
inline constexpr bool is_complex = dtype_of<T> >= dtype::complex64;
// Floating-point and integer elements: those with an order and an arithmetic.
template <class T>
inline constexpr bool is_real = is_floating<T> || is_integer<T>;

// As C++ spells it: "float", "std::int32_t", "bool".
constexpr const char* name_of(dtype type) {
    constexpr const char* names[] = {"(none)",
                                     "float",
                                     "double",
                                     "half",
                                     "bfloat16",
                                     "std::int8_t",
                                     "std::int16_t",
                                     "std::int32_t",
                                     "std::int64_t",
                                     "std::uint8_t",
                                     "std::uint16_t",
                                     "std::uint32_t",
                                     "std::uint64_t",
                                     "bool",
                                     "std::complex<float>",
                                     "std::complex<double>"};
    return names[static_cast<unsigned char>(type)];
}

// Bytes of one element; 0 for dtype::none.
constexpr std::size_t size_of(dtype type) {
    constexpr unsigned char sizes[] = {0, 4, 8, 2, 2, 1, 2, 4, 8, 1, 2, 4, 8, 1, 8, 16};
    return sizes[static_cast<unsigned char>(type)];
}

}  // namespace weft
