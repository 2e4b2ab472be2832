// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What the programs of this folder compute with: long vectors of numbers of both signs, the same
// in each run, so that weft and the plain loops read equal memory. Knows neither what is computed
// nor what it is measured against.
#pragma once

#include <weft/core/tensor.hpp>

#include <cstddef>

namespace bench {

using vector = weft::tensor<float, weft::dyn>;
inline constexpr std::size_t Ki = 1024, Mi = 1024 * Ki;

inline vector numbers(std::size_t n, float scale) {
    vector out = vector::uninitialized({n});
    for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<float>(i % 251) * scale - 1.0f;
    return out;
}

}  // namespace bench
