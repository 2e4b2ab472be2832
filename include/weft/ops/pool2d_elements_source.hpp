// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Pooling of all element types, for programs that are compiled separately: their files see
// declarations only. Header-only programs compile what they use, and do not include this: it would
// cost them all types.
#pragma once

#include <weft/ops/pool2d_source.hpp>

namespace weft {

template <class T>
using pool_maxima_function = void(context_base&, const window_sizes&, const T*, T*,
                                  const write_back&);
template <class T>
using pool_means_function = void(context_base&, const window_sizes&, bool, const T*, T*,
                                 const write_back&);

template pool_maxima_function<float> pool_maxima<float>;
template pool_maxima_function<double> pool_maxima<double>;
template pool_maxima_function<half> pool_maxima<half>;
template pool_maxima_function<bfloat16> pool_maxima<bfloat16>;
template pool_maxima_function<std::int8_t> pool_maxima<std::int8_t>;
template pool_maxima_function<std::int16_t> pool_maxima<std::int16_t>;
template pool_maxima_function<std::int32_t> pool_maxima<std::int32_t>;
template pool_maxima_function<std::int64_t> pool_maxima<std::int64_t>;
template pool_maxima_function<std::uint8_t> pool_maxima<std::uint8_t>;
template pool_maxima_function<std::uint16_t> pool_maxima<std::uint16_t>;
template pool_maxima_function<std::uint32_t> pool_maxima<std::uint32_t>;
template pool_maxima_function<std::uint64_t> pool_maxima<std::uint64_t>;
template pool_means_function<float> pool_means<float>;
template pool_means_function<double> pool_means<double>;
template pool_means_function<half> pool_means<half>;
template pool_means_function<bfloat16> pool_means<bfloat16>;

}  // namespace weft
