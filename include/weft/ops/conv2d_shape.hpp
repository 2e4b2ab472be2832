// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The shape of a convolution, for the compiler and at run time, and the sizes that its loops work
// with. Filters of images in nchw are [out, in / groups, height, width], those of nhwc
// [height, width, in / groups, out]. Nothing here knows an element type.
#pragma once

#include <weft/ops/window.hpp>

namespace weft {

// How images are convolved: conv2d<conv2d_options{.stride = 2, .padding = 1}>(x, w).
struct conv2d_options {
    extent2d stride = 1;
    padding2d padding = 0;
    extent2d dilation = 1;
    std::size_t groups = 1;
    image_layout layout = image_layout::nchw;
};

// The parameters of a conv2d.
template <conv2d_options Options>
struct conv2d_form {
    static constexpr conv2d_options options = Options;
};

// The dimensions of filters by name; `in` is that of one group.
struct filter_shape {
    std::size_t out, in;
    extent2d window;

    static constexpr filter_shape of(const dims& w, image_layout layout) {
        return layout == image_layout::nchw ? filter_shape{w[0], w[1], {w[2], w[3]}}
                                            : filter_shape{w[3], w[2], {w[0], w[1]}};
    }
};

// Images and filters as far as they are known, and whether they go together.
struct conv2d_operands {
    conv2d_options options;
    image_shape image;
    filter_shape filter;
    window2d window;

    constexpr conv2d_operands(const conv2d_options& o, const dims& x, const dims& w)
        : options(o),
          image(image_shape::of(x, o.layout)),
          filter(filter_shape::of(w, o.layout)),
          window(window2d::of(filter.window, o, o.dilation)) {}

    constexpr bool channels_agree() const {
        if (image.channels == dyn) return true;
        if (filter.in == dyn) return image.channels % options.groups == 0;
        return image.channels == filter.in * options.groups;
    }
    constexpr bool groups_divide() const {
        return filter.out == dyn || filter.out % options.groups == 0;
    }
    constexpr bool window_fits() const { return window.fits(image); }
    constexpr dims shape() const { return window.places(image, filter.out).in(options.layout); }
};

// The run-time shape rule; fails with invalid_argument.
dims conv2d_shape(const conv2d_options& options, const dims& x, const dims& w);

// What the loops of a convolution need to know.
struct conv2d_sizes : window_sizes {
    std::size_t groups, in, filters;  // channels and filters of a group

    conv2d_sizes(const conv2d_options& options, const dims& x, const dims& w)
        : conv2d_sizes(conv2d_operands(options, x, w)) {}
    explicit conv2d_sizes(const conv2d_operands& o)
        : window_sizes(o.image, o.window, o.options.layout),
          groups(o.options.groups),
          in(o.filter.in),
          filters(o.filter.out / groups) {
        out.channels = o.filter.out;
    }

    std::size_t depth() const { return in * taps(); }
    // A product of matrices as they are in memory.
    bool is_product() const {
        return channels_last && groups == 1 && taps() == 1 && down.stride == 1 &&
               across.stride == 1 && image.height == out.height && image.width == out.width;
    }
    // Each channel has filters of its own.
    bool is_depthwise() const { return groups > 1 && in == 1 && (filters == 1 || !channels_last); }
};

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/ops/conv2d_shape_source.hpp>
#endif
