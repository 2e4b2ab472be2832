// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The places of a window over images, as kernels see them: from the number of an element of the
// result to its image, its channel and where its window begins, which may be in the padding before
// the image; and where elements of the image are in memory, in either layout.
#pragma once

#include "words.hpp"

#include <weft/ops/window.hpp>

namespace weft::cuda {

struct image_place {
    std::size_t image, channel;
    long long y, x;  // the window's first element
};

struct image_places {
    std::size_t size, channels;  // of the result; channels of the image
    long long height, width;     // of the image
    long long top, left, down_stride, across_stride, down_dilation, across_dilation;
    int window_height, window_width;
    bool channels_last;
    quotient out_height, out_width, out_channels;

    explicit image_places(const window_sizes& s)
        : size(s.out.size()),
          channels(s.image.channels),
          height(static_cast<long long>(s.image.height)),
          width(static_cast<long long>(s.image.width)),
          top(static_cast<long long>(s.top)),
          left(static_cast<long long>(s.left)),
          down_stride(static_cast<long long>(s.down.stride)),
          across_stride(static_cast<long long>(s.across.stride)),
          down_dilation(static_cast<long long>(s.down.dilation)),
          across_dilation(static_cast<long long>(s.across.dilation)),
          window_height(static_cast<int>(s.down.size)),
          window_width(static_cast<int>(s.across.size)),
          channels_last(s.channels_last) {
        if (size == 0) return;
        out_height = quotient(s.out.height, size);
        out_width = quotient(s.out.width, size);
        out_channels = quotient(s.out.channels, size);
    }

    // Of an element of the result.
    WEFT_DEVICE image_place place(std::size_t element) const {
        std::size_t channel = 0;
        if (channels_last) channel = take(element, out_channels);
        image_place at = pixel(element);
        if (!channels_last) channel = take(at.image, out_channels);
        at.channel = channel;
        return at;
    }
    // Of a pixel of the result, counted through the images, or planes where channels come first.
    WEFT_DEVICE image_place pixel(std::size_t index) const {
        const auto x = static_cast<long long>(take(index, out_width));
        const auto y = static_cast<long long>(take(index, out_height));
        return {index, 0, y * down_stride - top, x * across_stride - left};
    }
    // Where a channel of an image begins, and where an element is from there.
    WEFT_DEVICE std::size_t plane(std::size_t image, std::size_t channel) const {
        const auto pixels = static_cast<std::size_t>(height * width);
        return channels_last ? image * pixels * channels + channel
                             : (image * channels + channel) * pixels;
    }
    WEFT_DEVICE std::size_t offset(long long y, long long x) const {
        const auto pixel_at = static_cast<std::size_t>(y * width + x);
        return channels_last ? pixel_at * channels : pixel_at;
    }

    // The remainder; `n` becomes the quotient.
    WEFT_DEVICE static std::size_t take(std::size_t& n, const quotient& by) {
        const std::size_t whole = by.divide(n), rest = n - whole * by.by();
        n = whole;
        return rest;
    }
};

}  // namespace weft::cuda
