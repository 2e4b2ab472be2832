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

// Depths that are packed at a time, for two tiles of columns.
inline constexpr std::size_t patch_depth = 256;

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
// Copies a register of every Stride-th element.
template <std::size_t Stride, class C, class T, std::size_t... Lane>
[[gnu::always_inline]] inline void copy_register(const T* from, C* to,
                                                 std::index_sequence<Lane...>) {
    constexpr std::size_t lanes = sizeof...(Lane);
    if constexpr (lanes > 1 && std::is_same_v<C, T>) {
        using V = pack<C, static_cast<int>(lanes)>;
        if constexpr (Stride == 1)
            V::load(from).store(to);
        else
            V(WEFT_SHUFFLE(V::load(from).v, V::load(from + lanes).v, (2 * Lane)...)).store(to);
    } else {
        ((to[Lane] = static_cast<C>(from[Stride * Lane])), ...);
    }
}
// Sets n elements to zero, or more if so many can be written.
template <class C>
[[gnu::always_inline]] inline void clear_at_least(std::size_t n, C* to) {
    constexpr int lanes = matmul_lanes<C>();
    for (std::size_t i = 0; i < n; i += static_cast<std::size_t>(lanes))
        store_lanes<C, lanes>(to + i, lane_value_t<C, lanes>(C{}));
}

}  // namespace detail

// Columns of a product: output pixels of images whose channels come first, two tiles of them, so
// that a row of an image is seldom cut.
template <class T>
class pixel_columns {
public:
    using C = compute_t<T>;
    static constexpr std::size_t columns = 2 * tile_size<C>::columns;

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
        if (is_simple()) find_outside();
    }

    // Depths [first, first + depth), each a row of `columns`, and as much slack after the last.
    void pack(std::size_t first, std::size_t depth, C* to) const {
        const std::size_t high = s_.down.size, wide = s_.across.size;
        std::size_t channel = first / (high * wide), i = first / wide % high, j = first % wide;
        std::ptrdiff_t rows[columns];
        for (const C* const end = to + depth * columns; to < end; j = 0) {
            const bool simple = find_rows(channel, i, rows);
            for (; j < wide && to < end; ++j, to += columns) {
                const auto shift = static_cast<std::ptrdiff_t>(j * s_.across.dilation);
                if (!simple)
                    pack_row(rows, shift, to);
                else if (s_.across.stride == 1)
                    pack_simple_row<1>(rows, shift, j, to);
                else
                    pack_simple_row<2>(rows, shift, j, to);
            }
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
    static constexpr std::size_t lanes = tile_size<C>::lanes;
    static constexpr std::size_t most_wide = 12;

    // Whether whole registers can be copied where the image's memory allows it.
    bool is_simple() const {
        return lanes > 1 && std::is_same_v<C, T> && s_.across.stride <= 2 &&
               s_.across.size <= most_wide;
    }
    // Pixels whose element is to the left or to the right of the image.
    void find_outside() {
        for (std::size_t j = 0; j < s_.across.size; ++j)
            for (std::size_t r = 0; r < count_; ++r) {
                const auto shift = static_cast<std::ptrdiff_t>(j * s_.across.dilation);
                for (std::size_t c = 0; c < runs_[r].length; ++c) {
                    const auto x =
                        runs_[r].column + shift + static_cast<std::ptrdiff_t>(c * s_.across.stride);
                    if (x < 0 || x >= static_cast<std::ptrdiff_t>(s_.width))
                        outside_[j][outside_count_[j]++] =
                            static_cast<unsigned char>(runs_[r].at + c);
                }
            }
    }
    // Where the runs' rows of the image begin, for a channel and a row of the window; whether what
    // whole registers read is in memory.
    bool find_rows(std::size_t channel, std::size_t i, std::ptrdiff_t* rows) const {
        const auto height = static_cast<std::ptrdiff_t>(s_.height);
        const auto width = static_cast<std::ptrdiff_t>(s_.width);
        const auto plane = static_cast<std::ptrdiff_t>(channel) * height * width;
        const auto below = static_cast<std::ptrdiff_t>(i * s_.down.dilation);
        const auto reach =
            static_cast<std::ptrdiff_t>(s_.across.reach() + s_.across.stride * columns);
        bool readable = is_simple();
        for (std::size_t r = 0; r < count_; ++r) {
            const std::ptrdiff_t row = runs_[r].row + below;
            rows[r] = row < 0 || row >= height ? no_row : runs_[r].image + plane + row * width;
            const std::ptrdiff_t first = rows[r] + runs_[r].column;
            readable = readable && (rows[r] == no_row || (first >= 0 && first + reach <= size_));
            if (s_.taps() == 1 && rows[r] != no_row && first + 16 * height * width < size_)
                for (std::size_t c = 0; c < runs_[r].length + 16; c += 64 / sizeof(T))
                    __builtin_prefetch(x_ + first + 16 * height * width + c, 0, 2);
        }
        return readable;
    }
    template <std::size_t Stride>
    [[gnu::always_inline]] void pack_simple_row(const std::ptrdiff_t* rows, std::ptrdiff_t shift,
                                                std::size_t j, C* to) const {
        constexpr std::make_index_sequence<lanes> each;
        for (std::size_t r = 0; r < count_; ++r) {
            const run& pixels = runs_[r];
            C* const first = to + pixels.at;
            if (rows[r] == no_row) {
                detail::clear_at_least(pixels.length, first);
                continue;
            }
            const T* const from = x_ + (rows[r] + pixels.column + shift);
            detail::copy_register<Stride>(from, first, each);
            for (std::size_t c = lanes; c < pixels.length; c += lanes)
                detail::copy_register<Stride>(from + Stride * c, first + c, each);
        }
        for (std::size_t c = 0; c < outside_count_[j]; ++c) to[outside_[j][c]] = C{};
        for (std::size_t c = width_; c < columns; ++c) to[c] = C{};
    }
    // Element by element, whatever stride, type and place.
    void pack_row(const std::ptrdiff_t* rows, std::ptrdiff_t shift, C* to) const {
        for (std::size_t r = 0; r < count_; ++r)
            for (std::size_t c = 0; c < runs_[r].length; ++c) {
                const auto x =
                    runs_[r].column + shift + static_cast<std::ptrdiff_t>(c * s_.across.stride);
                const bool inside =
                    rows[r] != no_row && x >= 0 && x < static_cast<std::ptrdiff_t>(s_.width);
                to[runs_[r].at + c] = inside ? static_cast<C>(x_[rows[r] + x]) : C{};
            }
        for (std::size_t c = width_; c < columns; ++c) to[c] = C{};
    }

    const conv2d_sizes& s_;
    const T* x_;
    std::ptrdiff_t size_;
    std::size_t width_, count_ = 0;
    run runs_[columns];
    unsigned char outside_count_[most_wide] = {}, outside_[most_wide][columns];
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
            const auto y = row + static_cast<std::ptrdiff_t>(i * s_.down.dilation);
            const auto x = column + static_cast<std::ptrdiff_t>(j * s_.across.dilation);
            const bool inside = y >= 0 && y < static_cast<std::ptrdiff_t>(s_.height) && x >= 0 &&
                                x < static_cast<std::ptrdiff_t>(s_.width);
            std::size_t pixels = 1;  // that are neighbours in memory
            if (inside && s_.groups == 1 && s_.across.dilation == 1)
                pixels = smaller_of(wide - j, s_.width - static_cast<std::size_t>(x));
            const std::size_t n = smaller_of(pixels * s_.in - c, depth - done);
            if (inside) {
                const std::size_t at =
                    ((image * s_.height + static_cast<std::size_t>(y)) * s_.width +
                     static_cast<std::size_t>(x)) *
                        s_.channels +
                    group_ * s_.in + c;
                detail::copy_at_least(x_ + at, n, size_ - at, to + done);
            } else {
                detail::clear_at_least(n, to + done);
            }
            done += n;
            if ((j += pixels) == wide) j = 0, ++i;
        }
    }

    const conv2d_sizes& s_;
    const T* x_;
    std::size_t group_, size_;
};

}  // namespace weft
