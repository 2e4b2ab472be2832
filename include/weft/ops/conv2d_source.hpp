// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Convolutions as products of matrices, compiled once per element type. The matrix of what each
// output pixel reads is never in memory: a task makes a panel of it where a tile's loop is about to
// read it. Pixels are counted through all images, so that small images share a panel. Sums are
// formed in the order of the depths, in blocks of depth_block, as those of matmul: neither threads
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
inline constexpr std::size_t near_bytes = std::size_t{512} << 10;

// What convolutions of both layouts share: operands in the computing type, sums, tasks.
template <class T>
class convolution {
public:
    using C = compute_t<T>;
    using tile = tile_size<C>;

    convolution(context_base& ctx, const conv2d_sizes& s, const T* x, const T* w, T* out,
                const write_back& finish)
        : ctx_(ctx), s_(s), x_(x), out_(out), finish_(finish) {
        height_ = pieces_of(s.out, pieces_of(s.out, tile::rows));
        if constexpr (std::is_same_v<T, C>) {
            w_ = w;
            sums_ = out;
        } else {
            const std::size_t filters = s.all_out() * s.depth();
            C* const converted = static_cast<C*>(ctx.scratch(filters * sizeof(C)));
            ctx.parallel_for(filters, 0.5, [&](std::size_t i, std::size_t last) {
                copy_elements(w + i, last - i, converted + i);
            });
            w_ = converted;
            sums_ = static_cast<C*>(ctx.scratch(s.all_pixels() * s.all_out() * sizeof(C)));
        }
    }

protected:
    // Nanoseconds of so many sums.
    double cost(std::size_t sums) const {
        return 0.025 * static_cast<double>(sums) *
               static_cast<double>(s_.depth() * sizeof(C) / 4 + 1);
    }
    // Brings a piece of the filters near, unless all of them are.
    void prefetch(const C* from, std::size_t rows, std::size_t columns, std::size_t step) const {
        if (s_.all_out() * s_.depth() * sizeof(C) < near_bytes) return;
        for (; rows > 0; --rows, from += step)
            for (std::size_t c = 0; c < columns; c += 64 / sizeof(C))
                __builtin_prefetch(from + c, 0, 2);
    }
    // `rows` pieces of `length` sums, `step` apart, are complete.
    void complete(std::size_t first, std::size_t rows, std::size_t length, std::size_t step) const {
        if constexpr (!std::is_same_v<T, C>)
            for (std::size_t r = 0; r < rows; ++r)
                for (std::size_t i = 0; i < length; ++i)
                    out_[first + r * step + i] = static_cast<T>(sums_[first + r * step + i]);
        finish_(first, rows, length, step);
    }

    context_base& ctx_;
    const conv2d_sizes& s_;
    const T* x_;
    const C* w_;
    T* out_;
    C* sums_;
    const write_back& finish_;
    std::size_t height_;  // of tiles of filters
};

// Filters of single channels, for window_loop.
template <class T>
struct depthwise_filters {
    using element = T;
    using C = compute_t<T>;
    static constexpr C padding{};
    const T* w;
    const conv2d_sizes& s;

    template <class V>
    [[gnu::always_inline]] void add(V& sum, const V& x, std::size_t k, std::size_t filter) const {
        accumulate_product(sum, V(static_cast<C>(w[filter * s.taps() + k])), x);
    }
    template <int N, class V>
    [[gnu::always_inline]] void add_last(V& sum, const V& x, std::size_t k, std::size_t c) const {
        accumulate_product(sum, load_lanes<T, N>(w + k * s.channels + c), x);
    }
    template <class V>
    [[gnu::always_inline]] V finish(const V& sum, const V&) const {
        return sum;
    }
};

// Channels first: filters times pixels.
template <class T>
class channels_first_convolution : convolution<T> {
    using base = convolution<T>;
    using base::s_, base::w_, base::sums_, base::height_;
    using typename base::C;
    using typename base::tile;

public:
    using base::base;

    void run() {
        const std::size_t pixels = s_.all_pixels(), panels = pieces_of(pixels, columns);
        std::size_t per_task = panels * s_.groups / wanted_tasks;
        per_task = smaller_of(most_pixels / columns, per_task < 1 ? 1 : per_task);
        const std::size_t across = pieces_of(panels, per_task), tasks = across * s_.groups;
        // Every task packs its panels: filters are shared out only where that costs little.
        std::size_t rows = s_.out;
        if (tasks < wanted_tasks / 4)
            rows = pieces_of(pieces_of(rows, pieces_of(wanted_tasks, tasks)), 16 * height_) * 16 *
                   height_;
        const std::size_t down = pieces_of(s_.out, rows);
        const double task_ns = base::cost(per_task * columns * smaller_of(rows, s_.out));
        this->ctx_.parallel_for(tasks * down, task_ns, [&](std::size_t i, std::size_t last) {
            for (; i < last && !this->ctx_.stop_requested(); ++i) {
                const std::size_t row = i / tasks * rows;
                const std::size_t first = i % across * per_task * columns;
                convolve_pixels(i % tasks / across, row, smaller_of(rows, s_.out - row), first,
                                smaller_of(per_task * columns, pixels - first));
            }
        });
    }

private:
    static constexpr std::size_t columns = pixel_columns<T>::columns;

    std::size_t offset_of(std::size_t image, std::size_t filter, std::size_t pixel) const {
        return (image * s_.all_out() + filter) * s_.pixels() + pixel;
    }
    // Filters [row, row + rows) of a group at n pixels.
    void convolve_pixels(std::size_t group, std::size_t row, std::size_t rows, std::size_t first,
                         std::size_t n) const {
        const std::size_t filter = group * s_.out + row;
        for (std::size_t at = 0; at < n; at += columns)
            multiply_panel(group, filter, rows, first + at, smaller_of(columns, n - at));
        for_each_image(s_, first, n, [&](const pixel_piece& p) {
            base::complete(offset_of(p.image, filter, p.first), rows, p.length, s_.pixels());
        });
    }
    void multiply_panel(std::size_t group, std::size_t filter, std::size_t rows, std::size_t first,
                        std::size_t width) const {
        alignas(64) C packed[(patch_depth + 1) * columns];
        const pixel_columns<T> panel(s_, this->x_, group, first, width);
        tile_product<C> t{};
        t.a_row = s_.depth(), t.a_depth = 1;
        t.b_row = columns;
        t.out_row = s_.pixels();
        std::size_t k = 0;
        do {
            t.depth = smaller_of(patch_depth, s_.depth() - k);
            t.mode = k > 0 ? tile_mode::add : tile_mode::set;
            panel.pack(k, t.depth, packed);
            for (std::size_t r = 0; r < rows; r += height_) {
                t.a = w_ + (filter + r) * s_.depth() + k;
                if (r + height_ < rows)
                    base::prefetch(t.a + height_ * t.a_row, smaller_of(height_, rows - r - height_),
                                   t.depth, t.a_row);
                for (std::size_t c = 0; c < width; c += tile::columns) {
                    t.b = packed + c;
                    multiply(t, filter + r, smaller_of(height_, rows - r), first + c,
                             smaller_of(tile::columns, width - c));
                }
            }
        } while ((k += patch_depth) < s_.depth());
    }
    // A tile, whose pixels may be less than its columns, or in several images.
    void multiply(const tile_product<C>& whole, std::size_t filter, std::size_t rows,
                  std::size_t first, std::size_t width) const {
        const std::size_t pixel = first % s_.pixels(),
                          wide = width <= tile::lanes ? tile::lanes : tile::columns;
        const tile_function<C> function = tile_function_of<C>(rows, wide);
        tile_product<C> t = whole;
        if (width == wide && pixel + width <= s_.pixels()) {
            t.out = sums_ + offset_of(first / s_.pixels(), filter, pixel);
            return function(t);
        }
        alignas(64) C square[tile::rows * tile::columns];
        t.out = square, t.out_row = tile::columns, t.mode = tile_mode::set;
        function(t);
        for_each_image(s_, first, width, [&](const pixel_piece& p) {
            for (std::size_t r = 0; r < rows; ++r) {
                C* const to = sums_ + offset_of(p.image, filter + r, p.first);
                const C* const from = square + r * tile::columns + p.at;
                for (std::size_t c = 0; c < p.length; ++c)
                    to[c] = whole.mode == tile_mode::set ? from[c] : to[c] + from[c];
            }
        });
    }
};

// Channels last: pixels times filters.
template <class T>
class channels_last_convolution : convolution<T> {
    using base = convolution<T>;
    using base::s_, base::w_, base::sums_;
    using typename base::C;
    using typename base::tile;

public:
    using base::base;

    void run() {
        const std::size_t pixels = s_.all_pixels(), panels = pieces_of(s_.out, tile::columns);
        packs_ = s_.out % tile::columns != 0 || pixels >= pixels_worth_packing;
        if (packs_) pack_filters(panels);
        const std::size_t down = pieces_of(pixels, block), tasks = down * s_.groups;
        const std::size_t share = tasks < wanted_tasks / 2 ? pieces_of(wanted_tasks, tasks) : 1;
        const std::size_t width = pieces_of(pieces_of(panels, share), 4) * 4 * tile::columns;
        const std::size_t across = pieces_of(s_.out, width);
        this->ctx_.parallel_for(
            tasks * across, base::cost(block * width), [&](std::size_t i, std::size_t last) {
                for (; i < last && !this->ctx_.stop_requested(); ++i) {
                    const std::size_t first = i % down * block, column = i / tasks * width;
                    convolve_pixels(i % tasks / down, first, smaller_of(block, pixels - first),
                                    column, smaller_of(width, s_.out - column));
                }
            });
    }

private:
    static constexpr std::size_t block = packed_pixels / tile::rows * tile::rows;

    void pack_filters(std::size_t panels) {
        const std::size_t panel = s_.depth() * tile::columns;
        C* const to = static_cast<C*>(this->ctx_.scratch(s_.groups * panels * panel * sizeof(C)));
        this->ctx_.parallel_for(s_.groups * panels, 0.1 * static_cast<double>(panel),
                                [&](std::size_t i, std::size_t last) {
                                    for (; i < last; ++i) {
                                        const std::size_t column = i % panels * tile::columns;
                                        pack_panel<C, C>(
                                            {w_ + i / panels * s_.out + column, s_.all_out(), 1},
                                            s_.depth(), smaller_of(tile::columns, s_.out - column),
                                            to + i * panel);
                                    }
                                });
        packed_ = to;
    }
    // `columns` filters of a group from `column` on, at n pixels.
    void convolve_pixels(std::size_t group, std::size_t first, std::size_t n, std::size_t column,
                         std::size_t columns) const {
        alignas(64) C rows[block * patch_depth + tile::columns];
        const pixel_rows<T> pixels(s_, this->x_, group);
        C* const sums = sums_ + first * s_.all_out() + group * s_.out;
        const std::size_t high = pieces_of(n, pieces_of(n, tile::rows));
        tile_product<C> t{};
        t.a_depth = 1;
        t.b_row = packs_ ? tile::columns : s_.all_out();
        t.out_row = s_.all_out();
        std::size_t k = 0;
        do {
            t.depth = t.a_row = smaller_of(patch_depth, s_.depth() - k);
            t.mode = k > 0 ? tile_mode::add : tile_mode::set;
            pixels.pack(first, n, k, t.depth, rows);
            for (std::size_t c = column; c < column + columns; c += tile::columns) {
                t.b = filters_at(group, k, c);
                if (c + tile::columns < column + columns)
                    base::prefetch(filters_at(group, k, c + tile::columns), t.depth, tile::columns,
                                   t.b_row);
                else if (k + patch_depth < s_.depth())
                    base::prefetch(filters_at(group, k + patch_depth, column),
                                   smaller_of(patch_depth, s_.depth() - k - patch_depth),
                                   tile::columns, t.b_row);
                for (std::size_t r = 0; r < n; r += high) {
                    t.a = rows + r * t.a_row;
                    t.out = sums + r * s_.all_out() + c;
                    multiply(t, smaller_of(high, n - r),
                             smaller_of(tile::columns, column + columns - c));
                }
            }
        } while ((k += patch_depth) < s_.depth());
        base::complete(first * s_.all_out() + group * s_.out + column, n, columns, s_.all_out());
    }
    const C* filters_at(std::size_t group, std::size_t k, std::size_t column) const {
        if (!packs_) return w_ + k * s_.all_out() + group * s_.out + column;
        const std::size_t panel = group * pieces_of(s_.out, tile::columns) + column / tile::columns;
        return packed_ + (panel * s_.depth() + k) * tile::columns;
    }
    static void multiply(const tile_product<C>& whole, std::size_t rows, std::size_t width) {
        if (width == tile::columns || width == tile::lanes)
            return tile_function_of<C>(rows, width)(whole);
        alignas(64) C square[tile::rows * tile::columns];
        tile_product<C> t = whole;
        t.out = square, t.out_row = tile::columns, t.mode = tile_mode::set;
        tile_function_of<C>(rows, width <= tile::lanes ? tile::lanes : tile::columns)(t);
        for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t c = 0; c < width; ++c) {
                C& sum = whole.out[r * whole.out_row + c];
                const C one = square[r * tile::columns + c];
                sum = whole.mode == tile_mode::set ? one : sum + one;
            }
    }

    bool packs_ = false;
    const C* packed_ = nullptr;
};

// The convolution by what is in this file.
template <class T>
void convolve_in_panels(context_base& ctx, const conv2d_sizes& s, const T* x, const T* w, T* out,
                        const write_back& finish) {
    if (s.all_pixels() * s.all_out() == 0) return;
    if (s.is_product()) {
        multiply<T>(ctx, {{s.all_pixels(), s.in}, false, {s.in, s.out}, false}, x, w, out, finish);
    } else if (s.is_depthwise()) {
        window_loop(s, depthwise_filters<T>{w, s}, x, out, s.out).run(ctx, finish);
    } else if (s.channels_last) {
        channels_last_convolution<T>(ctx, s, x, w, out, finish).run();
    } else {
        channels_first_convolution<T>(ctx, s, x, w, out, finish).run();
    }
}

}  // namespace detail

template <class T>
void convolve(context_base& ctx, const conv2d_sizes& s, const T* x, const T* w, T* out,
              const write_back& finish) {
    detail::convolve_in_panels<T>(ctx, s, x, w, out, finish);
}

}  // namespace weft
