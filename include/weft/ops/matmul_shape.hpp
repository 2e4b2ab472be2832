// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The shape of a product of matrices, for the compiler and at run time, and the sizes and strides
// that its loops work with. A vector is a row as the first operand and a column as the second;
// leading dimensions broadcast. Nothing here knows an element type.
#pragma once

#include <weft/core/shape.hpp>
#include <weft/expr/broadcast.hpp>

namespace weft {

// The parameters of a matmul: whether an operand is to be read with its last two axes swapped.
template <bool TransposeA, bool TransposeB>
struct matmul_form {
    static constexpr bool transpose_a = TransposeA;
    static constexpr bool transpose_b = TransposeB;
};

// A shape with its last two dimensions swapped, or as it is.
constexpr dims swapped_if(bool swap, dims shape) {
    if (swap) {
        const std::size_t last = shape[shape.rank - 1];
        shape[shape.rank - 1] = shape[shape.rank - 2];
        shape[shape.rank - 2] = last;
    }
    return shape;
}

// Dimensions that a product sums over: of the first operand, and of the second.
constexpr std::size_t inner_of_first(const dims& a) { return a[a.rank - 1]; }
constexpr std::size_t inner_of_second(const dims& b) { return b[b.rank == 1 ? 0 : b.rank - 2]; }

// The dimensions before the matrix.
constexpr dims batch_of(const dims& shape) {
    dims out;
    for (std::size_t axis = 0; axis + 2 < shape.rank; ++axis) out.push_back(shape[axis]);
    return out;
}

// The product's shape, given that of its batch.
constexpr dims product_shape(const dims& batch, const dims& a, const dims& b) {
    dims out = batch;
    if (a.rank > 1) out.push_back(a[a.rank - 2]);
    if (b.rank > 1) out.push_back(b[b.rank - 1]);
    return out;
}

// The run-time shape rule, for shapes as they are read; fails with invalid_argument.
inline dims matmul_shape(const dims& a, const dims& b) {
    if (inner_of_first(a) != inner_of_second(b))
        fail(errc::invalid_argument,
             "matmul of %s and %s: the inner dimensions %zu and %zu differ; the columns of the "
             "first "
             "operand must be as many as the rows of the second",
             dims_text(a).chars, dims_text(b).chars, inner_of_first(a), inner_of_second(b));
    return product_shape(broadcast(batch_of(a), batch_of(b)), a, b);
}

// A strided matrix.
template <class T>
struct matrix {
    T* data;
    std::size_t row_step, column_step;

    T* at(std::size_t row, std::size_t column) const {
        return data + row * row_step + column * column_step;
    }
};

// Offsets, in elements, of one product of a batch.
struct matmul_batch {
    std::size_t a = 0, b = 0, out = 0;
};

// What the loops of a product need to know: rows by depth, times depth by columns, for each of a
// batch.
struct matmul_sizes {
    std::size_t rows = 1, depth = 1, columns = 1;
    std::size_t a_row = 1, a_column = 1, b_row = 1, b_column = 1, out_row = 1, out_column = 1;
    dims batch_shape;
    std::size_t a_batch[max_rank] = {}, b_batch[max_rank] = {};

    // `a` and `b` are the operands' shapes in memory.
    matmul_sizes(const dims& a, bool transpose_a, const dims& b, bool transpose_b)
        : batch_shape(broadcast(batch_of(a), batch_of(b))) {
        const dims left = swapped_if(transpose_a, a);
        const dims right = swapped_if(transpose_b, b);
        rows = left.rank > 1 ? left[left.rank - 2] : 1;
        depth = inner_of_first(left);
        columns = right.rank > 1 ? right[right.rank - 1] : 1;
        a_row = transpose_a ? 1 : depth;
        a_column = transpose_a ? rows : 1;
        b_row = transpose_b ? 1 : columns;
        b_column = transpose_b ? depth : 1;
        out_row = columns;
        batch_strides(batch_of(a), rows * depth, a_batch);
        batch_strides(batch_of(b), depth * columns, b_batch);
        merge_batch_into_rows(transpose_a, batch_of(a).size());
    }

    std::size_t batches() const { return batch_shape.size(); }
    matmul_batch batch(std::size_t index) const {
        matmul_batch at{0, 0, index * rows * columns};
        for (std::size_t axis = batch_shape.rank; axis-- > 0; index /= batch_shape[axis]) {
            at.a += index % batch_shape[axis] * a_batch[axis];
            at.b += index % batch_shape[axis] * b_batch[axis];
        }
        return at;
    }
    // One row or few columns: tiles would be mostly empty.
    bool is_thin() const { return rows <= 1 || columns <= 4 || depth == 0; }
    // Turns it into the product of the transposed operands, exchanged: the same numbers.
    void transpose() {
        const matmul_sizes s = *this;
        rows = s.columns, columns = s.rows;
        a_row = s.b_column, a_column = s.b_row, b_row = s.a_column, b_column = s.a_row;
        out_row = s.out_column, out_column = s.out_row;
        for (std::size_t axis = 0; axis < max_rank; ++axis)
            a_batch[axis] = s.b_batch[axis], b_batch[axis] = s.a_batch[axis];
    }
    template <class T>
    matrix<T> matrix_a(T* data) const {
        return {data, a_row, a_column};
    }
    template <class T>
    matrix<T> matrix_b(T* data) const {
        return {data, b_row, b_column};
    }
    template <class T>
    matrix<T> matrix_out(T* data) const {
        return {data, out_row, out_column};
    }

private:
    void batch_strides(const dims& own, std::size_t matrix_size, std::size_t* stride) const {
        const std::size_t shift = batch_shape.rank - own.rank;
        for (std::size_t axis = own.rank; axis-- > 0; matrix_size *= own[axis])
            stride[axis + shift] = own[axis] == 1 ? 0 : matrix_size;
    }
    // A batch of row-major matrices times one matrix is one product of many rows.
    void merge_batch_into_rows(bool transpose_a, std::size_t batches_of_a) {
        for (std::size_t axis = 0; axis < batch_shape.rank; ++axis)
            if (b_batch[axis] != 0) return;
        if (transpose_a || batches_of_a != batches()) return;
        rows *= batches_of_a;
        batch_shape = {};
    }
};

// The product's shape as the compiler knows it, of operands' shapes as they are read.
template <class A, class B>
struct matmul_static {
    static constexpr dims value =
        product_shape(broadcast_static(batch_of(A::value), batch_of(B::value)), A::value, B::value);
};

}  // namespace weft
