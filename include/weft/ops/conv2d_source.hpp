// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Convolutions as products of matrices, compiled once per element type. The matrix of what each
// output pixel reads is never in memory: a task makes a panel of it where a tile's loop is about to
// read it. Pixels are counted through all images, so that small images share a panel. Sums are
// formed in the order of the depths, in blocks of patch_depth: neither threads
// nor the cut change a bit.
#pragma once

#include <weft/ops/conv2d.hpp>
#include <weft/ops/conv2d_panels.hpp>
#include <weft/ops/matmul.hpp>
#include <weft/ops/window_loop.hpp>

namespace weft {

namespace detail {

// So many tasks are wanted, for threads to share; a task has so many pixels at most.
inline constexpr std::size_t wanted_tasks = 16;
inline constexpr std::size_t most_pixels = 256;
// With channels last: pixels whose elements are packed at a time, and so many that filters are
// packed for them.
inline constexpr std::size_t packed_pixels = 64;
inline constexpr std::size_t pixels_worth_packing = 1024;
// Filters of so many bytes stay in the second cache.
inline constexpr std::size_t cached_filters = std::size_t{512} << 10;

// Filters of single channels, for window_loop.
template <class T>
struct depthwise_filters {
    using element = T;
    static constexpr compute_t<T> padding{};
    const T* w;
    const conv2d_sizes& s;

    template <int N, class V>
    [[gnu::always_inline]] void add(V& sum, const V& x, std::size_t k, std::size_t c) const {
        if constexpr (N > 1) {
            accumulate_product(sum, load_lanes<T, N>(w + k * s.out.channels + c), x);
        } else {
            const std::size_t at = s.channels_last ? k * s.out.channels + c : c * s.taps() + k;
            accumulate_product(sum, V(static_cast<compute_t<T>>(w[at])), x);
        }
    }
    template <class V>
    [[gnu::always_inline]] V finish(const V& sum, const V&) const {
        return sum;
    }
};

// Filters times pixels, or with channels last pixels times filters.
template <class T>
class convolution {
    using C = compute_t<T>;
    using tile = tile_size<C>;
    static constexpr std::size_t two_tiles = pixel_columns<T>::columns;

public:
    convolution(context_base& ctx, const conv2d_sizes& s, const T* x, const T* w, T* out,
                const write_back& finish)
        : ctx_(ctx), s_(s), x_(x), out_(out), finish_(finish) {
        if constexpr (std::is_same_v<T, C>) {
            w_ = w;
            sums_ = out;
        } else {
            const std::size_t size = s.out.channels * s.depth();
            C* const converted = static_cast<C*>(ctx.scratch(size * sizeof(C)));
            ctx.parallel_for(size, 0.5, [&](std::size_t i, std::size_t last) {
                copy_elements(w + i, last - i, converted + i);
            });
            w_ = converted;
            sums_ = static_cast<C*>(ctx.scratch(s.out.size() * sizeof(C)));
        }
    }

    // Tasks are some filters of a group at some pixels.
    void run() {
        const bool last = s_.channels_last;
        const std::size_t pixels = s_.all_pixels();
        if (last && (s_.filters % tile::columns != 0 || pixels >= pixels_worth_packing))
            pack_filters();
        std::size_t wide = packed_pixels, high = s_.filters;
        if (!last)
            wide = two_tiles * within(1, pieces_of(pixels, two_tiles) * s_.groups / wanted_tasks,
                                      most_pixels / two_tiles);
        const std::size_t across = pieces_of(pixels, wide), tasks = across * s_.groups;
        // Every task packs its pixels: filters are shared out only where that costs little.
        if (tasks < wanted_tasks / 4)
            high = pieces_of(pieces_of(high, pieces_of(wanted_tasks, tasks)), 128) * 128;
        const double task_ns = 0.025 * static_cast<double>(wide * smaller_of(high, s_.filters)) *
                               static_cast<double>(s_.depth() * sizeof(C) / 4 + 1);
        ctx_.parallel_for(
            tasks * pieces_of(s_.filters, high), task_ns, [&](std::size_t i, std::size_t end) {
                for (; i < end && !ctx_.stop_requested(); ++i) {
                    const std::size_t filter = i / tasks * high, first = i % across * wide;
                    const part work{i % tasks / across, filter,
                                    smaller_of(high, s_.filters - filter), first,
                                    smaller_of(wide, pixels - first)};
                    last ? pixels_by_filters(work) : filters_by_pixels(work);
                }
            });
    }

private:
    struct part {
        std::size_t group, filter, filters, pixel, pixels;
    };
    static std::size_t within(std::size_t least, std::size_t n, std::size_t most) {
        return n < least ? least : smaller_of(n, most);
    }

    void filters_by_pixels(const part& work) const {
        alignas(64) C packed[(patch_depth + 1) * two_tiles];
        const std::size_t filter = work.group * s_.filters + work.filter;
        const std::size_t high = pieces_of(work.filters, pieces_of(work.filters, tile::rows));
        for (std::size_t at = 0; at < work.pixels; at += two_tiles) {
            const std::size_t width = smaller_of(two_tiles, work.pixels - at);
            const pixel_columns<T> panel(s_, x_, work.group, work.pixel + at, width);
            tile_product<C> t{};
            t.a_row = s_.depth(), t.a_depth = 1;
            t.b_row = two_tiles;
            t.out_row = s_.pixels();
            for_each_depth(t, [&](std::size_t k) {
                panel.pack(k, t.depth, packed);
                for (std::size_t r = 0; r < work.filters; r += high) {
                    const std::size_t rows = smaller_of(high, work.filters - r);
                    t.a = w_ + (filter + r) * s_.depth() + k;
                    if (r + high < work.filters)
                        prefetch(t.a + high * t.a_row, smaller_of(high, work.filters - r - high),
                                 t.depth, t.a_row);
                    for (std::size_t c = 0; c < width; c += tile::columns) {
                        t.b = packed + c;
                        multiply_pixels(t, filter + r, rows, work.pixel + at + c,
                                        smaller_of(tile::columns, width - c));
                    }
                }
            });
        }
        for_each_image(s_, work.pixel, work.pixels,
                       [&](std::size_t image, std::size_t pixel, std::size_t, std::size_t n) {
                           complete(offset_of(image, filter, pixel), work.filters, n, s_.pixels());
                       });
    }
    std::size_t offset_of(std::size_t image, std::size_t filter, std::size_t pixel) const {
        return (image * s_.out.channels + filter) * s_.pixels() + pixel;
    }
    // A tile whose pixels may be in several images.
    void multiply_pixels(tile_product<C>& t, std::size_t filter, std::size_t rows,
                         std::size_t first, std::size_t width) const {
        const std::size_t pixel = first % s_.pixels();
        if (pixel + width <= s_.pixels()) {
            t.out = sums_ + offset_of(first / s_.pixels(), filter, pixel);
            return multiply(t, rows, width);
        }
        C square[tile::rows * tile::columns];
        tile_product<C> apart = t;
        apart.out = square, apart.out_row = tile::columns, apart.mode = tile_mode::set;
        multiply(apart, rows, width);
        for_each_image(s_, first, width,
                       [&](std::size_t image, std::size_t to, std::size_t at, std::size_t n) {
                           add_square(square + at, t.mode, rows, n,
                                      sums_ + offset_of(image, filter, to), t.out_row);
                       });
    }

    void pixels_by_filters(const part& work) const {
        alignas(64) C rows[packed_pixels * patch_depth + tile::columns];
        const std::size_t high = pieces_of(work.pixels, pieces_of(work.pixels, tile::rows));
        const std::size_t out = work.pixel * s_.out.channels + work.group * s_.filters;
        tile_product<C> t{};
        t.a_depth = 1;
        t.b_row = packed_ != nullptr ? tile::columns : s_.out.channels;
        t.out_row = s_.out.channels;
        const std::size_t end = work.filter + work.filters;
        for_each_depth(t, [&](std::size_t k) {
            t.a_row = t.depth;
            pack_pixel_rows(s_, x_, work.group, work.pixel, work.pixels, k, t.depth, rows);
            for (std::size_t c = work.filter; c < end; c += tile::columns) {
                t.b = filters_at(work.group, k, c);
                if (c + tile::columns < end)
                    prefetch(filters_at(work.group, k, c + tile::columns), t.depth, tile::columns,
                             t.b_row);
                else if (k + patch_depth < s_.depth())
                    prefetch(filters_at(work.group, k + patch_depth, work.filter),
                             smaller_of(patch_depth, s_.depth() - k - patch_depth), tile::columns,
                             t.b_row);
                for (std::size_t r = 0; r < work.pixels; r += high) {
                    t.a = rows + r * t.a_row;
                    t.out = sums_ + out + r * t.out_row + c;
                    multiply(t, smaller_of(high, work.pixels - r),
                             smaller_of(tile::columns, end - c));
                }
            }
        });
        complete(out + work.filter, work.pixels, work.filters, s_.out.channels);
    }
    const C* filters_at(std::size_t group, std::size_t k, std::size_t c) const {
        if (packed_ == nullptr) return w_ + k * s_.out.channels + group * s_.filters + c;
        const std::size_t panel = group * pieces_of(s_.filters, tile::columns) + c / tile::columns;
        return packed_ + (panel * s_.depth() + k) * tile::columns;
    }
    void pack_filters() {
        const std::size_t panels = pieces_of(s_.filters, tile::columns);
        const std::size_t panel = s_.depth() * tile::columns;
        packed_ = static_cast<C*>(ctx_.scratch(s_.groups * panels * panel * sizeof(C)));
        ctx_.parallel_for(s_.groups * panels, 0.1 * static_cast<double>(panel),
                          [&](std::size_t i, std::size_t last) {
                              for (; i < last; ++i) {
                                  const std::size_t c = i % panels * tile::columns;
                                  pack_panel<C, C>(
                                      {w_ + i / panels * s_.filters + c, s_.out.channels, 1},
                                      s_.depth(), smaller_of(tile::columns, s_.filters - c),
                                      packed_ + i * panel);
                              }
                          });
    }

    // f(k) for each block of depths from k on, once also where there are none.
    template <class F>
    void for_each_depth(tile_product<C>& t, const F& f) const {
        std::size_t k = 0;
        do {
            t.depth = smaller_of(patch_depth, s_.depth() - k);
            t.mode = k > 0 ? tile_mode::add : tile_mode::set;
            f(k);
        } while ((k += patch_depth) < s_.depth());
    }
    // Brings a piece of the filters near, unless all of them are.
    void prefetch(const C* from, std::size_t rows, std::size_t columns, std::size_t step) const {
        if (s_.out.channels * s_.depth() * sizeof(C) < cached_filters) return;
        for (; rows > 0; --rows, from += step)
            for (std::size_t c = 0; c < columns; c += 64 / sizeof(C))
                __builtin_prefetch(from + c, 0, 2);
    }
    // A tile of which `width` columns are wanted; all of b's are there.
    static void multiply(const tile_product<C>& whole, std::size_t rows, std::size_t width) {
        const std::size_t wide = width <= tile::lanes ? tile::lanes : tile::columns;
        if (width == wide) return tile_function_of<C>(rows, wide)(whole);
        alignas(64) C square[tile::rows * tile::columns];
        tile_product<C> t = whole;
        t.out = square, t.out_row = tile::columns, t.mode = tile_mode::set;
        tile_function_of<C>(rows, wide)(t);
        add_square(square, whole.mode, rows, width, whole.out, whole.out_row);
    }
    static void add_square(const C* square, tile_mode mode, std::size_t rows, std::size_t width,
                           C* out, std::size_t out_row) {
        for (; rows > 0; --rows, square += tile::columns, out += out_row)
            for (std::size_t c = 0; c < width; ++c)
                out[c] = mode == tile_mode::set ? square[c] : out[c] + square[c];
    }
    // `rows` pieces of `length` sums, `step` apart, are complete.
    void complete(std::size_t first, std::size_t rows, std::size_t length, std::size_t step) const {
        if constexpr (!std::is_same_v<T, C>)
            for (std::size_t r = 0; r < rows; ++r)
                for (std::size_t i = first + r * step; i < first + r * step + length; ++i)
                    out_[i] = static_cast<T>(sums_[i]);
        finish_(first, rows, length, step);
    }

    context_base& ctx_;
    const conv2d_sizes& s_;
    const T* x_;
    T* out_;
    const write_back& finish_;
    const C* w_;
    C *sums_, *packed_ = nullptr;
};

// The convolution by what is in this file.
template <class T>
void convolve_in_panels(context_base& ctx, const conv2d_sizes& s, const T* x, const T* w, T* out,
                        const write_back& finish) {
    if (s.out.size() == 0) return;
    if (s.is_product())
        multiply<T>(ctx, {{s.all_pixels(), s.in}, false, {s.in, s.filters}, false}, x, w, out,
                    finish);
    else if (s.is_depthwise())
        window_loop(s, depthwise_filters<T>{w, s}, x, out, s.filters).run(ctx, finish);
    else
        convolution<T>(ctx, s, x, w, out, finish).run();
}

}  // namespace detail

template <class T>
void convolve(context_base& ctx, const conv2d_sizes& s, const T* x, const T* w, T* out,
              const write_back& finish) {
    detail::convolve_in_panels<T>(ctx, s, x, w, out, finish);
}

}  // namespace weft
