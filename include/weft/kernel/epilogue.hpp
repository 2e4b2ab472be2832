// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What a product or a convolution on a CUDA GPU does with each element of its result before that
// is stored: add a bias, apply an activation. The expression that reads the result, as far as it is
// one of these; a CPU kernel has a write_back for any. What it works on has not been rounded to the
// element type yet. Trivially copyable, part of the arguments of kernels.
#pragma once

#include <weft/kernel/context.hpp>

namespace weft::cuda {

enum class epilogue_kind : unsigned char {
    none,
    bias,
    relu,
    bias_relu,
    gelu_tanh,  // floating-point elements only, as the next
    bias_gelu_tanh
};

// The bias has the result's element type, in the device's memory: one number for each column of a
// product, each filter of a convolution.
struct epilogue {
    epilogue_kind kind = epilogue_kind::none;
    const void* bias = nullptr;

    constexpr bool has_bias() const {
        return kind == epilogue_kind::bias || kind == epilogue_kind::bias_relu ||
               kind == epilogue_kind::bias_gelu_tanh;
    }
};

}  // namespace weft::cuda
