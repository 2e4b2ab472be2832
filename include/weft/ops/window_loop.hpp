// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Windows over single channels: depthwise convolutions and pooling, which are no products. With
// channels first a task copies a strip of a channel, with its padding and the columns of each phase
// of the stride side by side, so that neighbours in the result read neighbours; with channels last
// neighbouring channels are in one register as they are. What is done with elements is the Op's:
// `padding`, also what it begins with; add(sum, x, k, filter) and add_last<N>(sum, x, k, channel)
// of element k of the window, and finish(sum, elements of the image that were in the window).
#pragma once

#include <weft/kernel/context.hpp>
#include <weft/kernel/write_back.hpp>
#include <weft/ops/conv2d_panels.hpp>

namespace weft {

namespace detail {

inline constexpr std::size_t strip_bytes = std::size_t{32} << 10;
inline constexpr std::size_t strip_rows = 16;      // of the result
inline constexpr std::size_t strip_columns = 256;  // of the result

// The elements [first, last) of a window that are in an axis of n elements, for its place `at`.
struct window_part {
    std::size_t first, last;

    window_part(const window_axis& axis, std::ptrdiff_t at, std::size_t n) {
        const auto step = static_cast<std::ptrdiff_t>(axis.dilation);
        const std::ptrdiff_t end = static_cast<std::ptrdiff_t>(n) + step - 1 - at;
        first = at >= 0 ? 0 : static_cast<std::size_t>((step - 1 - at) / step);
        last = end <= 0 ? 0 : smaller_of(axis.size, static_cast<std::size_t>(end / step));
        if (last < first) last = first;
    }
    std::size_t size() const { return last - first; }
};

}  // namespace detail

// Each channel has `filters` results. Strips are of C, results and operands of T.
template <class Op>
class window_loop {
    using T = typename Op::element;
    using C = compute_t<T>;
    static constexpr int lanes = matmul_lanes<C>();
    static constexpr std::size_t step = static_cast<std::size_t>(lanes);
    static constexpr std::size_t capacity = detail::strip_bytes / sizeof(C);
    using V = lane_value_t<C, lanes>;

public:
    window_loop(const window_sizes& s, const Op& op, const T* x, T* out, std::size_t filters)
        : s_(s), op_(op), x_(x), out_(out), filters_(filters) {
        columns_ = smaller_of(s.out_width, detail::strip_columns);
        span_ = pieces_of(columns_, 2 * step) * 2 * step + (s.across.reach() - 1) / s.across.stride;
        row_step_ = span_ * smaller_of(s.across.stride, s.across.reach());
        rows_ = smaller_of(detail::strip_rows, s.out_height);
        while (rows_ > 0 && ((rows_ - 1) * s.down.stride + s.down.reach()) * row_step_ > capacity)
            --rows_;
    }

    void run(context_base& ctx, const write_back& finish) const {
        const bool in_strips = !s_.channels_last && rows_ > 0;
        const std::size_t rows = in_strips ? rows_ : 1, strips = pieces_of(s_.out_height, rows);
        const std::size_t planes = s_.channels * filters_;
        const std::size_t row = s_.out_width * (s_.channels_last ? planes : 1);
        ctx.parallel_for(s_.batch * (s_.channels_last ? 1 : planes) * strips,
                         0.05 * static_cast<double>((s_.taps() + 4) * rows * row),
                         [&](std::size_t i, std::size_t last) {
                             for (; i < last && !ctx.stop_requested(); ++i) {
                                 const std::size_t plane = i / strips, y = i % strips * rows;
                                 const std::size_t high = smaller_of(rows, s_.out_height - y);
                                 if (in_strips)
                                     run_strips(plane, y, high);
                                 else
                                     for (std::size_t c = 0; c < s_.out_width; ++c)
                                         run_pixel(plane, y, c);
                                 const std::size_t first = (plane * s_.out_height + y) * row;
                                 finish(first, first + high * row);
                             }
                         });
    }

private:
    std::ptrdiff_t row_of(std::size_t y) const {
        return static_cast<std::ptrdiff_t>(y * s_.down.stride) - s_.top;
    }
    std::ptrdiff_t column_of(std::size_t x) const {
        return static_cast<std::ptrdiff_t>(x * s_.across.stride) - s_.left;
    }
    // Rows of a plane: filters counted through the images.
    void run_strips(std::size_t plane, std::size_t y, std::size_t rows) const {
        alignas(64) C strip[capacity];
        C counts[detail::strip_columns + 2 * step];
        for (std::size_t c = 0; c < s_.out_width; c += columns_) {
            const std::size_t columns = smaller_of(columns_, s_.out_width - c);
            fill(plane / filters_, y, rows, c, strip);
            for (std::size_t i = 0; i < pieces_of(columns, 2 * step) * 2 * step; ++i)
                counts[i] = static_cast<C>(
                    detail::window_part(s_.across, column_of(c + i), s_.width).size());
            for (std::size_t r = 0; r < rows; ++r)
                run_row(plane, y + r, c, columns, strip + r * s_.down.stride * row_step_, counts);
        }
    }
    // What rows of the result from column c on read.
    void fill(std::size_t channel, std::size_t y, std::size_t rows, std::size_t c, C* strip) const {
        const T* const from = x_ + channel * s_.height * s_.width;
        const std::size_t high = (rows - 1) * s_.down.stride + s_.down.reach();
        std::ptrdiff_t row = row_of(y);
        for (std::size_t i = 0; i < high; ++i, ++row)
            for (std::size_t f = 0; f < row_step_; f += span_, strip += span_) {
                const bool inside = row >= 0 && row < static_cast<std::ptrdiff_t>(s_.height);
                fill_row(from + (inside ? row : 0) * static_cast<std::ptrdiff_t>(s_.width),
                         column_of(c) + static_cast<std::ptrdiff_t>(f / span_), inside, strip);
            }
    }
    // Every stride-th element of a row from a column on, which may be outside.
    void fill_row(const T* row, std::ptrdiff_t column, bool inside, C* to) const {
        const window_axis steps{span_, 1, s_.across.stride, 0, 0, false};
        const detail::window_part part(steps, column, inside ? s_.width : 0);
        const std::size_t first = smaller_of(part.first, span_), n = part.size();
        std::size_t i = 0;
        for (; i < first; ++i) to[i] = Op::padding;
        if (n > 0) {
            const std::ptrdiff_t at =
                column + static_cast<std::ptrdiff_t>(first * s_.across.stride);
            if (s_.across.stride == 1) {
                copy_elements(row + at, n, to + i);
            } else {
                std::size_t k = 0;
                if (s_.across.stride == 2)
                    for (; k + step <= n && at + 2 * (k + step) <= s_.width; k += step)
                        detail::copy_register<2>(row + at + 2 * k, to + i + k,
                                                 std::make_index_sequence<step>{});
                for (; k < n; ++k) to[i + k] = static_cast<C>(row[at + k * s_.across.stride]);
            }
        }
        for (i += n; i < span_; ++i) to[i] = Op::padding;
    }
    void run_row(std::size_t plane, std::size_t y, std::size_t c, std::size_t columns,
                 const C* strip, const C* counts) const {
        const std::size_t filter = plane % (s_.channels * filters_);
        T* const out = out_ + (plane * s_.out_height + y) * s_.out_width + c;
        const V high(static_cast<C>(detail::window_part(s_.down, row_of(y), s_.height).size()));
        C results[2 * step];
        for (std::size_t at = 0; at < columns; at += 2 * step) {
            V a(Op::padding), b(Op::padding);
            for (std::size_t i = 0, k = 0; i < s_.down.size; ++i) {
                const C* const row = strip + i * s_.down.dilation * row_step_ + at;
                for (std::size_t j = 0, x = 0; j < s_.across.size; ++j, ++k) {
                    const C* const from = row + x % s_.across.stride * span_ + x / s_.across.stride;
                    op_.add(a, load_lanes<C, lanes>(from), k, filter);
                    op_.add(b, load_lanes<C, lanes>(from + step), k, filter);
                    x += s_.across.dilation;
                }
            }
            a = op_.finish(a, high * load_lanes<C, lanes>(counts + at));
            b = op_.finish(b, high * load_lanes<C, lanes>(counts + at + step));
            store_lanes<C, lanes>(results, a);
            store_lanes<C, lanes>(results + step, b);
            const std::size_t n = smaller_of(2 * step, columns - at);
            for (std::size_t l = 0; l < n; ++l) out[at + l] = static_cast<T>(results[l]);
        }
    }

    // One pixel of all channels where they come last, else of one plane, whatever the window.
    void run_pixel(std::size_t plane, std::size_t y, std::size_t x) const {
        const detail::window_part down(s_.down, row_of(y), s_.height);
        const detail::window_part across(s_.across, column_of(x), s_.width);
        const std::size_t n = s_.channels_last ? s_.channels : 1;
        T* const out = out_ + ((plane * s_.out_height + y) * s_.out_width + x) * n;
        std::size_t c = 0;
        if constexpr (lanes > 1)
            for (; c + 4 * step <= n; c += 4 * step)
                run_channels<lanes, 4>(plane, y, x, down, across, c, out);
        if constexpr (lanes > 1)
            for (; c + step <= n; c += step)
                run_channels<lanes, 1>(plane, y, x, down, across, c, out);
        for (; c < n; ++c) run_channels<1, 1>(plane, y, x, down, across, c, out);
    }
    template <int N, std::size_t Packs>
    void run_channels(std::size_t plane, std::size_t y, std::size_t x,
                      const detail::window_part& down, const detail::window_part& across,
                      std::size_t c, T* out) const {
        using W = lane_value_t<C, N>;
        constexpr std::make_index_sequence<Packs> packs;
        const std::size_t n = s_.channels_last ? s_.channels : 1, next = s_.across.dilation * n;
        const std::size_t filter = plane % (s_.channels * filters_);
        const auto top = static_cast<std::size_t>(
            row_of(y) + static_cast<std::ptrdiff_t>(down.first * s_.down.dilation));
        const auto left = static_cast<std::size_t>(
            column_of(x) + static_cast<std::ptrdiff_t>(across.first * s_.across.dilation));
        const T* row = x_ + ((plane / filters_ * s_.height + top) * s_.width + left) * n + c;
        W sums[Packs];
        detail::unrolled(
            packs, [&](std::size_t p) __attribute__((always_inline)) { sums[p] = W(Op::padding); });
        for (std::size_t i = down.first; i < down.last;
             ++i, row += s_.down.dilation * s_.width * n) {
            const T* from = row;
            std::size_t k = i * s_.across.size + across.first;
            for (std::size_t j = across.size(); j > 0; --j, ++k, from += next)
                detail::unrolled(
                    packs, [&](std::size_t p) __attribute__((always_inline)) {
                        const std::size_t at = p * static_cast<std::size_t>(N);
                        const W element = load_lanes<T, N>(from + at);
                        if (n > 1)
                            op_.template add_last<N>(sums[p], element, k, c + at);
                        else
                            op_.add(sums[p], element, k, filter);
                    });
        }
        const W inside(static_cast<C>(down.size() * across.size()));
        for (std::size_t p = 0; p < Packs; ++p)
            store_lanes<T, N>(out + c + p * static_cast<std::size_t>(N),
                              op_.finish(sums[p], inside));
    }

    const window_sizes& s_;
    Op op_;
    const T* x_;
    T* out_;
    std::size_t filters_, columns_, span_, row_step_, rows_;
};

}  // namespace weft
