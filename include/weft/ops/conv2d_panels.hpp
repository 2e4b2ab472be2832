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

// Calls f(image, pixel, at, length) for the pieces in one image of output pixels [first, first +
// n), which are counted through the images.
template <class F>
void for_each_image(const conv2d_sizes& s, std::size_t first, std::size_t n, const F& f) {
    for (std::size_t at = 0, length; at < n; at += length) {
        const std::size_t pixel = (first + at) % s.pixels();
        length = smaller_of(n - at, s.pixels() - pixel);
        f((first + at) / s.pixels(), pixel, at, length);
    }
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
        : s_(s), x_(x), width_(width), size_(s.image.size()) {
        const auto add = [&](std::size_t image, std::size_t pixel, std::size_t at, std::size_t n) {
            const std::size_t channel = image * s.image.channels + group * s.in;
            for (const std::size_t end = at + n; at < end; pixel += n, at += n) {
                const std::size_t x_place = pixel % s.out.width;
                n = smaller_of(end - at, s.out.width - x_place);
                runs_[count_++] = {channel * s.image.height * s.image.width,
                                   s.row_of(pixel / s.out.width), s.column_of(x_place), at, n};
            }
        };
        detail::for_each_image(s, first, width, add);
        if (!is_simple()) return;
        for (std::size_t j = 0; j < s.across.size; ++j)
            for_each_pixel(j, [&](std::size_t, std::size_t at, std::size_t column) {
                if (column >= s.image.width)
                    outside_[j][outside_count_[j]++] = static_cast<unsigned char>(at);
            });
    }

    // Depths [first, first + depth), each a row of `columns`, and as much slack after the last.
    void pack(std::size_t first, std::size_t depth, C* to) const {
        const std::size_t high = s_.down.size, wide = s_.across.size;
        std::size_t channel = first / (high * wide), i = first / wide % high, j = first % wide;
        std::size_t rows[columns];
        for (const C* const end = to + depth * columns; to < end; j = 0) {
            const bool simple = find_rows(channel, i, rows);
            for (; j < wide && to < end; ++j, to += columns) {
                if (!simple)
                    for_each_pixel(j, [&](std::size_t r, std::size_t at, std::size_t column) {
                        const bool inside = rows[r] != no_row && column < s_.image.width;
                        to[at] = inside ? static_cast<C>(x_[rows[r] + column]) : C{};
                    });
                else if (s_.across.stride == 1)
                    pack_registers<1>(rows, j, to);
                else
                    pack_registers<2>(rows, j, to);
                for (std::size_t c = width_; c < columns; ++c) to[c] = C{};
            }
            if (++i == high) i = 0, ++channel;
        }
    }

private:
    // Pixels in a row of an image: where the image begins, where their windows begin in it.
    struct run {
        std::size_t image, row, column, at, length;
    };
    static constexpr std::size_t no_row = dyn, most_wide = 12;
    static constexpr std::size_t lanes = tile_size<C>::lanes;

    // Whether whole registers can be copied where the image's memory allows it.
    bool is_simple() const {
        return lanes > 1 && std::is_same_v<C, T> && s_.across.stride <= 2 &&
               s_.across.size <= most_wide;
    }
    // Calls f(run, pixel, column of the image) for column j of the window.
    template <class F>
    void for_each_pixel(std::size_t j, const F& f) const {
        for (std::size_t r = 0; r < count_; ++r)
            for (std::size_t c = 0; c < runs_[r].length; ++c)
                f(r, runs_[r].at + c,
                  runs_[r].column + j * s_.across.dilation + c * s_.across.stride);
    }
    // Where the runs' rows of the image begin, for a channel and a row of the window; whether what
    // whole registers read is in memory.
    bool find_rows(std::size_t channel, std::size_t i, std::size_t* rows) const {
        const std::size_t plane = s_.image.height * s_.image.width;
        const std::size_t reach = s_.across.reach() + s_.across.stride * columns;
        bool readable = is_simple();
        for (std::size_t r = 0; r < count_; ++r) {
            const std::size_t row = runs_[r].row + i * s_.down.dilation;
            rows[r] = no_row;
            if (row >= s_.image.height) continue;
            rows[r] = runs_[r].image + channel * plane + row * s_.image.width;
            const std::size_t first = rows[r] + runs_[r].column;
            readable = readable && first < size_ && first + reach <= size_;
        }
        return readable;
    }
    template <std::size_t Stride>
    [[gnu::always_inline]] void pack_registers(const std::size_t* rows, std::size_t j,
                                               C* to) const {
        constexpr std::make_index_sequence<lanes> each;
        for (std::size_t r = 0; r < count_; ++r) {
            const run& pixels = runs_[r];
            const std::size_t from = rows[r] + pixels.column + j * s_.across.dilation;
            for (std::size_t c = 0; c < pixels.length; c += lanes)
                if (rows[r] != no_row)
                    detail::copy_register<Stride>(x_ + from + Stride * c, to + pixels.at + c, each);
                else
                    store_lanes<C, static_cast<int>(lanes)>(to + pixels.at + c, C{});
        }
        for (std::size_t c = 0; c < outside_count_[j]; ++c) to[outside_[j][c]] = C{};
    }

    const conv2d_sizes& s_;
    const T* x_;
    std::size_t width_, size_, count_ = 0;
    run runs_[columns];
    // Pixels whose element is to the left or to the right of the image, for columns of the window.
    unsigned char outside_count_[most_wide] = {}, outside_[most_wide][columns];
};

// Copies depths [first, first + depth) of what output pixels read, one after the other and a tile's
// columns of slack, of images whose channels come last: rows of a product.
template <class T>
void pack_pixel_rows(const conv2d_sizes& s, const T* x, std::size_t group, std::size_t pixel,
                     std::size_t pixels, std::size_t first, std::size_t depth, compute_t<T>* to) {
    using C = compute_t<T>;
    constexpr std::size_t lanes = tile_size<C>::lanes;
    const std::size_t wide = s.across.size;
    for (const std::size_t end = pixel + (depth > 0 ? pixels : 0); pixel < end; ++pixel) {
        const std::size_t place = pixel % s.pixels();
        const std::size_t row = s.row_of(place / s.out.width);
        const std::size_t column = s.column_of(place % s.out.width);
        std::size_t i = first / s.in / wide, j = first / s.in % wide, c = first % s.in;
        for (std::size_t left = depth, n; left > 0; left -= n, to += n, c = 0) {
            const std::size_t y = row + i * s.down.dilation, z = column + j * s.across.dilation;
            const bool inside = y < s.image.height && z < s.image.width;
            std::size_t neighbours = 1;  // in memory, among elements of the window
            if (inside && s.groups == 1 && s.across.dilation == 1)
                neighbours = smaller_of(wide - j, s.image.width - z);
            n = smaller_of(neighbours * s.in - c, left);
            const std::size_t at =
                ((pixel / s.pixels() * s.image.height + y) * s.image.width + z) * s.image.channels +
                group * s.in + c;
            std::size_t k = 0;
            if (!inside)
                for (; k < n; ++k) to[k] = C{};
            if constexpr (lanes > 1 && std::is_same_v<C, T>)
                for (; k < n && at + k + lanes <= s.image.size(); k += lanes)
                    detail::copy_register<1>(x + at + k, to + k, std::make_index_sequence<lanes>{});
            for (; k < n; ++k) to[k] = static_cast<C>(x[at + k]);
            if ((j += neighbours) == wide) j = 0, ++i;
        }
    }
}

}  // namespace weft
