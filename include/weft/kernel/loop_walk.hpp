// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The two ways over a loop with broadcast operands. Rows that are long are spans of their own: an
// operand is where it is, or one element that repeats, of which a register's worth is written down.
// Short rows are taken several at a time, with broadcast operands written out for all of them.
// Part of bound_tree_source.hpp; knows neither trees nor types.
#pragma once

#include <weft/kernel/evaluate.hpp>
#include <weft/kernel/loop.hpp>

namespace weft::detail {

// The rows of a loop, in groups between which all operands are as far apart as between the rows in
// it. An element that repeats has a register's worth of it written down for each row of the group,
// some rows before it is read: a loop that waited for such a store would wait for all of its own.
class row_walk {
public:
    row_walk(const loop_shape& loop, const loop_operand* operands, std::size_t count)
        : loop_(loop),
          operands_(operands),
          count_(count),
          outer_(loop.rank > 1 ? loop.extent[loop.rank - 2] : 1) {
        std::size_t changing = 0, constant = 0;
        for (std::size_t k = 0; k < count; ++k) {
            strides[k] = row_stride(k) * operands[k].element_bytes;
            repeats_[k] = !operands[k].is_number && operands[k].stride[loop.rank - 1] == 0;
            if (repeats_[k]) ++(strides[k] != 0 ? changing : constant);
        }
        if (changing > 0) most_rows_ = (room - constant) / changing;
    }

    // Points `data` at the operands of a group that begins at element `first`, in a row's middle
    // perhaps; gives how many of `rows` rows are in it.
    std::size_t next(std::size_t first, std::size_t rows) {
        const std::size_t column = first % loop_.inner(), row = first / loop_.inner();
        const std::size_t rest = outer_ - row % outer_;
        if (rows > rest) rows = rest;
        if (rows > most_rows_) rows = most_rows_;
        char* to = repeated_;
        for (std::size_t k = 0; k < count_; ++k) {
            const loop_operand& operand = operands_[k];
            data[k] = operand.data;
            if (operand.is_number) continue;
            data[k] += row_offset(k, row) * operand.element_bytes;
            if (repeats_[k]) {
                const std::size_t distinct = row_stride(k) == 0 ? 1 : rows;
                repeat_in_registers(data[k], row_stride(k), operand.element_bytes, distinct, to);
                data[k] = to;
                to += distinct * step_bytes;
                strides[k] = distinct > 1 ? step_bytes : 0;
            } else {
                data[k] += column * operand.element_bytes;
            }
        }
        return rows;
    }

    const char* data[most_inputs];
    std::size_t strides[most_inputs];  // from row to row, in bytes

private:
    static constexpr std::size_t room = 256;  // registers that are written down: 16 KiB

    // In elements.
    std::size_t row_stride(std::size_t k) const {
        const loop_operand& operand = operands_[k];
        return loop_.rank > 1 && !operand.is_number ? operand.stride[loop_.rank - 2] : 0;
    }
    std::size_t row_offset(std::size_t k, std::size_t row) const {
        std::size_t offset = 0;
        for (std::size_t axis = loop_.rank - 1; axis-- > 1; row /= loop_.extent[axis])
            offset += row % loop_.extent[axis] * operands_[k].stride[axis];
        return loop_.rank == 1 ? 0 : offset + row * operands_[k].stride[0];
    }

    const loop_shape& loop_;
    const loop_operand* operands_;
    std::size_t count_, outer_;
    std::size_t most_rows_ = SIZE_MAX;
    bool repeats_[most_inputs];
    alignas(step_bytes) char repeated_[room * step_bytes];
};

// Blocks of whole rows, or parts of one that is longer than a block.
class block_walk {
public:
    block_walk(const loop_shape& loop, const loop_operand* operands, std::size_t count,
               std::size_t first)
        : loop_(loop), operands_(operands), count_(count), at_(first) {
        std::size_t bytes = 0, room = sizeof buffer_;
        for (std::size_t k = 0; k < count; ++k) {
            if (!is_staged(k)) continue;
            bytes += operands[k].element_bytes;
            room -= step_bytes;
        }
        length_ = bytes == 0 || room / bytes > longest ? longest : room / bytes;
        const std::size_t width = loop.inner();
        if (width <= length_) {
            // Of rows, a number that makes whole steps of a loop, where there is room for it.
            std::size_t rows = length_ / width;
            if (rows > step_bytes) rows = rows / step_bytes * step_bytes;
            length_ = rows * width;
        }
        std::size_t used = 0;
        for (std::size_t k = 0; k < count; ++k) {
            data[k] = operands[k].data;
            stages_[k] = {buffer_ + used, 0, 0, is_same_in_all_rows(k)};
            if (!is_staged(k)) continue;
            const std::size_t size = operands[k].element_bytes * length_;
            used += (size + step_bytes - 1) / step_bytes * step_bytes;
        }
    }

    // Points `data` at the operands of the next block, before element `last`; gives its length.
    std::size_t next(std::size_t last) {
        const std::size_t width = loop_.inner(), column = at_ % width;
        std::size_t n = width <= length_ ? length_ - column : length_;
        if (n > last - at_) n = last - at_;
        for (std::size_t k = 0; k < count_; ++k) {
            const loop_operand& operand = operands_[k];
            if (operand.is_number) continue;
            if (operand.contiguous)
                data[k] = operand.data + at_ * operand.element_bytes;
            else
                stage(k, column, n);
        }
        at_ += n;
        return n;
    }

    const char* data[most_inputs];

private:
    static constexpr std::size_t longest = 2048;  // elements: staged in the first cache

    struct staged {
        char* to;
        std::size_t column, n;  // what is there
        bool same_in_all_rows;
    };

    bool is_staged(std::size_t k) const {
        return !operands_[k].is_number && !operands_[k].contiguous;
    }
    bool is_same_in_all_rows(std::size_t k) const {
        for (std::size_t axis = 0; axis + 1 < loop_.rank; ++axis)
            if (operands_[k].stride[axis] != 0) return false;
        return true;
    }
    void stage(std::size_t k, std::size_t column, std::size_t n) {
        staged& have = stages_[k];
        data[k] = have.to;
        if (have.same_in_all_rows && have.column == column && have.n >= n) return;
        gather_elements(operands_[k], loop_, at_, n, have.to);
        have.column = column;
        have.n = n;
    }

    const loop_shape& loop_;
    const loop_operand* operands_;
    std::size_t count_, length_ = 0;
    std::size_t at_;  // the next block's first element
    staged stages_[most_inputs];
    alignas(step_bytes) char buffer_[24576];
};

}  // namespace weft::detail
