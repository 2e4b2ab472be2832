// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Convolutions as products without the matrix of all windows: pieces of it are gathered from the
// image into shared memory, with zeros for the padding, while the filters are a matrix as they are.
// With channels first the result's rows are filters, with channels last pixels, so that rows of a
// tile are consecutive in memory in both. Where each channel has filters of its own there is no
// product to speak of: a thread goes through the window of an element.
#include "image_places.hpp"
#include "tiles.hpp"

#include <weft/cuda/conv2d.hpp>
#include <weft/cuda/matmul.hpp>

namespace weft::cuda {

namespace {

using conv_form = tile_form<1, 16>;

template <class T>
struct conv_task {
    image_places places;
    const T* x;
    const T* w;
    T* out;
    std::size_t groups, in, filters;  // channels and filters of a group
    std::size_t depth, pixels, all_pixels;
    quotient taps, of_in, of_width, of_pixels;
    finisher<T> finish;

    conv_task(const conv2d_sizes& s, const T* images, const T* weights, T* result,
              const epilogue& e)
        : places(s),
          x(images),
          w(weights),
          out(result),
          groups(s.groups),
          in(s.in),
          filters(s.filters),
          depth(s.depth()),
          pixels(s.pixels()),
          all_pixels(s.all_pixels()),
          taps(s.taps(), depth + conv_form::depth),
          of_in(s.in == 0 ? 1 : s.in, depth + conv_form::depth),
          of_width(s.across.size, depth + conv_form::depth),
          of_pixels(s.pixels(), all_pixels + conv_form::rows),
          finish(e) {}
    // Where the weights of a filter of all are, or the one of a channel and a tap.
    WEFT_DEVICE std::size_t weight(std::size_t filter, std::size_t tap) const {
        return places.channels_last ? tap * groups * filters + filter : filter * depth + tap;
    }
};

// Windows as an operand: pixels are along the tile. The depth is that of the filters in memory: the
// channel comes first with channels first, last with channels last.
template <class T, bool ChannelsLast>
class window_pieces {
    using C = sum_t<T>;
    using Form = conv_form;
    static constexpr int each = Form::rows * Form::depth / tile_threads;
    static constexpr int kept = ChannelsLast ? each : 1;  // pixels of a thread

public:
    WEFT_DEVICE window_pieces(const conv_task<T>& p, std::size_t group, std::size_t first)
        : p_(p), channel_(group * p.in) {
        for (int i = 0; i < kept; ++i) {
            const std::size_t pixel = first + static_cast<std::size_t>(width_of(i));
            at_[i] = p.places.pixel(pixel < p.all_pixels ? pixel : 0);
            is_there_[i] = pixel < p.all_pixels;
        }
    }
    WEFT_DEVICE void fetch(std::size_t k) {
        if constexpr (ChannelsLast) {
            const part part_of_k = find(k + static_cast<std::size_t>(depth_of(0)));
            for (int i = 0; i < each; ++i) held_[i] = read(at_[i], is_there_[i], part_of_k);
        } else {
            for (int i = 0; i < each; ++i)
                held_[i] = read(at_[0], is_there_[0],
                                find(k + static_cast<std::size_t>(depth_of(i))));
        }
    }
    WEFT_DEVICE void store(tile_piece<C, Form>& piece) const {
        for (int i = 0; i < each; ++i)
            piece.at[depth_of(i)][width_of(i)] = static_cast<C>(held_[i]);
    }

private:
    struct part {
        std::size_t channel;
        long long down, across;
        bool is_inside;
    };
    WEFT_DEVICE static int thread() { return static_cast<int>(threadIdx.x); }
    // Neighbouring threads read neighbours: pixels, or channels.
    WEFT_DEVICE static int depth_of(int i) {
        return ChannelsLast ? thread() % Form::depth
                            : thread() / Form::rows + i * (tile_threads / Form::rows);
    }
    WEFT_DEVICE static int width_of(int i) {
        return ChannelsLast ? thread() / Form::depth + i * (tile_threads / Form::depth)
                            : thread() % Form::rows;
    }
    WEFT_DEVICE part find(std::size_t k) const {
        part found{0, 0, 0, k < p_.depth};
        if (ChannelsLast)
            found.channel = image_places::take(k, p_.of_in);
        else {
            std::size_t tap = image_places::take(k, p_.taps);
            found.channel = k;
            k = tap;
        }
        found.across = static_cast<long long>(image_places::take(k, p_.of_width));
        found.down = static_cast<long long>(k);
        return found;
    }
    WEFT_DEVICE T read(const image_place& at, bool is_there, const part& k) const {
        const image_places& s = p_.places;
        const long long y = at.y + k.down * s.down_dilation;
        const long long x = at.x + k.across * s.across_dilation;
        if (!is_there || !k.is_inside || y < 0 || y >= s.height || x < 0 || x >= s.width)
            return T{};
        return p_.x[s.plane(at.image, channel_ + k.channel) + s.offset(y, x)];
    }

    const conv_task<T>& p_;
    std::size_t channel_;
    image_place at_[kept];
    bool is_there_[kept];
    T held_[each];
};

template <class T, bool ChannelsLast>
WEFT_DEVICE void store_pixels(const conv_task<T>& p, std::size_t group, std::size_t row,
                              std::size_t column, const tile_sums<sum_t<T>, conv_form>& sums) {
    WEFT_UNROLL
    for (int i = 0; i < sums.size; ++i)
        WEFT_UNROLL
        for (int j = 0; j < sums.size; ++j) {
            const std::size_t r = row + static_cast<std::size_t>(sums.row(i));
            const std::size_t c = column + static_cast<std::size_t>(sums.column(j));
            const std::size_t filter = ChannelsLast ? c : r;
            std::size_t pixel = ChannelsLast ? r : c;
            if (filter >= p.filters || pixel >= p.all_pixels) continue;
            const std::size_t all = p.groups * p.filters, of_all = group * p.filters + filter;
            std::size_t at = pixel * all + of_all;
            if (!ChannelsLast) {
                const std::size_t within = image_places::take(pixel, p.of_pixels);
                at = (pixel * all + of_all) * p.pixels + within;
            }
            p.out[at] = p.finish(sums.at[i][j], of_all);
        }
}

template <class T, bool ChannelsLast>
__global__ void __launch_bounds__(tile_threads)
    convolve_tiles(const __grid_constant__ conv_task<T> p) {
    using C = sum_t<T>;
    using Form = conv_form;
    __shared__ tile_piece<C, Form> filter_piece;
    __shared__ tile_piece<C, Form> window_piece;
    const std::size_t down = (p.filters + Form::rows - 1) / Form::rows;
    const std::size_t each = (p.all_pixels + Form::rows - 1) / Form::rows * down;
    for (std::size_t tile = blockIdx.x; tile < each * p.groups; tile += gridDim.x) {
        const std::size_t group = tile / each;
        const std::size_t filter = tile % each % down * Form::rows;
        const std::size_t pixel = tile % each / down * Form::rows;
        const std::size_t all = p.groups * p.filters;
        matrix_pieces<T, Form> filters(p.w + p.weight(group * p.filters + filter, 0),
                                       ChannelsLast ? 1 : p.depth, ChannelsLast ? all : 1,
                                       p.filters - filter, p.depth);
        window_pieces<T, ChannelsLast> windows(p, group, pixel);
        tile_sums<C, Form> sums;
        if constexpr (ChannelsLast) {
            sums.compute(windows, filters, p.depth, window_piece, filter_piece);
            store_pixels<T, true>(p, group, pixel, filter, sums);
        } else {
            sums.compute(filters, windows, p.depth, filter_piece, window_piece);
            store_pixels<T, false>(p, group, filter, pixel, sums);
        }
    }
}

// One channel to a filter.
template <class T>
__global__ void __launch_bounds__(256)
    convolve_channels(const __grid_constant__ conv_task<T> p) {
    using C = sum_t<T>;
    const image_places& s = p.places;
    const std::size_t threads = std::size_t{gridDim.x} * blockDim.x;
    std::size_t i = std::size_t{blockIdx.x} * blockDim.x + threadIdx.x;
    for (; i < s.size; i += threads) {
        const image_place at = s.place(i);
        const T* const from = p.x + s.plane(at.image, at.channel / p.filters);
        C sum{};
        std::size_t tap = 0;
        for (int r = 0; r < s.window_height; ++r) {
            const long long y = at.y + static_cast<long long>(r) * s.down_dilation;
            for (int c = 0; c < s.window_width; ++c, ++tap) {
                const long long x = at.x + static_cast<long long>(c) * s.across_dilation;
                if (y < 0 || y >= s.height || x < 0 || x >= s.width) continue;
                sum = sum + static_cast<C>(from[s.offset(y, x)]) *
                                static_cast<C>(p.w[p.weight(at.channel, tap)]);
            }
        }
        p.out[i] = p.finish(sum, at.channel);
    }
}

// A window of one element that meets each pixel: with channels last pixels times filters, else
// filters times the pixels of each image, whose bias is one of rows and stays with the tiles.
template <class T>
bool multiply_pixels(context<gpu>& ctx, const conv2d_sizes& s, const T* x, const T* w, T* out,
                     const epilogue& finish) {
    const bool meets_all = s.groups == 1 && s.taps() == 1 && s.down.stride == 1 &&
                           s.across.stride == 1 && s.image.height == s.out.height &&
                           s.image.width == s.out.width;
    if (!meets_all || (!s.channels_last && finish.has_bias())) return false;
    if (s.channels_last)
        multiply(ctx, {dims{s.all_pixels(), s.in}, false, dims{s.in, s.filters}, false}, x, w, out,
                 finish);
    else
        multiply(ctx,
                 {dims{s.filters, s.in}, false, dims{s.out.batch, s.in, s.pixels()}, false}, w, x,
                 out, finish);
    return true;
}

}  // namespace

template <class T>
void convolve(context<gpu>& ctx, const conv2d_sizes& s, const T* x, const T* w, T* out,
              const epilogue& finish) {
    if (s.out.size() == 0 || multiply_pixels(ctx, s, x, w, out, finish)) return;
    const conv_task<T> p(s, x, w, out, finish);
    if (s.groups > 1 && s.in == 1)
        return launch(ctx, convolve_channels<T>, blocks_for(ctx, p.places.size, 256), 256, p);
    constexpr std::size_t edge = conv_form::rows;
    const unsigned blocks = blocks_for(
        ctx, (p.filters + edge - 1) / edge * ((p.all_pixels + edge - 1) / edge) * p.groups, 1);
    if (s.channels_last)
        launch(ctx, convolve_tiles<T, true>, blocks, tile_threads, p);
    else
        launch(ctx, convolve_tiles<T, false>, blocks, tile_threads, p);
}

template <class T>
using convolve_function = void(context<gpu>&, const conv2d_sizes&, const T*, const T*, T*,
                               const epilogue&);
template convolve_function<float> convolve<float>;
template convolve_function<double> convolve<double>;
template convolve_function<half> convolve<half>;
template convolve_function<bfloat16> convolve<bfloat16>;

}  // namespace weft::cuda
