// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// weft's own products of matrices: of tiles, of 128 by 128 elements where there are enough of them
// for all multiprocessors, else of 64 by 64; and of a matrix and up to 4 columns, which read the
// matrix once, with a warp for a row or, where its columns are consecutive in memory, a lane for a
// row. What cublasLt does faster goes there.
#include "cublaslt.hpp"
#include "tiles.hpp"

#include <weft/cuda/matmul.hpp>

namespace weft::cuda {

namespace {

// Below so many multiplications a call of the library costs more than it gains.
constexpr std::size_t library_worth = std::size_t{64} * 64 * 64;
constexpr int most_thin_columns = 4;

// Where the matrices of a batch are, and what kernels know of a product.
template <class T>
struct product_task {
    const T* a;
    const T* b;
    T* out;
    std::size_t rows, depth, columns;
    std::size_t a_row, a_column, b_row, b_column, out_row, out_column;
    std::size_t batches, rank;
    std::size_t extent[max_rank], a_batch[max_rank], b_batch[max_rank];
    finisher<T> finish;
    bool bias_by_row;

    product_task(const matmul_sizes& s, const T* left, const T* right, T* result,
                 const epilogue& e, bool by_row)
        : a(left),
          b(right),
          out(result),
          rows(s.rows),
          depth(s.depth),
          columns(s.columns),
          a_row(s.a_row),
          a_column(s.a_column),
          b_row(s.b_row),
          b_column(s.b_column),
          out_row(s.out_row),
          out_column(s.out_column),
          batches(s.batches()),
          rank(s.batch_shape.rank),
          finish(e),
          bias_by_row(by_row) {
        for (std::size_t axis = 0; axis < rank; ++axis) {
            extent[axis] = s.batch_shape[axis];
            a_batch[axis] = s.a_batch[axis];
            b_batch[axis] = s.b_batch[axis];
        }
    }
    WEFT_DEVICE matmul_batch batch(std::size_t index) const {
        matmul_batch at{0, 0, index * rows * columns};
        for (std::size_t axis = rank; axis-- > 0; index /= extent[axis]) {
            const std::size_t i = index % extent[axis];
            at.a += i * a_batch[axis];
            at.b += i * b_batch[axis];
        }
        return at;
    }
    WEFT_DEVICE T finished(sum_t<T> sum, std::size_t row, std::size_t column) const {
        return finish(sum, bias_by_row ? row : column);
    }
    WEFT_DEVICE void put(std::size_t batch_at, std::size_t row, std::size_t column,
                         sum_t<T> sum) const {
        out[batch_at + row * out_row + column * out_column] = finished(sum, row, column);
    }
};

template <class T, class Form>
WEFT_DEVICE void store_tile(const product_task<T>& p, std::size_t at, std::size_t row,
                            std::size_t column, const tile_sums<sum_t<T>, Form>& sums) {
    using group = element_group<T, 4>;
    WEFT_UNROLL
    for (int i = 0; i < sums.size; ++i) {
        const std::size_t r = row + static_cast<std::size_t>(sums.row(i));
        if (r >= p.rows) continue;
        WEFT_UNROLL
        for (int j = 0; j < sums.size; j += 4) {
            const std::size_t c = column + static_cast<std::size_t>(sums.column(j));
            T* const to = p.out + at + r * p.out_row + c;
            if (c + 4 <= p.columns && reinterpret_cast<std::uintptr_t>(to) % alignof(group) == 0) {
                group whole;
                for (int l = 0; l < 4; ++l)
                    whole.at[l] = p.finished(sums.at[i][j + l], r, c + static_cast<unsigned>(l));
                *reinterpret_cast<group*>(to) = whole;
                continue;
            }
            for (int l = 0; l < 4; ++l)
                if (c + static_cast<unsigned>(l) < p.columns)
                    p.put(at, r, c + static_cast<unsigned>(l), sums.at[i][j + l]);
        }
    }
}

template <class T, class Form>
__global__ void __launch_bounds__(tile_threads)
    multiply_tiles(const __grid_constant__ product_task<T> p) {
    using C = sum_t<T>;
    __shared__ tile_piece<C, Form> a_piece;
    __shared__ tile_piece<C, Form> b_piece;
    const std::size_t across = (p.columns + Form::columns - 1) / Form::columns;
    const std::size_t each = (p.rows + Form::rows - 1) / Form::rows * across;
    for (std::size_t tile = blockIdx.x; tile < each * p.batches; tile += gridDim.x) {
        const matmul_batch at = p.batch(tile / each);
        const std::size_t row = tile % each / across * Form::rows;
        const std::size_t column = tile % each % across * Form::columns;
        matrix_pieces<T, Form> a(p.a + at.a + row * p.a_row, p.a_row, p.a_column, p.rows - row,
                                 p.depth);
        matrix_pieces<T, Form> b(p.b + at.b + column * p.b_column, p.b_column, p.b_row,
                                 p.columns - column, p.depth);
        tile_sums<C, Form> sums;
        sums.compute(a, b, p.depth, a_piece, b_piece);
        store_tile(p, at.out, row, column, sums);
    }
}

// A warp for a row: its lanes take groups of consecutive elements in turn.
template <class T>
__global__ void __launch_bounds__(tile_threads)
    multiply_rows(const __grid_constant__ product_task<T> p) {
    using C = sum_t<T>;
    constexpr std::size_t lanes = 16 / sizeof(T);
    using group = element_group<T, static_cast<int>(lanes)>;
    const std::size_t lane = threadIdx.x % 32, warps = std::size_t{gridDim.x} * (blockDim.x / 32);
    std::size_t item = std::size_t{blockIdx.x} * (blockDim.x / 32) + threadIdx.x / 32;
    for (; item < p.rows * p.batches; item += warps) {
        const std::size_t row = item % p.rows;
        const matmul_batch at = p.batch(item / p.rows);
        const T* const a = p.a + at.a + row * p.a_row;
        const T* const b = p.b + at.b;
        const bool grouped = p.a_column == 1 && reinterpret_cast<std::uintptr_t>(a) % 16 == 0;
        C sums[most_thin_columns] = {};
        for (std::size_t k = lane * lanes; k < p.depth; k += 32 * lanes) {
            group from_a;
            if (grouped && k + lanes <= p.depth)
                from_a = *reinterpret_cast<const group*>(a + k);
            else
                for (std::size_t l = 0; l < lanes; ++l)
                    from_a.at[l] = k + l < p.depth ? a[(k + l) * p.a_column] : T{};
            for (std::size_t c = 0; c < most_thin_columns; ++c)
                if (c < p.columns)
                    for (std::size_t l = 0; l < lanes; ++l)
                        if (k + l < p.depth)
                            sums[c] = sums[c] + static_cast<C>(from_a.at[l]) *
                                                    static_cast<C>(b[(k + l) * p.b_row +
                                                                     c * p.b_column]);
        }
        for (std::size_t c = 0; c < most_thin_columns; ++c) {
            if (c >= p.columns) break;
            for (int by = 16; by > 0; by /= 2)
                sums[c] = sums[c] + static_cast<C>(__shfl_xor_sync(0xffffffffu, sums[c], by));
            if (lane == 0) p.put(at.out, row, c, sums[c]);
        }
    }
}

// A lane for a row: the warps of a block share its depth, and the first one adds their sums up.
template <class T>
__global__ void __launch_bounds__(tile_threads, 4)
    multiply_columns(const __grid_constant__ product_task<T> p) {
    using C = sum_t<T>;
    constexpr std::size_t warps = tile_threads / 32;
    __shared__ C parts[most_thin_columns][warps][32];
    const std::size_t lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    const std::size_t strips = (p.rows + 31) / 32;
    for (std::size_t item = blockIdx.x; item < strips * p.batches; item += gridDim.x) {
        const matmul_batch at = p.batch(item / strips);
        const std::size_t row = item % strips * 32 + lane;
        C sums[most_thin_columns] = {};
        if (row < p.rows)
            for (std::size_t k = warp; k < p.depth; k += warps) {
                const C x = static_cast<C>(p.a[at.a + row * p.a_row + k * p.a_column]);
                for (std::size_t c = 0; c < most_thin_columns; ++c)
                    if (c < p.columns)
                        sums[c] = sums[c] +
                                  x * static_cast<C>(p.b[at.b + k * p.b_row + c * p.b_column]);
            }
        for (std::size_t c = 0; c < most_thin_columns; ++c) parts[c][warp][lane] = sums[c];
        __syncthreads();
        if (warp < p.columns && row < p.rows) {
            C sum = parts[warp][0][lane];
            for (std::size_t i = 1; i < warps; ++i) sum = sum + parts[warp][i][lane];
            p.put(at.out, row, warp, sum);
        }
        __syncthreads();
    }
}

template <class T, class Form>
void multiply_by(context<gpu>& ctx, const product_task<T>& p) {
    const std::size_t tiles = (p.rows + Form::rows - 1) / Form::rows *
                              ((p.columns + Form::columns - 1) / Form::columns) * p.batches;
    launch(ctx, multiply_tiles<T, Form>, blocks_for(ctx, tiles, 1), tile_threads, p);
}

template <class T>
void multiply_thin(context<gpu>& ctx, const product_task<T>& p) {
    if (p.a_row == 1 && p.a_column != 1)
        launch(ctx, multiply_columns<T>, blocks_for(ctx, (p.rows + 31) / 32 * p.batches, 1),
               tile_threads, p);
    else
        launch(ctx, multiply_rows<T>, blocks_for(ctx, p.rows * p.batches, tile_threads / 32),
               tile_threads, p);
}

}  // namespace

template <class T>
void multiply(context<gpu>& ctx, const matmul_sizes& sizes, const T* a, const T* b, T* out,
              const epilogue& finish) {
    matmul_sizes s = sizes;
    if (s.rows * s.columns * s.batches() == 0) return;
    if (s.columns <= most_thin_columns) return multiply_thin<T>(ctx, {s, a, b, out, finish, false});
    if (s.rows <= most_thin_columns) {
        s.transpose();
        return multiply_thin<T>(ctx, {s, b, a, out, finish, true});
    }
    if constexpr (is_floating<T>)
        if (s.rows * s.columns * s.depth >= library_worth &&
            multiply_by_library(ctx, {dtype_of<T>, a, b, out, s, finish}))
            return;
    const product_task<T> p(s, a, b, out, finish, false);
    constexpr int depth = sizeof(T) == 1 ? 16 : sizeof(T) == 2 ? 16 : 8;
    const std::size_t large = s.rows / 128 * (s.columns / 128) * s.batches();
    if constexpr (sizeof(sum_t<T>) == 4)
        if (large >= static_cast<std::size_t>(ctx.multiprocessors()))
            return multiply_by<T, tile_form<2, depth>>(ctx, p);
    multiply_by<T, tile_form<1, 16>>(ctx, p);
}

template <class T>
using multiply_function = void(context<gpu>&, const matmul_sizes&, const T*, const T*, T*,
                               const epilogue&);
template multiply_function<float> multiply<float>;
template multiply_function<double> multiply<double>;
template multiply_function<half> multiply<half>;
template multiply_function<bfloat16> multiply<bfloat16>;
template multiply_function<std::int8_t> multiply<std::int8_t>;
template multiply_function<std::int16_t> multiply<std::int16_t>;
template multiply_function<std::int32_t> multiply<std::int32_t>;
template multiply_function<std::int64_t> multiply<std::int64_t>;
template multiply_function<std::uint8_t> multiply<std::uint8_t>;
template multiply_function<std::uint16_t> multiply<std::uint16_t>;
template multiply_function<std::uint32_t> multiply<std::uint32_t>;
template multiply_function<std::uint64_t> multiply<std::uint64_t>;

}  // namespace weft::cuda
