// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The run-time shape rule of convolutions and what it says. Where a program is compiled separately
// this is compiled once; there is no template in it, and no type of the program. What the compiler
// can refute, conv2d.hpp does.
#pragma once

#include <weft/ops/conv2d_shape.hpp>

namespace weft {

WEFT_SOURCE dims conv2d_shape(const conv2d_options& options, const dims& x, const dims& w) {
    const conv2d_operands o(options, x, w);
    if (!o.channels_agree())
        fail(errc::invalid_argument,
             "conv2d of %s with filters %s in groups of %zu: images of %zu channels are wanted, "
             "not of %zu",
             dims_text(x).chars, dims_text(w).chars, o.filter.in, o.filter.in * options.groups,
             o.image.channels);
    if (!o.groups_divide())
        fail(errc::invalid_argument,
             "conv2d of %s with filters %s: the %zu filters are not a multiple of the %zu groups",
             dims_text(x).chars, dims_text(w).chars, o.filter.out, options.groups);
    if (!o.window_fits())
        fail(errc::invalid_argument,
             "conv2d of %s with filters %s: the filters, with their dilation, are larger than the "
             "padded image, or empty",
             dims_text(x).chars, dims_text(w).chars);
    return o.shape();
}

}  // namespace weft
