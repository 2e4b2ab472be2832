// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Convolutions of all element types, for programs that are compiled separately: their files see
// declarations only. Header-only programs compile those that they use, and do not include this: it
// would cost them all types.
#pragma once

#include <weft/ops/conv2d_source.hpp>

namespace weft {

template <class T>
using convolve_function = void(context_base&, const conv2d_sizes&, const T*, const T*, T*,
                               const write_back&);

template convolve_function<float> convolve<float>;
template convolve_function<double> convolve<double>;
template convolve_function<half> convolve<half>;
template convolve_function<bfloat16> convolve<bfloat16>;

}  // namespace weft
