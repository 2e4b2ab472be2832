// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// layer_norm. Rows of up to 8192 elements are kept in registers and read once; a longer one is read
// three times by its block: for its mean, for the variance around that, and for the result.
#include "row_values.hpp"

#include <weft/cuda/layer_norm.hpp>

namespace weft::cuda {

namespace {

// x in two parts: together they are as exact as a double.
template <class C>
struct centre {
    C high, low;
    WEFT_DEVICE explicit centre(double mean)
        : high(static_cast<C>(mean)),
          low(static_cast<C>(mean - static_cast<double>(static_cast<C>(mean)))) {}
};

template <class C, int N>
WEFT_DEVICE double sum_of(const C* x) {
    return static_cast<double>(combine_pairwise<by_addition, N>(x));
}

// 1 / the standard deviation, of the sum of squares around mean.high.
template <class T, class C>
WEFT_DEVICE C factor_of(const normalized_rows<T>& work, double squares, const centre<C>& mean) {
    const double low = static_cast<double>(mean.low);
    const double spread = squares / static_cast<double>(work.n) - low * low;
    return static_cast<C>(1 / weft::sqrt((spread < 0 ? 0 : spread) + work.epsilon));
}

// Writes N results from element `at` of a row on.
template <int N, class T, class C>
WEFT_DEVICE void finish_vector(const normalized_rows<T>& work, T* row, std::size_t at, bool aligned,
                               const C* x, const centre<C>& mean, C factor) {
    const auto scale = load_vector<N>(work.scale + at, aligned);
    const auto shift = load_vector<N>(work.shift + at, aligned);
    vector_of<T, N> y;
    for (int i = 0; i < N; ++i) {
        const C normal = (x[i] - mean.high) * factor - mean.low * factor;
        y.at[i] = stored<T>(normal * computed(scale.at[i]) + computed(shift.at[i]));
    }
    store_vector<N>(row + at, y, aligned);
}

template <class T, int E, int N>
__global__ void __launch_bounds__(row_threads)
    normalize_kept(const __grid_constant__ normalized_rows<T> work,
                   const __grid_constant__ row_division d) {
    using C = device_compute_t<T>;
    constexpr int group = short_share;
    __shared__ double shared[row_warps];
    for (std::size_t first = blockIdx.x * d.together(); first < d.rows;
         first += gridDim.x * d.together()) {
        const std::size_t row = first + threadIdx.x / d.width;
        const bool active = row < d.rows;
        const T* const x = work.in + row * d.n;
        C kept[E];
        for (int k = 0; k < E; k += N) {
            const std::size_t at = d.place<N>(k);
            read_numbers<N>(x, at, active && at < d.n, d.aligned, C{}, kept + k);
        }
        double sum = 0, squares = 0;
        for (int k = 0; k < E; k += group) sum += sum_of<C, group>(kept + k);
        sum = combine_in_row<by_addition>(sum, d.width, shared);
        const centre<C> mean(sum / static_cast<double>(d.n));
        for (int k = 0; k < E; k += group) {
            C parts[group];
            for (int i = 0; i < group; ++i) {
                const C off = kept[k + i] - mean.high;
                const bool inside = d.place<N>((k + i) / N * N) < d.n;
                parts[i] = inside ? off * off : C{};
            }
            squares += sum_of<C, group>(parts);
        }
        squares = combine_in_row<by_addition>(squares, d.width, shared);
        const C factor = factor_of(work, squares, mean);
        for (int k = 0; k < E; k += N) {
            const std::size_t at = d.place<N>(k);
            if (active && at < d.n)
                finish_vector<N>(work, work.out + row * d.n, at, d.aligned, kept + k, mean, factor);
        }
    }
}

// One block for each row.
template <class T, int N>
__global__ void __launch_bounds__(row_threads)
    normalize_long(const __grid_constant__ normalized_rows<T> work,
                   const __grid_constant__ row_division d) {
    using C = device_compute_t<T>;
    constexpr std::size_t step = row_threads * N;
    __shared__ double shared[row_warps];
    const std::size_t start = threadIdx.x * N;
    for (std::size_t row = blockIdx.x; row < d.rows; row += gridDim.x) {
        const T* const x = work.in + row * d.n;
        C v[N];
        double sum = 0, squares = 0;
        for (std::size_t at = start; at < d.n; at += step) {
            read_numbers<N>(x, at, true, d.aligned, C{}, v);
            sum += sum_of<C, N>(v);
        }
        sum = combine_in_row<by_addition>(sum, row_threads, shared);
        const centre<C> mean(sum / static_cast<double>(d.n));
        for (std::size_t at = start; at < d.n; at += step) {
            read_numbers<N>(x, at, true, d.aligned, C{}, v);
            for (int i = 0; i < N; ++i) v[i] = (v[i] - mean.high) * (v[i] - mean.high);
            squares += sum_of<C, N>(v);
        }
        squares = combine_in_row<by_addition>(squares, row_threads, shared);
        const C factor = factor_of(work, squares, mean);
        for (std::size_t at = start; at < d.n; at += step) {
            read_numbers<N>(x, at, true, d.aligned, C{}, v);
            finish_vector<N>(work, work.out + row * d.n, at, d.aligned, v, mean, factor);
        }
    }
}

template <int N, class T>
void launch_rows(context<gpu>& ctx, const normalized_rows<T>& work, row_division d) {
    d.aligned = is_aligned<N>(work.in) && is_aligned<N>(work.out) && is_aligned<N>(work.scale) &&
                is_aligned<N>(work.shift);
    const unsigned blocks = d.blocks(ctx);
    if (d.is_short())
        launch(ctx, normalize_kept<T, short_share, N>, blocks, row_threads, work, d);
    else if (d.is_kept())
        launch(ctx, normalize_kept<T, long_share, N>, blocks, row_threads, work, d);
    else
        launch(ctx, normalize_long<T, N>, blocks, row_threads, work, d);
}

}  // namespace

template <class T>
void normalize_rows(context<gpu>& ctx, const normalized_rows<T>& work) {
    constexpr int N = vector_lanes<T>;
    const row_division d(work.rows, work.n);
    if (work.n % N == 0)
        launch_rows<N>(ctx, work, d);
    else
        launch_rows<1>(ctx, work, d);
}

template void normalize_rows<float>(context<gpu>&, const normalized_rows<float>&);
template void normalize_rows<double>(context<gpu>&, const normalized_rows<double>&);
template void normalize_rows<half>(context<gpu>&, const normalized_rows<half>&);
template void normalize_rows<bfloat16>(context<gpu>&, const normalized_rows<bfloat16>&);

}  // namespace weft::cuda
