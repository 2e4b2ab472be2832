// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// From the number of an element to its place in each operand, on the device: the extents of a loop
// are divided by with a multiplication and a shift where 32 bits hold the numbers, after Granlund
// and Montgomery, "Division by invariant integers using multiplication" (1994).
#pragma once

#include <weft/kernel/loop.hpp>

#include <cstdint>

// A function that only kernels call; where no compiler for GPUs is at work, any function.
#if defined(__CUDACC__)
#define WEFT_DEVICE __device__ __forceinline__
#else
#define WEFT_DEVICE inline
#endif

namespace weft::cuda {

// Division by a number that the host knows: of numbers below 2^31.
struct divider {
    std::uint32_t by = 1, factor = 0, shift = 0;

    divider() = default;
    explicit divider(std::size_t extent) : by(static_cast<std::uint32_t>(extent)) {
        while ((std::uint64_t{1} << shift) < extent) ++shift;
        const std::uint64_t power = std::uint64_t{1} << 32;
        factor = static_cast<std::uint32_t>(
            power * ((std::uint64_t{1} << shift) - extent) / extent + 1);
    }
    WEFT_DEVICE std::uint32_t divide(std::uint32_t n) const {
        const auto high = static_cast<std::uint32_t>((std::uint64_t{n} * factor) >> 32);
        return (high + n) >> shift;
    }
};

// The dimensions of a loop.
struct loop_index {
    std::size_t extent[max_rank];
    divider of[max_rank];
    unsigned rank = 0;
    bool narrow = false;  // the numbers of all elements are below 2^31

    loop_index() = default;
    loop_index(const loop_shape& loop, std::size_t size)
        : rank(static_cast<unsigned>(loop.rank)), narrow(size < (std::size_t{1} << 31)) {
        for (std::size_t axis = 0; axis < loop.rank; ++axis) {
            extent[axis] = loop.extent[axis];
            if (narrow) of[axis] = divider(loop.extent[axis]);
        }
    }
};

// Where the elements of all slots are that belong to one of the result.
template <std::size_t slots>
struct row_offset {
    std::size_t of[slots];

    WEFT_DEVICE void find(const loop_index& index, const std::size_t (&stride)[slots][max_rank],
                          std::size_t element) {
        for (std::size_t k = 0; k < slots; ++k) of[k] = 0;
        std::size_t rest = element;
        for (unsigned axis = index.rank; axis-- > 0;) {
            const std::size_t whole =
                index.narrow ? index.of[axis].divide(static_cast<std::uint32_t>(rest))
                             : rest / index.extent[axis];
            const std::size_t place = rest - whole * index.extent[axis];
            rest = whole;
            for (std::size_t k = 0; k < slots; ++k) of[k] += place * stride[k][axis];
        }
    }
    WEFT_DEVICE std::size_t operator()(std::size_t slot) const { return of[slot]; }
};

// Where all have the result's elements.
struct same_offset {
    std::size_t at;
    WEFT_DEVICE std::size_t operator()(std::size_t) const { return at; }
};

}  // namespace weft::cuda
