// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Pooling: a thread for each element of the result, in the order of memory, so that neighbours read
// neighbours in both layouts; a window's elements are read from the caches by those that share
// them.
#include "image_places.hpp"

#include <weft/cuda/launch.hpp>
#include <weft/cuda/pool2d.hpp>
#include <weft/ops/limits.hpp>

namespace weft::cuda {

namespace {

template <class T>
struct pool_task {
    image_places places;
    const T* x;
    T* out;
    compute_t<T> first;  // what a window's result begins with
    bool takes_mean, counts_padding;
};

template <class T>
__global__ void __launch_bounds__(256, 4) pool(const __grid_constant__ pool_task<T> p) {
    using C = compute_t<T>;
    const image_places& s = p.places;
    const std::size_t threads = std::size_t{gridDim.x} * blockDim.x;
    std::size_t i = std::size_t{blockIdx.x} * blockDim.x + threadIdx.x;
    for (; i < s.size; i += threads) {
        const image_place at = s.place(i);
        const T* const from = p.x + s.plane(at.image, at.channel);
        C result = p.first;
        std::size_t count = 0;
        for (int r = 0; r < s.window_height; ++r) {
            const long long y = at.y + static_cast<long long>(r) * s.down_dilation;
            if (y < 0 || y >= s.height) continue;
            for (int c = 0; c < s.window_width; ++c) {
                const long long x = at.x + static_cast<long long>(c) * s.across_dilation;
                if (x < 0 || x >= s.width) continue;
                const C element = static_cast<C>(from[s.offset(y, x)]);
                if (p.takes_mean)
                    result = static_cast<C>(result + element);
                else
                    result = element > result || element != element ? element : result;
                ++count;
            }
        }
        if (p.counts_padding)
            count = static_cast<std::size_t>(s.window_height) *
                    static_cast<std::size_t>(s.window_width);
        if (p.takes_mean) result = static_cast<C>(result / static_cast<C>(count));
        p.out[i] = static_cast<T>(result);
    }
}

template <class T>
void pool_with(context<gpu>& ctx, const pool_task<T>& p) {
    launch(ctx, pool<T>, blocks_for(ctx, p.places.size, 256), 256, p);
}

}  // namespace

template <class T>
void pool_maxima(context<gpu>& ctx, const window_sizes& s, const T* x, T* out) {
    pool_with<T>(ctx, {image_places(s), x, out, lowest_value<compute_t<T>>(), false, false});
}
template <class T>
void pool_means(context<gpu>& ctx, const window_sizes& s, bool count_padding, const T* x, T* out) {
    pool_with<T>(ctx, {image_places(s), x, out, {}, true, count_padding});
}

template <class T>
using maxima_function = void(context<gpu>&, const window_sizes&, const T*, T*);
template <class T>
using means_function = void(context<gpu>&, const window_sizes&, bool, const T*, T*);
template maxima_function<float> pool_maxima<float>;
template maxima_function<double> pool_maxima<double>;
template maxima_function<half> pool_maxima<half>;
template maxima_function<bfloat16> pool_maxima<bfloat16>;
template maxima_function<std::int8_t> pool_maxima<std::int8_t>;
template maxima_function<std::int16_t> pool_maxima<std::int16_t>;
template maxima_function<std::int32_t> pool_maxima<std::int32_t>;
template maxima_function<std::int64_t> pool_maxima<std::int64_t>;
template maxima_function<std::uint8_t> pool_maxima<std::uint8_t>;
template maxima_function<std::uint16_t> pool_maxima<std::uint16_t>;
template maxima_function<std::uint32_t> pool_maxima<std::uint32_t>;
template maxima_function<std::uint64_t> pool_maxima<std::uint64_t>;
template means_function<float> pool_means<float>;
template means_function<double> pool_means<double>;
template means_function<half> pool_means<half>;
template means_function<bfloat16> pool_means<bfloat16>;

}  // namespace weft::cuda
