// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How dimensions are merged, and how broadcast operands are written out. Compiled without types:
// elements are bytes, moved by the row, and only how many bytes one has is told apart. Shapes have
// been checked before.
#pragma once

#include <weft/kernel/loop.hpp>

#include <cstring>

namespace weft {

namespace detail {

// Row-major strides of `from` seen as broadcast to the dimensions of `to`.
inline void broadcast_strides(const dims& from, const dims& to, std::size_t* stride) {
    std::size_t step = 1;
    for (std::size_t i = 1; i <= to.rank; ++i) {
        const std::size_t size = i <= from.rank ? from[from.rank - i] : 1;
        stride[to.rank - i] = size == 1 ? 0 : step;
        step *= size;
    }
}

// Whether every operand continues from dimension b into dimension a as if they were one.
inline bool can_merge(const loop_operand* operands, std::size_t n, std::size_t a, std::size_t b,
                      std::size_t extent_b) {
    for (std::size_t k = 0; k < n; ++k)
        if (operands[k].stride[a] != operands[k].stride[b] * extent_b) return false;
    return true;
}

inline bool is_contiguous(const loop_operand& operand, const loop_shape& loop) {
    std::size_t step = 1;
    for (std::size_t axis = loop.rank; axis-- > 0; step *= loop.extent[axis])
        if (operand.stride[axis] != step && loop.extent[axis] != 1) return false;
    return true;
}

// n times the element at `from`, which is a Word, to `to`. Long ones by blocks of a constant size,
// which compilers store with vectors at any level of optimisation.
template <class Word>
void fill_words(char* to, const char* from, std::size_t n) {
    constexpr std::size_t per_block = 64 / sizeof(Word);
    Word word;
    std::memcpy(&word, from, sizeof word);
    if (n >= per_block) {
        Word block[per_block];
        for (Word& one : block) one = word;
        for (; n >= per_block; n -= per_block, to += sizeof block)
            std::memcpy(to, block, sizeof block);
    }
    for (; n > 0; --n, to += sizeof word) std::memcpy(to, &word, sizeof word);
}

struct wide_word {
    std::uint64_t first, second;
};

template <class Word>
void fill_registers(char* to, const char* from, std::size_t stride, std::size_t n) {
    for (; n > 0; --n, to += 64, from += stride * sizeof(Word)) {
        Word word, block[64 / sizeof(Word)];
        std::memcpy(&word, from, sizeof word);
        for (Word& one : block) one = word;
        std::memcpy(to, block, sizeof block);
    }
}

}  // namespace detail

WEFT_SOURCE loop_shape plan_loop(const dims& out, loop_operand* operands, const dims* const* shapes,
                                 std::size_t n) {
    for (std::size_t k = 0; k < n; ++k)
        detail::broadcast_strides(*shapes[k], out, operands[k].stride);
    loop_shape loop;
    std::size_t last = 0;  // the merged dimension that is being extended
    bool started = false;
    for (std::size_t axis = 0; axis < out.rank; ++axis) {
        if (out[axis] == 1) continue;
        if (started && detail::can_merge(operands, n, last, axis, out[axis])) {
            loop.extent[last] *= out[axis];
        } else {
            if (started) ++last;
            started = true;
            loop.extent[last] = out[axis];
        }
        for (std::size_t k = 0; k < n; ++k) operands[k].stride[last] = operands[k].stride[axis];
    }
    if (!started)
        for (std::size_t k = 0; k < n; ++k) operands[k].stride[0] = 0;
    loop.rank = last + 1;
    for (std::size_t k = 0; k < n; ++k)
        operands[k].contiguous = detail::is_contiguous(operands[k], loop);
    return loop;
}

WEFT_SOURCE void repeat_element(const char* element, std::size_t bytes, std::size_t n, char* to) {
    switch (bytes) {
        case 1: return detail::fill_words<std::uint8_t>(to, element, n);
        case 2: return detail::fill_words<std::uint16_t>(to, element, n);
        case 4: return detail::fill_words<std::uint32_t>(to, element, n);
        case 8: return detail::fill_words<std::uint64_t>(to, element, n);
        default: return detail::fill_words<detail::wide_word>(to, element, n);
    }
}

WEFT_SOURCE void repeat_in_registers(const char* element, std::size_t stride, std::size_t bytes,
                                     std::size_t n, char* to) {
    switch (bytes) {
        case 1: return detail::fill_registers<std::uint8_t>(to, element, stride, n);
        case 2: return detail::fill_registers<std::uint16_t>(to, element, stride, n);
        case 4: return detail::fill_registers<std::uint32_t>(to, element, stride, n);
        case 8: return detail::fill_registers<std::uint64_t>(to, element, stride, n);
        default: return detail::fill_registers<detail::wide_word>(to, element, stride, n);
    }
}

WEFT_SOURCE void gather_elements(const loop_operand& from, const loop_shape& loop,
                                 std::size_t first, std::size_t n, void* to) {
    const std::size_t width = loop.inner(), inner_axis = loop.rank - 1;
    if (n == 0 || width == 0) return;
    std::size_t index[max_rank] = {};  // in the outer dimensions
    std::size_t rest = first / width;
    for (std::size_t axis = inner_axis; axis-- > 0; rest /= loop.extent[axis])
        index[axis] = rest % loop.extent[axis];
    std::size_t column = first % width;
    char* out = static_cast<char*>(to);
    const std::size_t bytes = from.element_bytes, inner_stride = from.stride[inner_axis];
    for (;;) {
        std::size_t offset = column * inner_stride;
        for (std::size_t axis = 0; axis < inner_axis; ++axis)
            offset += index[axis] * from.stride[axis];
        const std::size_t length = width - column < n ? width - column : n;
        const char* const row = from.data + offset * bytes;
        if (inner_stride == 0)
            repeat_element(row, bytes, length, out);
        else
            std::memcpy(out, row, length * bytes);
        out += length * bytes;
        n -= length;
        if (n == 0) return;
        column = 0;
        for (std::size_t axis = inner_axis; axis-- > 0;) {
            if (++index[axis] < loop.extent[axis]) break;
            index[axis] = 0;
        }
    }
}

}  // namespace weft
