// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Products of all element types, for programs that are compiled separately: their files see
// declarations only. Header-only programs compile those that they use, and must not include this:
// std::complex costs more than it is worth to those without.
#pragma once

#include <weft/core/complex.hpp>
#include <weft/ops/matmul_source.hpp>

namespace weft {

template <class T>
using multiply_function = void(context_base&, const matmul_sizes&, const T*, const T*, T*,
                               const write_back&);

template multiply_function<float> multiply<float>;
template multiply_function<double> multiply<double>;
template multiply_function<half> multiply<half>;
template multiply_function<bfloat16> multiply<bfloat16>;
template multiply_function<std::int8_t> multiply<std::int8_t>;
template multiply_function<std::int16_t> multiply<std::int16_t>;
template multiply_function<std::int32_t> multiply<std::int32_t>;
template multiply_function<std::int64_t> multiply<std::int64_t>;
template multiply_function<std::uint8_t> multiply<std::uint8_t>;
template multiply_function<std::uint16_t> multiply<std::uint16_t>;
template multiply_function<std::uint32_t> multiply<std::uint32_t>;
template multiply_function<std::uint64_t> multiply<std::uint64_t>;
template multiply_function<std::complex<float>> multiply<std::complex<float>>;
template multiply_function<std::complex<double>> multiply<std::complex<double>>;

}  // namespace weft
