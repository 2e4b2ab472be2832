// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The work on rows that libraries are compared in, and what a file of this folder gives to be
// measured: a rival, which makes of a problem the call that does it. Each file adds its own under a
// name; which of them there are is up to the build. All read and write the same memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace bench {

enum class row_work {
    softmax,
    log_softmax,
    logsumexp,
    layer_norm,
    argmax,
    sum,
    sum_axis_0,
    sum_axis_1,
    sum_of_products,
    max,
    max_axis_0,
    transpose,
    gather,
    scatter_add,
    concat,
    slice
};

// A matrix of floats, row by row, and what else the work reads: `other` is a matrix of the same
// shape, `index` names a row for each row, `scale` and `shift` are one row each. Results go to
// `out`, of argmax to `places`; a slice is the columns from a quarter to three quarters, a concat
// is of rows side by side.
struct row_problem {
    row_work work;
    std::size_t rows, columns;
    const float* x;
    const float* other;
    const float* scale;
    const float* shift;
    const std::int64_t* index;
    float* out;
    std::int64_t* places;

    std::size_t size() const { return rows * columns; }
    std::size_t results() const {
        switch (work) {
            case row_work::sum:
            case row_work::sum_of_products:
            case row_work::max: return 1;
            case row_work::sum_axis_0:
            case row_work::max_axis_0: return columns;
            case row_work::sum_axis_1:
            case row_work::logsumexp:
            case row_work::argmax: return rows;
            case row_work::concat: return 2 * size();
            case row_work::slice: return size() / 2;
            default: return size();
        }
    }
};

using row_call = std::function<void()>;

struct rival {
    std::string name;
    // Empty for work that the library has no call for.
    std::function<row_call(const row_problem&)> make;
};

// In the order of adding, which is the one in which the files are linked.
inline std::vector<rival>& all_rivals() {
    static std::vector<rival> rivals;
    return rivals;
}
// Always true: called to initialise a constant.
inline bool add_rival(std::string name, row_call (*make)(const row_problem&)) {
    all_rivals().push_back({std::move(name), make});
    return true;
}

}  // namespace bench
