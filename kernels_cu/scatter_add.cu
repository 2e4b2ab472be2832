// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// scatter_add: the operand is copied, then updates are added to it. Integers of 4 and 8 bytes by
// atomic additions, in any order. Others in the order of the index, as on the CPU: it is sorted by
// rows, by a stable radix sort of eight bits at a time, and the first update of a row adds all of
// that row's. A short index is not sorted but searched.
#include "index_reader.hpp"
#include "words.hpp"

#include <weft/cuda/arrays.hpp>

namespace weft::cuda {

namespace {

constexpr std::size_t searched = 256;  // elements of an index that is not sorted
constexpr unsigned digits = 256;       // of a pass of the sort: one for each thread
constexpr unsigned warps = digits / 32;

template <class T>
WEFT_DEVICE T sum_of(T a, T b) {
    if constexpr (std::is_integral_v<T>)
        return static_cast<T>(std::uint64_t{a} + b);
    else
        return static_cast<T>(static_cast<compute_t<T>>(a) + static_cast<compute_t<T>>(b));
}

// Update `position` of a row in `outer`, of which element `i` is looked at.
struct update_place {
    std::size_t outer, position, i;
};

// The updates and what they are added to.
template <class T>
struct update_list {
    index_reader index;
    const T* updates;
    T* out;
    std::size_t size;  // elements of the updates
    quotient inner, count;

    WEFT_DEVICE update_place place(std::size_t item) const {
        const std::size_t row = inner.divide(item);
        const std::size_t outer = count.divide(row);
        return {outer, row - outer * count.by(), item - row * inner.by()};
    }
    WEFT_DEVICE T* sum(const update_place& p, std::size_t row) const {
        return out + (p.outer * index.extent() + row) * inner.by() + p.i;
    }
    WEFT_DEVICE T update(const update_place& p, std::size_t k) const {
        return updates[(p.outer * count.by() + k) * inner.by() + p.i];
    }
};

// Each update by itself.
template <class T>
__global__ void __launch_bounds__(word_threads)
    add_atomically(const __grid_constant__ update_list<T> list, gpu_fault_place faults) {
    using atomic = std::conditional_t<sizeof(T) == 8, unsigned long long, unsigned>;
    const std::size_t step = std::size_t{gridDim.x} * word_threads;
    std::size_t item = std::size_t{blockIdx.x} * word_threads + threadIdx.x;
    for (; item < list.size; item += step) {
        const update_place p = list.place(item);
        const std::size_t row = list.index[p.position];
        if (row == list.index.extent())
            list.index.report(faults, p.position);
        else
            atomicAdd(reinterpret_cast<atomic*>(list.sum(p, row)),
                      static_cast<atomic>(list.updates[item]));
    }
}

// The first update of a row looks for the others behind it.
template <class T>
__global__ void __launch_bounds__(word_threads)
    add_searched(const __grid_constant__ update_list<T> list, gpu_fault_place faults) {
    const std::size_t step = std::size_t{gridDim.x} * word_threads;
    std::size_t item = std::size_t{blockIdx.x} * word_threads + threadIdx.x;
    for (; item < list.size; item += step) {
        const update_place p = list.place(item);
        const std::size_t row = list.index[p.position];
        if (row == list.index.extent()) {
            list.index.report(faults, p.position);
            continue;
        }
        std::size_t before = 0;
        while (list.index[before] != row) ++before;
        if (before != p.position) continue;
        T* const to = list.sum(p, row);
        T sum = *to;
        for (std::size_t k = p.position; k < list.count.by(); ++k)
            if (list.index[k] == row) sum = sum_of(sum, list.update(p, k));
        *to = sum;
    }
}

// Updates stand one after the other that are of the same row, in their order.
template <class T>
__global__ void __launch_bounds__(word_threads)
    add_sorted(const __grid_constant__ update_list<T> list, const std::uint32_t* order,
               gpu_fault_place faults) {
    const std::size_t step = std::size_t{gridDim.x} * word_threads;
    std::size_t item = std::size_t{blockIdx.x} * word_threads + threadIdx.x;
    for (; item < list.size; item += step) {
        const update_place p = list.place(item);
        const std::size_t row = list.index[order[p.position]];
        if (row == list.index.extent()) {
            list.index.report(faults, order[p.position]);
            continue;
        }
        if (p.position > 0 && list.index[order[p.position - 1]] == row) continue;
        T* const to = list.sum(p, row);
        T sum = *to;
        for (std::size_t k = p.position; k < list.count.by() && list.index[order[k]] == row; ++k)
            sum = sum_of(sum, list.update(p, order[k]));
        *to = sum;
    }
}

// A pass of the sort: by eight bits of the row, from `shift` on. Each block has a part of the
// numbers in `from`, which are 0, 1, ... where that is null.
struct sort_pass {
    index_reader index;
    const std::uint32_t* from;
    std::uint32_t* to;
    std::uint32_t* counts;  // of each digit, of each block; then where these begin
    unsigned count, part, shift;

    WEFT_DEVICE unsigned number(unsigned i) const { return from == nullptr ? i : from[i]; }
    WEFT_DEVICE unsigned digit(unsigned number) const {
        return static_cast<unsigned>(index[number] >> shift) & (digits - 1);
    }
    WEFT_DEVICE unsigned end(unsigned first) const {
        return first >= count || count - first < part ? count : first + part;
    }
};

__global__ void __launch_bounds__(digits) count_digits(sort_pass pass) {
    __shared__ unsigned counts[digits];
    counts[threadIdx.x] = 0;
    __syncthreads();
    const unsigned first = blockIdx.x * pass.part, end = pass.end(first);
    for (unsigned i = first + threadIdx.x; i < end; i += digits)
        atomicAdd(&counts[pass.digit(pass.number(i))], 1u);
    __syncthreads();
    pass.counts[threadIdx.x * gridDim.x + blockIdx.x] = counts[threadIdx.x];
}

// One block: the sum of all counts before each one.
__global__ void __launch_bounds__(digits) sum_counts(std::uint32_t* counts, unsigned blocks) {
    __shared__ unsigned sums[digits];
    std::uint32_t* const own = counts + threadIdx.x * blocks;
    unsigned sum = 0;
    for (unsigned i = 0; i < blocks; ++i) sum += own[i];
    sums[threadIdx.x] = sum;
    for (unsigned distance = 1; distance < digits; distance *= 2) {
        __syncthreads();
        const unsigned before = threadIdx.x >= distance ? sums[threadIdx.x - distance] : 0;
        __syncthreads();
        sums[threadIdx.x] += before;
    }
    unsigned next = sums[threadIdx.x] - sum;
    for (unsigned i = 0; i < blocks; ++i) {
        const unsigned here = own[i];
        own[i] = next;
        next += here;
    }
}

// Numbers go behind those with the same digit that come before them: of the block's part, of the
// warps before, of the lanes before.
__global__ void __launch_bounds__(digits) place_numbers(sort_pass pass) {
    __shared__ unsigned places[warps][digits];
    const unsigned warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    const unsigned first = blockIdx.x * pass.part, end = pass.end(first);
    unsigned next = pass.counts[threadIdx.x * gridDim.x + blockIdx.x];
    for (unsigned i = first; i < end; i += digits) {
        for (unsigned w = 0; w < warps; ++w) places[w][threadIdx.x] = 0;
        const bool active = end - i > threadIdx.x;
        const unsigned number = active ? pass.number(i + threadIdx.x) : 0;
        const unsigned digit = active ? pass.digit(number) : 0;
        unsigned same = __ballot_sync(0xffffffffu, active);
        for (unsigned bit = 1; bit < digits; bit *= 2) {
            const unsigned with = __ballot_sync(0xffffffffu, (digit & bit) != 0);
            same &= (digit & bit) != 0 ? with : ~with;
        }
        const auto before = static_cast<unsigned>(__popc(same & ((1u << lane) - 1)));
        __syncthreads();
        if (active && before == 0) places[warp][digit] = static_cast<unsigned>(__popc(same));
        __syncthreads();
        for (unsigned w = 0; w < warps; ++w) {
            const unsigned here = places[w][threadIdx.x];
            places[w][threadIdx.x] = next;
            next += here;
        }
        __syncthreads();
        if (active) pass.to[places[warp][digit] + before] = number;
        __syncthreads();
    }
}

// The numbers of an index's elements, sorted by what they name; those out of range are the last.
const std::uint32_t* sorted_index(context<gpu>& ctx, const index_reader& index, std::size_t extent,
                                  std::size_t count) {
    const unsigned blocks = blocks_for(ctx, count, 8 * digits, 2);
    const auto scratch = [&ctx](std::size_t numbers) {
        return static_cast<std::uint32_t*>(ctx.scratch(numbers * sizeof(std::uint32_t)));
    };
    std::uint32_t* const orders[] = {scratch(count), scratch(count)};
    sort_pass pass{index,
                   nullptr,
                   orders[0],
                   scratch(std::size_t{digits} * blocks),
                   static_cast<unsigned>(count),
                   static_cast<unsigned>((count + blocks - 1) / blocks),
                   0};
    for (; pass.shift == 0 || (pass.shift < 64 && extent >> pass.shift != 0); pass.shift += 8) {
        pass.to = orders[pass.shift / 8 % 2];
        launch(ctx, count_digits, blocks, digits, pass);
        launch(ctx, sum_counts, 1, digits, pass.counts, blocks);
        launch(ctx, place_numbers, blocks, digits, pass);
        pass.from = pass.to;
    }
    return pass.from;
}

}  // namespace

template <class T>
void scatter_add(context<gpu>& ctx, const scattered& operands) {
    const axis_view& view = operands.view;
    const std::size_t count = operands.index.count;
    const std::size_t size = view.outer * count * view.inner;
    if (count >> 31 != 0)
        fail(errc::resource_exhausted, "scatter_add: a GPU takes less than 2^31 indices, not %zu",
             count);
    copy_elements(ctx, operands.in, operands.out, view.outer * view.n * view.inner, sizeof(T));
    const index_reader index(operands.index, view.n);
    if (size == 0) return check_index(ctx, operands.index, view.n);
    const update_list<T> list{index,
                              static_cast<const T*>(operands.updates),
                              static_cast<T*>(operands.out),
                              size,
                              quotient(view.inner, size),
                              quotient(count, size)};
    const unsigned blocks = blocks_for(ctx, size, word_threads);
    if constexpr (std::is_integral_v<T> && sizeof(T) >= 4)
        launch(ctx, add_atomically<T>, blocks, word_threads, list, ctx.faults());
    else if (count <= searched)
        launch(ctx, add_searched<T>, blocks, word_threads, list, ctx.faults());
    else
        launch(ctx, add_sorted<T>, blocks, word_threads, list,
               sorted_index(ctx, index, view.n, count), ctx.faults());
}

template void scatter_add<float>(context<gpu>&, const scattered&);
template void scatter_add<double>(context<gpu>&, const scattered&);
template void scatter_add<half>(context<gpu>&, const scattered&);
template void scatter_add<bfloat16>(context<gpu>&, const scattered&);
template void scatter_add<std::uint8_t>(context<gpu>&, const scattered&);
template void scatter_add<std::uint16_t>(context<gpu>&, const scattered&);
template void scatter_add<std::uint32_t>(context<gpu>&, const scattered&);
template void scatter_add<std::uint64_t>(context<gpu>&, const scattered&);

}  // namespace weft::cuda
