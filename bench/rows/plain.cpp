// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The rival that everybody has: loops as one would write them, memcpy where rows are only moved.
#include "rows/rivals.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace {

using bench::row_problem;
using bench::row_work;

void softmax(const float* x, std::size_t n, float* out, row_work work) {
    const float most = *std::max_element(x, x + n);
    float sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += std::exp(x[i] - most);
    const float log_sum = std::log(sum);
    if (work == row_work::logsumexp)
        *out = most + log_sum;
    else if (work == row_work::log_softmax)
        for (std::size_t i = 0; i < n; ++i) out[i] = x[i] - most - log_sum;
    else
        for (std::size_t i = 0; i < n; ++i) out[i] = std::exp(x[i] - most) / sum;
}
void layer_norm(const float* x, std::size_t n, const float* scale, const float* shift, float* out) {
    float mean = 0, squares = 0;
    for (std::size_t i = 0; i < n; ++i) mean += x[i];
    mean /= static_cast<float>(n);
    for (std::size_t i = 0; i < n; ++i) squares += (x[i] - mean) * (x[i] - mean);
    const float factor = 1 / std::sqrt(squares / static_cast<float>(n) + 1e-5f);
    for (std::size_t i = 0; i < n; ++i) out[i] = (x[i] - mean) * factor * scale[i] + shift[i];
}
// sum(x * y), or sum(x) where y is null, with sixteen partial sums.
float lane_sum(const float* x, const float* y, std::size_t n) {
    float part[16] = {};
    for (std::size_t i = 0; i + 16 <= n; i += 16)
        for (std::size_t lane = 0; lane < 16; ++lane)
            part[lane] += y == nullptr ? x[i + lane] : x[i + lane] * y[i + lane];
    float total = 0;
    for (float one : part) total += one;
    return total;
}

void by_rows(const row_problem& p) {
    const std::size_t n = p.columns;
    for (std::size_t r = 0; r < p.rows; ++r) {
        const float* const x = p.x + r * n;
        float* const to = p.out + r * n;
        switch (p.work) {
            case row_work::logsumexp: softmax(x, n, p.out + r, p.work); break;
            case row_work::softmax:
            case row_work::log_softmax: softmax(x, n, to, p.work); break;
            case row_work::layer_norm: layer_norm(x, n, p.scale, p.shift, to); break;
            case row_work::argmax: p.places[r] = std::max_element(x, x + n) - x; break;
            case row_work::sum_axis_1: p.out[r] = lane_sum(x, nullptr, n); break;
            case row_work::sum_axis_0:
                for (std::size_t i = 0; i < n; ++i) p.out[i] = r == 0 ? x[i] : p.out[i] + x[i];
                break;
            case row_work::max_axis_0:
                for (std::size_t i = 0; i < n; ++i)
                    p.out[i] = r == 0 ? x[i] : std::max(p.out[i], x[i]);
                break;
            case row_work::transpose:
                for (std::size_t i = 0; i < n; ++i) p.out[i * p.rows + r] = x[i];
                break;
            case row_work::gather:
                std::memcpy(to, p.x + static_cast<std::size_t>(p.index[r]) * n, n * sizeof(float));
                break;
            case row_work::concat:
                std::memcpy(p.out + 2 * r * n, x, n * sizeof(float));
                std::memcpy(p.out + (2 * r + 1) * n, p.other + r * n, n * sizeof(float));
                break;
            case row_work::slice:
                std::memcpy(p.out + r * (n / 2), x + n / 4, n / 2 * sizeof(float));
                break;
            default: break;
        }
    }
}
void scatter_add(const row_problem& p) {
    std::memcpy(p.out, p.x, p.size() * sizeof(float));
    for (std::size_t r = 0; r < p.rows; ++r) {
        float* const to = p.out + static_cast<std::size_t>(p.index[r]) * p.columns;
        const float* const from = p.other + r * p.columns;
        for (std::size_t i = 0; i < p.columns; ++i) to[i] += from[i];
    }
}

bench::row_call make(const row_problem& p) {
    switch (p.work) {
        case row_work::sum: return [p] { *p.out = lane_sum(p.x, nullptr, p.size()); };
        case row_work::sum_of_products: return [p] { *p.out = lane_sum(p.x, p.other, p.size()); };
        case row_work::max: return [p] { *p.out = *std::max_element(p.x, p.x + p.size()); };
        case row_work::scatter_add: return [p] { scatter_add(p); };
        default: return [p] { by_rows(p); };
    }
}

const bool added = bench::add_rival("plain", &make);

}  // namespace
