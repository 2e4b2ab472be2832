// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The expression of the example 09_gpus, for the file that g++ compiles and for the one that nvcc
// does. Both only need its type to be the same.
// Nothing in here is about GPUs.
#pragma once

#include <weft/weft.hpp>

using vector_node = weft::node<weft::tensor<float, weft::dyn>>;

inline auto model(const vector_node& x, const vector_node& scale) {
    return gelu(x * scale + 1.0f) * x;
}
