// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Rows in Eigen: arrays that are mapped to the problem's memory, in one thread.
#include "rows/rivals.hpp"

#include <Eigen/Core>

namespace {

using bench::row_problem;
using bench::row_work;

using matrix = Eigen::Array<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using const_rows = Eigen::Map<const matrix, Eigen::Aligned64>;
using rows_to = Eigen::Map<matrix, Eigen::Aligned64>;
using row_to = Eigen::Map<Eigen::Array<float, 1, Eigen::Dynamic>, Eigen::Aligned64>;
using column_to = Eigen::Map<Eigen::Array<float, Eigen::Dynamic, 1>, Eigen::Aligned64>;

Eigen::Index size_of(std::size_t n) { return static_cast<Eigen::Index>(n); }
const_rows in(const row_problem& p, const float* from) {
    return {from, size_of(p.rows), size_of(p.columns)};
}
rows_to out(const row_problem& p) { return {p.out, size_of(p.rows), size_of(p.columns)}; }

void softmax(const row_problem& p) {
    const auto x = in(p, p.x);
    auto to = out(p);
    for (Eigen::Index r = 0; r < x.rows(); ++r) {
        to.row(r) = (x.row(r) - x.row(r).maxCoeff()).exp();
        to.row(r) *= 1 / to.row(r).sum();
    }
}
// Also log_softmax.
void logsumexp(const row_problem& p) {
    const auto x = in(p, p.x);
    auto to = out(p);
    for (Eigen::Index r = 0; r < x.rows(); ++r) {
        const float most = x.row(r).maxCoeff();
        const float log_sum = most + std::log((x.row(r) - most).exp().sum());
        if (p.work == row_work::logsumexp)
            p.out[r] = log_sum;
        else
            to.row(r) = x.row(r) - log_sum;
    }
}
void layer_norm(const row_problem& p) {
    const auto x = in(p, p.x);
    auto to = out(p);
    const const_rows scale(p.scale, 1, size_of(p.columns)), shift(p.shift, 1, size_of(p.columns));
    for (Eigen::Index r = 0; r < x.rows(); ++r) {
        to.row(r) = x.row(r) - x.row(r).mean();
        const float factor = 1 / std::sqrt(to.row(r).square().mean() + 1e-5f);
        to.row(r) = to.row(r) * factor * scale + shift;
    }
}
void argmax(const row_problem& p) {
    const auto x = in(p, p.x);
    for (Eigen::Index r = 0; r < x.rows(); ++r) {
        Eigen::Index place = 0;
        x.row(r).maxCoeff(&place);
        p.places[r] = place;
    }
}

bench::row_call make(const row_problem& p) {
    switch (p.work) {
        case row_work::softmax: return [p] { softmax(p); };
        case row_work::log_softmax:
        case row_work::logsumexp: return [p] { logsumexp(p); };
        case row_work::layer_norm: return [p] { layer_norm(p); };
        case row_work::argmax: return [p] { argmax(p); };
        case row_work::sum: return [p] { *p.out = in(p, p.x).sum(); };
        case row_work::sum_of_products:
            return [p] { *p.out = (in(p, p.x) * in(p, p.other)).sum(); };
        case row_work::max: return [p] { *p.out = in(p, p.x).maxCoeff(); };
        case row_work::sum_axis_0:
            return [p] { row_to(p.out, size_of(p.columns)) = in(p, p.x).colwise().sum(); };
        case row_work::max_axis_0:
            return [p] { row_to(p.out, size_of(p.columns)) = in(p, p.x).colwise().maxCoeff(); };
        case row_work::sum_axis_1:
            return [p] { column_to(p.out, size_of(p.rows)) = in(p, p.x).rowwise().sum(); };
        case row_work::transpose:
            return [p] {
                rows_to(p.out, size_of(p.columns), size_of(p.rows)) = in(p, p.x).transpose();
            };
        case row_work::slice:
            return [p] {
                const auto half = size_of(p.columns / 2);
                rows_to(p.out, size_of(p.rows), half) =
                    in(p, p.x).middleCols(size_of(p.columns / 4), half);
            };
        default: return {};
    }
}

const bool added = bench::add_rival("Eigen", &make);

}  // namespace
