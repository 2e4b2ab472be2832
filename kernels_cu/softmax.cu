// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The softmax family. Rows of up to 8192 neighbours are kept in registers; longer ones are read
// twice by a block, once for the largest element and the sum at the same time: the sum so far is
// scaled, in double, when a larger element comes (M. Milakov and N. Gimelshein, "Online normalizer
// calculation for softmax", 2018). So are rows along other axes, by threads side by side.
#include "row_values.hpp"

#include <weft/cuda/report_fault.hpp>
#include <weft/cuda/softmax.hpp>

namespace weft::cuda {

namespace {

// The largest element and the sum of exp(x - largest).
template <class C>
struct row_state {
    static constexpr C lowest = lowest_value<C>(), infinite = highest_value<C>();
    C largest = lowest;
    double sum = 0;

    WEFT_DEVICE void scale_to(C other) {
        if (largest == other) return;
        sum *= weft::exp(static_cast<double>(largest) - static_cast<double>(other));
        largest = other;
    }
    template <int N>
    WEFT_DEVICE void add(const C* x) {
        C e[N];
        scale_to(maximum(largest, combine_pairwise<by_maximum, N>(x)));
        const C base = largest == lowest ? C{} : largest;
        for (int i = 0; i < N; ++i) e[i] = weft::exp(x[i] - base);
        sum += static_cast<double>(combine_pairwise<by_addition, N>(e));
    }
    WEFT_DEVICE C log_sum() const {
        if (!(largest < infinite && lowest < largest)) return largest;
        return largest + static_cast<C>(weft::log(sum));
    }
};

template <class T>
struct softmax_work {
    using C = device_compute_t<T>;
    const T* in;
    T* out;
    softmax_result result;
    row_labels labels;
    gpu_fault_place faults;

    WEFT_DEVICE bool keeps_rows() const {
        return result == softmax_result::share || result == softmax_result::log_share;
    }
    WEFT_DEVICE C term(const row_state<C>& state) const {
        return static_cast<C>(result == softmax_result::share ? 1 / state.sum
                                                              : weft::log(state.sum));
    }
    // x, or its exponential where that is what is wanted.
    WEFT_DEVICE C finish(C x, C largest, C term) const {
        return result == softmax_result::share ? x * term : (x - largest) - term;
    }
    // The one result of a row of n, which starts at x.
    WEFT_DEVICE void put(std::size_t row, const row_state<C>& state, const T* x,
                         std::size_t n) const {
        C value = state.log_sum();
        if (result == softmax_result::loss) {
            const long long label = labels.wide
                                        ? static_cast<const std::int64_t*>(labels.data)[row]
                                        : static_cast<const std::int32_t*>(labels.data)[row];
            if (label < 0 || static_cast<std::size_t>(label) >= n)
                return report_fault(faults, gpu_fault::out_of_range, label,
                                    static_cast<long long>(n));
            value -= computed(x[label]);
        }
        out[row] = stored<T>(value);
    }
};

template <class T, int E, int N>
__global__ void __launch_bounds__(row_threads)
    softmax_of_kept(const __grid_constant__ softmax_work<T> work,
                    const __grid_constant__ row_division d) {
    using C = device_compute_t<T>;
    __shared__ C largest_of[row_warps];
    __shared__ double sum_of[row_warps];
    for (std::size_t first = blockIdx.x * d.together(); first < d.rows;
         first += gridDim.x * d.together()) {
        const std::size_t row = first + threadIdx.x / d.width;
        const bool active = row < d.rows;
        const T* const x = work.in + row * d.n;
        C kept[E];
        row_state<C> state;
        for (int k = 0; k < E; k += N) {
            const std::size_t at = d.place<N>(k);
            read_numbers<N>(x, at, active && at < d.n, d.aligned, state.lowest, kept + k);
            state.largest = maximum(state.largest, combine_pairwise<by_maximum, N>(kept + k));
        }
        state.largest = combine_in_row<by_maximum>(state.largest, d.width, largest_of);
        for (int k = 0; k < E; k += short_share) {
            C e[short_share];
            for (int i = 0; i < short_share; ++i) {
                e[i] = weft::exp(kept[k + i] - state.largest);
                if (work.result == softmax_result::share) kept[k + i] = e[i];
            }
            state.sum += static_cast<double>(combine_pairwise<by_addition, short_share>(e));
        }
        state.sum = combine_in_row<by_addition>(state.sum, d.width, sum_of);
        if (!work.keeps_rows()) {
            if (active && d.lane() == 0) work.put(row, state, x, d.n);
            continue;
        }
        const C term = work.term(state);
        for (int k = 0; k < E; k += N) {
            const std::size_t at = d.place<N>(k);
            vector_of<T, N> v;
            for (int i = 0; i < N; ++i)
                v.at[i] = stored<T>(work.finish(kept[k + i], state.largest, term));
            if (active && at < d.n) store_vector<N>(work.out + row * d.n + at, v, d.aligned);
        }
    }
}

// One block for each row, which it reads twice.
template <class T, int N>
__global__ void __launch_bounds__(row_threads)
    softmax_of_long(const __grid_constant__ softmax_work<T> work,
                    const __grid_constant__ row_division d) {
    using C = device_compute_t<T>;
    __shared__ C largest_of[row_warps];
    __shared__ double sum_of[row_warps];
    for (std::size_t row = blockIdx.x; row < d.rows; row += gridDim.x) {
        const T* const x = work.in + row * d.n;
        row_state<C> state;
        C v[N];
        for (std::size_t at = threadIdx.x * N; at < d.n; at += row_threads * N) {
            read_numbers<N>(x, at, true, d.aligned, C{}, v);
            state.template add<N>(v);
        }
        state.scale_to(combine_in_row<by_maximum>(state.largest, row_threads, largest_of));
        state.sum = combine_in_row<by_addition>(state.sum, row_threads, sum_of);
        if (!work.keeps_rows()) {
            if (threadIdx.x == 0) work.put(row, state, x, d.n);
            continue;
        }
        const C term = work.term(state);
        for (std::size_t at = threadIdx.x * N; at < d.n; at += row_threads * N) {
            read_numbers<N>(x, at, true, d.aligned, C{}, v);
            vector_of<T, N> y;
            for (int i = 0; i < N; ++i) {
                if (work.result == softmax_result::share) v[i] = weft::exp(v[i] - state.largest);
                y.at[i] = stored<T>(work.finish(v[i], state.largest, term));
            }
            store_vector<N>(work.out + row * d.n + at, y, d.aligned);
        }
    }
}

// How columns are divided: tiles of `width`, each with the block's other threads below.
struct column_division {
    axis_view view;
    unsigned width;
    std::size_t tiles;
};

template <class T>
__global__ void __launch_bounds__(row_threads)
    softmax_of_columns(const __grid_constant__ softmax_work<T> work,
                       const __grid_constant__ column_division d) {
    using C = device_compute_t<T>;
    __shared__ C largest_of[row_threads];
    __shared__ double sum_of[row_threads];
    const std::size_t n = d.view.n, inner = d.view.inner, height = row_threads / d.width;
    const unsigned side = threadIdx.x & (d.width - 1);
    const std::size_t down = threadIdx.x / d.width;
    for (std::size_t piece = blockIdx.x; piece < d.view.outer * d.tiles; piece += gridDim.x) {
        const std::size_t o = piece / d.tiles, column = (piece - o * d.tiles) * d.width + side;
        const bool active = column < inner;
        const T* const x = work.in + o * n * inner + column;
        row_state<C> state;
        for (std::size_t k = down; active && k < n; k += 4 * height) {
            C v[4];
            for (std::size_t i = 0; i < 4; ++i) {
                const std::size_t at = k + i * height;
                v[i] = at < n ? computed(x[at * inner]) : state.lowest;
            }
            state.template add<4>(v);
        }
        largest_of[threadIdx.x] = state.largest;
        sum_of[threadIdx.x] = state.sum;
        __syncthreads();
        row_state<C> all;
        for (unsigned i = side; i < row_threads; i += d.width)
            all.largest = maximum(all.largest, largest_of[i]);
        for (unsigned i = side; i < row_threads; i += d.width) {
            row_state<C> part{largest_of[i], sum_of[i]};
            part.scale_to(all.largest);
            all.sum += part.sum;
        }
        __syncthreads();
        if (!work.keeps_rows() && active && down == 0) work.put(o * inner + column, all, x, n);
        if (!work.keeps_rows() || !active) continue;
        const C term = work.term(all);
        T* const y = work.out + o * n * inner + column;
        for (std::size_t k = down; k < n; k += height) {
            C value = computed(x[k * inner]);
            if (work.result == softmax_result::share) value = weft::exp(value - all.largest);
            y[k * inner] = stored<T>(work.finish(value, all.largest, term));
        }
    }
}

template <int N, class T>
void launch_rows(context<gpu>& ctx, const softmax_work<T>& work, row_division d) {
    d.aligned = is_aligned<N>(work.in) && is_aligned<N>(work.out);
    const unsigned blocks = d.blocks(ctx);
    if (d.is_short())
        launch(ctx, softmax_of_kept<T, short_share, N>, blocks, row_threads, work, d);
    else if (d.is_kept())
        launch(ctx, softmax_of_kept<T, long_share, N>, blocks, row_threads, work, d);
    else
        launch(ctx, softmax_of_long<T, N>, blocks, row_threads, work, d);
}

}  // namespace

template <class T>
void softmax_rows(context<gpu>& ctx, softmax_result result, const T* in, const axis_view& view,
                  T* out, const row_labels& labels) {
    const softmax_work<T> work{in, out, result, labels, ctx.faults()};
    if (view.inner > 1) {
        const std::size_t across = power_of_two(view.inner);
        const std::size_t most = view.n >= 32 ? 32 : row_threads;
        column_division d{view, static_cast<unsigned>(across < most ? across : most), 1};
        d.tiles = (view.inner + d.width - 1) / d.width;
        const unsigned blocks = blocks_for(ctx, view.outer * d.tiles, 1);
        launch(ctx, softmax_of_columns<T>, blocks, row_threads, work, d);
    } else if (view.inner == 1) {
        constexpr int N = vector_lanes<T>;
        const row_division d(view.outer, view.n);
        if (view.n % N == 0)
            launch_rows<N>(ctx, work, d);
        else
            launch_rows<1>(ctx, work, d);
    }
}

template void softmax_rows<float>(context<gpu>&, softmax_result, const float*, const axis_view&,
                                  float*, const row_labels&);
template void softmax_rows<double>(context<gpu>&, softmax_result, const double*, const axis_view&,
                                   double*, const row_labels&);
template void softmax_rows<half>(context<gpu>&, softmax_result, const half*, const axis_view&,
                                 half*, const row_labels&);
template void softmax_rows<bfloat16>(context<gpu>&, softmax_result, const bfloat16*,
                                     const axis_view&, bfloat16*, const row_labels&);

}  // namespace weft::cuda
