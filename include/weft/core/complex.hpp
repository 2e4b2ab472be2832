// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// std::complex<float> and std::complex<double> as element types.
//
// Apart from element.hpp because <complex> is large and expressions rarely need it;
// <weft/graph.hpp> and <weft/weft.hpp> include it.
#pragma once

#include <weft/core/element.hpp>

#include <complex>

namespace weft {

template <>
struct element_traits<std::complex<float>>
    : detail::element_base<dtype::complex64, std::complex<float>> {};
template <>
struct element_traits<std::complex<double>>
    : detail::element_base<dtype::complex128, std::complex<double>> {};

}  // namespace weft
