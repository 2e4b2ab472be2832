// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The expressions that are measured, for the files that g++ compiles and for kernels.cu, in which
// nvcc compiles a kernel for each of their types: one that is missing there would be evaluated by
// its parts. Nothing here is about GPUs.
#pragma once

#include <weft/weft.hpp>

namespace bench {

using vector_node = weft::node<weft::tensor<float, weft::dyn>>;
template <class T>
using matrix_node = weft::node<weft::tensor<T, weft::dyn, weft::dyn>>;
template <class T>
using row_node = weft::node<weft::tensor<T, weft::dyn>>;

inline auto multiply_add(const vector_node& a, const vector_node& b, const vector_node& c) {
    return a * b + c;
}
inline auto activation(const vector_node& x) { return gelu(x); }
inline auto three_products(const vector_node& a, const vector_node& b, const vector_node& c,
                           const vector_node& d, const vector_node& e, const vector_node& f) {
    return a * b + c * d + e * f;
}
inline auto incremented(const vector_node& x) { return x + 1.0f; }

// What follows a product of a layer.
template <class T>
auto biased(const matrix_node<T>& product, const row_node<T>& bias) {
    return product + bias;
}
template <class T>
auto biased_relu(const matrix_node<T>& product, const row_node<T>& bias) {
    return relu(product + bias);
}

}  // namespace bench
