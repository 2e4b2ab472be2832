// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Windows that move over images: what convolutions and pooling have in common. How windows are
// described, the layouts of images, how many places a window has along an axis. Everything can be
// asked by the compiler, where a dimension that is not known yet is dyn. Nothing here knows an
// element type.
#pragma once

#include <weft/core/shape.hpp>

namespace weft {

// Sizes along the two axes of an image; one number is for both.
struct extent2d {
    std::size_t height, width;

    constexpr extent2d(std::size_t both) : height(both), width(both) {}
    constexpr extent2d(std::size_t rows, std::size_t columns) : height(rows), width(columns) {}
};

// How many zeros (of a maximum: nothing) are put around an image: the same on all sides, above and
// below or left and right, or each side by itself. With `same`, as many as it takes for a stride of
// 1 to give an image of the same size, and other strides that size divided and rounded up; the odd
// one goes below or to the right.
struct padding2d {
    std::size_t top, bottom, left, right;
    bool keeps_size;

    constexpr padding2d(std::size_t all) : padding2d(all, all, all, all) {}
    constexpr padding2d(std::size_t vertical, std::size_t horizontal)
        : padding2d(vertical, vertical, horizontal, horizontal) {}
    constexpr padding2d(std::size_t above, std::size_t below, std::size_t before, std::size_t after,
                        bool same_size = false)
        : top(above), bottom(below), left(before), right(after), keeps_size(same_size) {}

    static const padding2d same, valid;
};
inline constexpr padding2d padding2d::valid{0};
inline constexpr padding2d padding2d::same{0, 0, 0, 0, true};

// The order of dimensions: batch, channels, height, width; or channels last.
enum class image_layout : unsigned char { nchw, nhwc };

// The dimensions of images by name.
struct image_shape {
    std::size_t batch, channels, height, width;

    static constexpr image_shape of(const dims& x, image_layout layout) {
        return layout == image_layout::nchw ? image_shape{x[0], x[1], x[2], x[3]}
                                            : image_shape{x[0], x[3], x[1], x[2]};
    }
    constexpr std::size_t size() const { return batch * channels * height * width; }
    constexpr dims in(image_layout layout) const {
        return layout == image_layout::nchw ? dims{batch, channels, height, width}
                                            : dims{batch, height, width, channels};
    }
};

// A window along one axis.
struct window_axis {
    static constexpr std::size_t most = std::size_t{1} << 31;

    std::size_t size, stride, dilation, before, after;
    bool keeps_size;

    // Elements from its first one to its last.
    constexpr std::size_t reach() const { return (size - 1) * dilation + 1; }
    // Numbers that mean something; negative ones have become very large ones.
    constexpr bool is_valid() const {
        return size > 0 && stride > 0 && stride < most && dilation > 0 && dilation < most &&
               before < most && after < most;
    }
    // An axis of n elements with its padding.
    constexpr std::size_t padded(std::size_t n) const {
        const std::size_t wanted = keeps_size && n > 0 ? (n - 1) / stride * stride + reach() : 0;
        return keeps_size ? (wanted > n ? wanted : n) : n + before + after;
    }
    // Elements of padding before an axis of n.
    constexpr std::size_t padding_before(std::size_t n) const {
        return keeps_size ? (padded(n) - n) / 2 : before;
    }
    // Whether it fits in an axis; yes, where one is not known.
    constexpr bool fits(std::size_t n) const {
        return n == dyn || size == dyn || (size > 0 && (keeps_size || padded(n) >= reach()));
    }
    // The number of its places in an axis where it fits; dyn where one is not known.
    constexpr std::size_t places(std::size_t n) const {
        if (n == dyn || (size == dyn && !keeps_size)) return dyn;
        if (keeps_size) return (n + stride - 1) / stride;
        return (padded(n) - reach()) / stride + 1;
    }
};

// A window of some size in both axes, by the options of an op.
struct window2d {
    window_axis down, across;

    template <class Options>
    static constexpr window2d of(const extent2d& size, const Options& o, const extent2d& dilation) {
        const padding2d& p = o.padding;
        return {{size.height, o.stride.height, dilation.height, p.top, p.bottom, p.keeps_size},
                {size.width, o.stride.width, dilation.width, p.left, p.right, p.keeps_size}};
    }
    constexpr bool is_valid() const { return down.is_valid() && across.is_valid(); }
    constexpr bool fits(const image_shape& x) const {
        return down.fits(x.height) && across.fits(x.width);
    }
    constexpr image_shape places(const image_shape& x, std::size_t channels) const {
        return {x.batch, channels, down.places(x.height), across.places(x.width)};
    }
};

// What loops over the places of a window need to know. Positions before an axis wrap around: to be
// less than its size is to be in it.
struct window_sizes {
    image_shape image, out;  // the result has channels of its own
    window_axis down, across;
    std::size_t top, left;  // padding
    bool channels_last;

    window_sizes(const image_shape& x, const window2d& window, image_layout layout)
        : image(x),
          out(window.places(x, x.channels)),
          down(window.down),
          across(window.across),
          top(down.padding_before(x.height)),
          left(across.padding_before(x.width)),
          channels_last(layout == image_layout::nhwc) {}

    std::size_t taps() const { return down.size * across.size; }
    std::size_t pixels() const { return out.height * out.width; }
    std::size_t all_pixels() const { return out.batch * pixels(); }
    std::size_t row_of(std::size_t y) const { return y * down.stride - top; }
    std::size_t column_of(std::size_t x) const { return x * across.stride - left; }
};

// Instantiated for images; its argument is the number of axes.
template <std::size_t Rank>
struct require_images {
    static constexpr bool ok = Rank == 4;
    static_assert(
        ok,
        "weft: images have four axes: batch, channels, height and width, or batch, height, "
        "width and channels with image_layout::nhwc; expand_dims<0>(x) makes a batch");
};

// Instantiated for the options of an op with windows.
template <bool Ok>
struct require_window_options {
    static constexpr bool ok = Ok;
    static_assert(
        ok,
        "weft: windows, strides, dilations and groups are 1 or more, paddings 0 or more; of "
        "pooling, each smaller than the window");
};

// Instantiated for a window over images; its arguments are their sizes, height first.
template <std::size_t WindowRows, std::size_t WindowColumns, std::size_t Rows, std::size_t Columns,
          bool Fits>
struct require_window_within {
    static constexpr bool ok = Fits;
    static_assert(ok,
                  "weft: the window, with its dilation, is larger than the image with its padding, "
                  "or has no elements");
};

}  // namespace weft
