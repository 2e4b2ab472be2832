// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Windows over single channels: depthwise convolutions and pooling, which are no products. With
// channels first a task copies a strip of a channel, with its padding and the columns of each phase
// of the stride side by side, so that neighbours in the result read neighbours; with channels last
// neighbouring channels are in one register as they are. What is done with elements is the Op's:
// `padding`, also what it begins with; add<N>(sum, x, k, channel) of element k of the window, N
// channels or one filter; and finish(sum, elements of the image that were in the window).
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

    window_part(const window_axis& axis, std::size_t at, std::size_t n) {
        const bool before = at > dyn / 2;  // wrapped around
        first = before ? pieces_of(0 - at, axis.dilation) : 0;
        last = before || at < n ? pieces_of(n - at, axis.dilation) : 0;
        first = smaller_of(first, axis.size), last = smaller_of(last, axis.size);
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
    using part = detail::window_part;
    static constexpr int lanes = matmul_lanes<C>();
    static constexpr std::size_t step = static_cast<std::size_t>(lanes);
    static constexpr std::size_t capacity = detail::strip_bytes / sizeof(C);
    using V = lane_value_t<C, lanes>;

public:
    window_loop(const window_sizes& s, const Op& op, const T* x, T* out, std::size_t filters)
        : s_(s), op_(op), x_(x), out_(out), filters_(filters) {
        columns_ = smaller_of(s.out.width, detail::strip_columns);
        span_ = pieces_of(columns_, 2 * step) * 2 * step + (s.across.reach() - 1) / s.across.stride;
        row_step_ = span_ * smaller_of(s.across.stride, s.across.reach());
        rows_ = s.channels_last ? 0 : smaller_of(detail::strip_rows, s.out.height);
        while (rows_ > 0 && ((rows_ - 1) * s.down.stride + s.down.reach()) * row_step_ > capacity)
            --rows_;
    }

    void run(context_base& ctx, const write_back& finish) const {
        const std::size_t rows = rows_ > 0 ? rows_ : 1, strips = pieces_of(s_.out.height, rows);
        const std::size_t row = s_.out.width * (s_.channels_last ? s_.out.channels : 1);
        const std::size_t planes = s_.out.batch * (s_.channels_last ? 1 : s_.out.channels);
        const double task_ns = 0.05 * static_cast<double>((s_.taps() + 4) * rows * row);
        ctx.parallel_for(planes * strips, task_ns, [&](std::size_t i, std::size_t last) {
            for (; i < last && !ctx.stop_requested(); ++i) {
                const std::size_t plane = i / strips, y = i % strips * rows;
                const std::size_t high = smaller_of(rows, s_.out.height - y);
                if (rows_ > 0)
                    run_strips(plane, y, high);
                else
                    run_pixels(plane, y);
                const std::size_t first = (plane * s_.out.height + y) * row;
                finish(first, first + high * row);
            }
        });
    }

private:
    // Rows of a plane: filters counted through the images.
    void run_strips(std::size_t plane, std::size_t y, std::size_t rows) const {
        alignas(64) C strip[capacity];
        C counts[detail::strip_columns + 2 * step];
        for (std::size_t c = 0; c < s_.out.width; c += columns_) {
            const std::size_t columns = smaller_of(columns_, s_.out.width - c);
            fill(plane / filters_, y, rows, c, strip);
            for (std::size_t i = 0; i < pieces_of(columns, 2 * step) * 2 * step; ++i)
                counts[i] =
                    static_cast<C>(part(s_.across, s_.column_of(c + i), s_.image.width).size());
            for (std::size_t r = 0; r < rows; ++r)
                run_row(plane, y + r, c, columns, strip + r * s_.down.stride * row_step_, counts);
        }
    }
    // What rows of the result from column c on read.
    void fill(std::size_t channel, std::size_t y, std::size_t rows, std::size_t c, C* strip) const {
        const std::size_t width = s_.image.width, stride = s_.across.stride;
        const T* const from = x_ + channel * s_.image.height * width;
        const window_axis steps{span_, 1, stride, 0, 0, false};
        std::size_t row = s_.row_of(y);
        const std::size_t end = row + (rows - 1) * s_.down.stride + s_.down.reach();
        for (; row != end; ++row)
            for (std::size_t f = 0; f < row_step_; f += span_, strip += span_) {
                const std::size_t column = s_.column_of(c) + f / span_;
                const part inside(steps, column, row < s_.image.height ? width : 0);
                std::size_t i = 0, at = row * width + column + inside.first * stride;
                for (; i < inside.first; ++i) strip[i] = Op::padding;
                if (stride == 1 && inside.size() > 0)
                    copy_elements(from + at, inside.size(), strip + i), i = inside.last;
                if (stride == 2)
                    for (; i + step <= inside.last && at + 2 * step <= (row + 1) * width;
                         i += step, at += 2 * step)
                        detail::copy_register<2>(from + at, strip + i,
                                                 std::make_index_sequence<step>{});
                for (; i < inside.last; ++i, at += stride) strip[i] = static_cast<C>(from[at]);
                for (; i < span_; ++i) strip[i] = Op::padding;
            }
    }
    void run_row(std::size_t plane, std::size_t y, std::size_t c, std::size_t columns,
                 const C* strip, const C* counts) const {
        T* const out = out_ + (plane * s_.out.height + y) * s_.out.width + c;
        const std::size_t filter = plane % s_.out.channels;
        const V high(static_cast<C>(part(s_.down, s_.row_of(y), s_.image.height).size()));
        C results[2 * step];
        for (std::size_t at = 0; at < columns; at += 2 * step) {
            V a(Op::padding), b(Op::padding);
            for (std::size_t i = 0, k = 0; i < s_.down.size; ++i) {
                const C* const row = strip + i * s_.down.dilation * row_step_ + at;
                for (std::size_t j = 0, x = 0; j < s_.across.size; ++j, ++k) {
                    const C* const from = row + x % s_.across.stride * span_ + x / s_.across.stride;
                    op_.template add<1>(a, load_lanes<C, lanes>(from), k, filter);
                    op_.template add<1>(b, load_lanes<C, lanes>(from + step), k, filter);
                    x += s_.across.dilation;
                }
            }
            a = op_.finish(a, static_cast<V>(high * load_lanes<C, lanes>(counts + at)));
            b = op_.finish(b, static_cast<V>(high * load_lanes<C, lanes>(counts + at + step)));
            store_lanes<C, lanes>(results, a);
            store_lanes<C, lanes>(results + step, b);
            const std::size_t n = smaller_of(2 * step, columns - at);
            for (std::size_t l = 0; l < n; ++l) out[at + l] = static_cast<T>(results[l]);
        }
    }

    // A row of pixels of all channels where they come last, else of one plane, whatever the window.
    // Pixels whose windows are inside of the image share what is read for each channel.
    void run_pixels(std::size_t plane, std::size_t y) const {
        constexpr std::size_t together = 8;
        const part down(s_.down, s_.row_of(y), s_.image.height);
        const auto across = [&](std::size_t x) {
            return part(s_.across, s_.column_of(x), s_.image.width);
        };
        for (std::size_t x = 0; x < s_.out.width;) {
            const part here = across(x);
            const std::size_t last = x + together - 1;
            if (here.size() == s_.across.size && last < s_.out.width &&
                across(last).size() == s_.across.size) {
                run_channels<together>({plane, y, x, down, here});
                x += together;
            } else {
                run_channels<1>({plane, y, x++, down, here});
            }
        }
    }
    struct pixel {
        std::size_t plane, y, x;
        part down, across;
    };
    // The last register of channels begins where it still fits.
    template <std::size_t Pixels>
    void run_channels(const pixel& at) const {
        const std::size_t n = s_.channels_last ? s_.image.channels : 1;
        if (lanes == 1 || n < step) {
            for (std::size_t c = 0; c < n; ++c) run_tile<1, Pixels>(at, c, n);
            return;
        }
        for (std::size_t c = 0; c + step <= n; c += step) run_tile<lanes, Pixels>(at, c, n);
        if (n % step != 0) run_tile<lanes, Pixels>(at, n - step, n);
    }
    // N channels of neighbouring pixels.
    template <int N, std::size_t Pixels>
    void run_tile(const pixel& at, std::size_t c, std::size_t n) const {
        using W = lane_value_t<C, N>;
        constexpr std::make_index_sequence<Pixels> pixels;
        const std::size_t filter = s_.channels_last ? c : at.plane % s_.out.channels;
        const std::size_t top = s_.row_of(at.y) + at.down.first * s_.down.dilation;
        const std::size_t left = s_.column_of(at.x) + at.across.first * s_.across.dilation;
        const std::size_t image = at.plane / filters_ * s_.image.height + top;
        const T* row = x_ + c + (image * s_.image.width + left) * n;
        const std::size_t next = s_.across.stride * n;  // pixel
        W sums[Pixels];  // indexed by constants only, or g++ keeps them in memory
        const W first(Op::padding);
        detail::unrolled(
            pixels, [&](std::size_t p) __attribute__((always_inline)) { sums[p] = first; });
        for (std::size_t i = at.down.first; i < at.down.last; ++i) {
            const T* from = row;
            std::size_t k = i * s_.across.size + at.across.first;
            for (std::size_t j = at.across.size(); j > 0; --j, ++k, from += s_.across.dilation * n)
                detail::unrolled(
                    pixels, [&](std::size_t p) __attribute__((always_inline)) {
                        op_.template add<N>(sums[p], load_lanes<T, N>(from + p * next), k, filter);
                    });
            row += s_.down.dilation * s_.image.width * n;
        }
        T* const out = out_ + ((at.plane * s_.out.height + at.y) * s_.out.width + at.x) * n + c;
        const W inside(static_cast<C>(at.down.size() * at.across.size()));
        detail::unrolled(
            pixels, [&](std::size_t p) __attribute__((always_inline)) {
                store_lanes<T, N>(out + p * n, op_.finish(sums[p], inside));
            });
    }

    const window_sizes& s_;
    Op op_;
    const T* x_;
    T* out_;
    std::size_t filters_, columns_, span_, row_step_, rows_;
};

}  // namespace weft
