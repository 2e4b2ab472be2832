// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How images become operands of a product: the elements that each output pixel reads, of a few
// pixels and a block of depths at a time, copied to where tiles read them. Depths are counted as
// filters have them: channels, rows, columns of the window, or, with channels last, rows, columns,
// channels. A whole number of registers is copied where there is room behind, and what was too much
// is written over by what comes next: panels need a register, and rows a tile's columns, of slack.
#pragma once

#include <weft/ops/conv2d_shape.hpp>
#include <weft/ops/matmul_panels.hpp>

namespace weft {

namespace detail {

// A piece of output pixels, counted through the images of a batch, that are in one image.
struct pixel_piece {
    std::size_t image, first, at, length;
};
// Calls f(piece) for each image that pixels [first, first + n) are in.
template <class F>
void for_each_image(const conv2d_sizes& s, std::size_t first, std::size_t n, const F& f) {
    const std::size_t pixels = s.pixels();
    for (std::size_t at = 0; at < n;) {
        const std::size_t pixel = (first + at) % pixels;
        const std::size_t length = smaller_of(n - at, pixels - pixel);
        f(pixel_piece{(first + at) / pixels, pixel, at, length});
        at += length;
    }
}

// Copies n elements, or more if so many can be read and written.
template <class C, class T>
[[gnu::always_inline]] inline void copy_at_least(const T* from, std::size_t n, std::size_t readable,
                                                 C* to) {
    constexpr int lanes = matmul_lanes<C>();
    constexpr std::size_t step = static_cast<std::size_t>(lanes);
    std::size_t i = 0;
    if constexpr (lanes > 1 && std::is_same_v<C, T>)
        for (; i < n && i + step <= readable; i += step)
            pack<C, lanes>::load(from + i).store(to + i);
    for (; i < n; ++i) to[i] = static_cast<C>(from[i]);
}
// The same of every second element.
template <class C, class T, std::size_t... Lane>
[[gnu::always_inline]] inline void copy_every_second(const T* from, std::size_t n,
                                                     std::size_t readable, C* to,
                                                     std::index_sequence<Lane...>) {
    constexpr std::size_t step = sizeof...(Lane);
    std::size_t i = 0;
    if constexpr (step > 1 && std::is_same_v<C, T>) {
        using V = pack<C, static_cast<int>(step)>;
        for (; i < n && 2 * (i + step) <= readable; i += step) {
            const V a = V::load(from + 2 * i), b = V::load(from + 2 * i + step);
            V(WEFT_SHUFFLE(a.v, b.v, (2 * Lane)...)).store(to + i);
        }
    }
    for (; i < n; ++i) to[i] = static_cast<C>(from[2 * i]);
}
// Sets n elements to zero, or more if so many can be written.
template <class C>
[[gnu::always_inline]] inline void clear_at_least(std::size_t n, C* to) {
    constexpr int lanes = matmul_lanes<C>();
    for (std::size_t i = 0; i < n; i += static_cast<std::size_t>(lanes))
        store_lanes<C, lanes>(to + i, lane_value_t<C, lanes>(C{}));
}

}  // namespace detail

// Columns of a product: up to a tile's columns of output pixels, of images whose channels come
// first.
template <class T>
class pixel_columns {
public:
    using C = compute_t<T>;
    static constexpr std::size_t columns = tile_size<C>::columns;

    // `x` is the first channel of the group in the first of the images.
    pixel_columns(const conv2d_sizes& s, const T* x, std::size_t group, std::size_t first,
                  std::size_t width)
        : s_(s), x_(x), width_(width) {
        size_ = static_cast<std::ptrdiff_t>(s.batch * s.channels * s.height * s.width);
        detail::for_each_image(s, first, width, [&](const detail::pixel_piece& p) {
            const std::size_t image = (p.image * s.channels + group * s.in) * s.height * s.width;
            for (std::size_t i = 0; i < p.length;) {
                const std::size_t row = (p.first + i) / s.out_width;
                const std::size_t column = (p.first + i) % s.out_width;
                run& next = runs_[count_++];
                next.image = static_cast<std::ptrdiff_t>(image);
                next.row = static_cast<std::ptrdiff_t>(row * s.down.stride) - s.top;
                next.column = static_cast<std::ptrdiff_t>(column * s.across.stride) - s.left;
                next.at = p.at + i;
                next.length = smaller_of(p.length - i, s.out_width - column);
                i += next.length;
            }
        });
    }

    // Depths [first, first + depth), each a row of `columns`, and as much slack after the last.
    void pack(std::size_t first, std::size_t depth, C* to) const {
        const std::size_t high = s_.down.size, wide = s_.across.size;
        std::size_t channel = first / (high * wide), i = first / wide % high, j = first % wide;
        std::ptrdiff_t rows[columns];
        for (const C* const end = to + depth * columns; to < end; j = 0) {
            find_rows(channel, i, rows);
            for (; j < wide && to < end; ++j, to += columns)
                pack_row(rows, static_cast<std::ptrdiff_t>(j * s_.across.dilation), to);
            if (++i == high) i = 0, ++channel;
        }
    }

private:
    // Pixels in a row of an image: where the image begins, where their windows begin in it.
    struct run {
        std::ptrdiff_t image, row, column;
        std::size_t at, length;
    };
    static constexpr std::ptrdiff_t no_row = -1;

    // Where the runs' rows of the image begin, for a channel and a row of the window.
    void find_rows(std::size_t channel, std::size_t i, std::ptrdiff_t* rows) const {
        const auto height = static_cast<std::ptrdiff_t>(s_.height);
        const auto width = static_cast<std::ptrdiff_t>(s_.width);
        const auto plane = static_cast<std::ptrdiff_t>(channel) * height * width;
        const auto below = static_cast<std::ptrdiff_t>(i * s_.down.dilation);
        for (std::size_t r = 0; r < count_; ++r) {
            const std::ptrdiff_t row = runs_[r].row + below;
            const bool inside = row >= 0 && row < height;
            rows[r] = inside ? runs_[r].image + plane + row * width : no_row;
        }
    }
    [[gnu::always_inline]] void pack_row(const std::ptrdiff_t* rows, std::ptrdiff_t shift,
                                         C* to) const {
        for (std::size_t r = 0; r < count_; ++r) {
            const run& pixels = runs_[r];
            if (rows[r] == no_row)
                detail::clear_at_least(pixels.length, to + pixels.at);
            else
                pack_run(rows[r], pixels.column + shift, pixels.length, to + pixels.at);
        }
        for (std::size_t c = width_; c < columns; ++c) to[c] = C{};
    }
    [[gnu::always_inline]] void pack_run(std::ptrdiff_t row, std::ptrdiff_t column,
                                         std::size_t length, C* to) const {
        const auto stride = static_cast<std::ptrdiff_t>(s_.across.stride);
        const auto n = static_cast<std::ptrdiff_t>(length);
        const auto width = static_cast<std::ptrdiff_t>(s_.width);
        const std::ptrdiff_t first = row + column, end = column + (n - 1) * stride + 1;
        if (column >= 0 && end <= width) return copy(first, length, to);
        // Pixels whose element is to the left or to the right of the image.
        const std::ptrdiff_t left = column >= 0 ? 0 : (stride - 1 - column) / stride;
        const std::ptrdiff_t inside = column >= width ? 0
                                      : end <= width  ? n
                                                      : (width - column + stride - 1) / stride;
        if (left >= inside) return detail::clear_at_least(length, to);
        copy(first + left * stride, static_cast<std::size_t>(inside - left), to + left);
        for (std::ptrdiff_t c = 0; c < left; ++c) to[c] = C{};
        for (std::ptrdiff_t c = inside; c < n; ++c) to[c] = C{};
    }
    [[gnu::always_inline]] void copy(std::ptrdiff_t from, std::size_t n, C* to) const {
        const auto readable = static_cast<std::size_t>(size_ - from);
        const T* const first = x_ + from;
        if (s_.across.stride == 1) return detail::copy_at_least(first, n, readable, to);
        if (s_.across.stride == 2)
            return detail::copy_every_second(
                first, n, readable, to,
                std::make_index_sequence<static_cast<std::size_t>(matmul_lanes<C>())>{});
        for (std::size_t c = 0; c < n; ++c) to[c] = static_cast<C>(first[c * s_.across.stride]);
    }

    const conv2d_sizes& s_;
    const T* x_;
    std::ptrdiff_t size_;
    std::size_t width_, count_ = 0;
    run runs_[columns];
};

// Rows of a product: output pixels of images whose channels come last.
template <class T>
class pixel_rows {
public:
    using C = compute_t<T>;

    pixel_rows(const conv2d_sizes& s, const T* x, std::size_t group) : s_(s), x_(x), group_(group) {
        size_ = s.batch * s.height * s.width * s.channels;
    }

    // Depths [first, first + depth) of pixels, one after the other, and a register of slack.
    void pack(std::size_t pixel, std::size_t pixels, std::size_t first, std::size_t depth,
              C* to) const {
        if (depth == 0) return;
        for (std::size_t p = pixel; p < pixel + pixels; ++p, to += depth)
            pack_pixel(p, first, depth, to);
    }

private:
    void pack_pixel(std::size_t pixel, std::size_t first, std::size_t depth, C* to) const {
        const std::size_t image = pixel / s_.pixels(), place = pixel % s_.pixels();
        const auto row =
            static_cast<std::ptrdiff_t>(place / s_.out_width * s_.down.stride) - s_.top;
        const auto column =
            static_cast<std::ptrdiff_t>(place % s_.out_width * s_.across.stride) - s_.left;
        const std::size_t wide = s_.across.size;
        std::size_t i = first / s_.in / wide, j = first / s_.in % wide, c = first % s_.in;
        for (std::size_t done = 0; done < depth; c = 0) {
            const std::size_t n = smaller_of(s_.in - c, depth - done);
            const auto y = row + static_cast<std::ptrdiff_t>(i * s_.down.dilation);
            const auto x = column + static_cast<std::ptrdiff_t>(j * s_.across.dilation);
            if (y < 0 || y >= static_cast<std::ptrdiff_t>(s_.height) || x < 0 ||
                x >= static_cast<std::ptrdiff_t>(s_.width)) {
                detail::clear_at_least(n, to + done);
            } else {
                const std::size_t at =
                    ((image * s_.height + static_cast<std::size_t>(y)) * s_.width +
                     static_cast<std::size_t>(x)) *
                        s_.channels +
                    group_ * s_.in + c;
                detail::copy_at_least(x_ + at, n, size_ - at, to + done);
            }
            done += n;
            if (++j == wide) j = 0, ++i;
        }
    }

    const conv2d_sizes& s_;
    const T* x_;
    std::size_t group_, size_;
};

}  // namespace weft
