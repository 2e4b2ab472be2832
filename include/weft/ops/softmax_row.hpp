// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What softmax, log_softmax, logsumexp and softmax_cross_entropy share: the maximum m of a row and
// the sum of exp(x - m), which cannot overflow: four registers of exponentials are added up, those
// sums in double. Along the last axis for a row of neighbours, along others for several columns at
// once. Knows nothing of how results are formed from them.
#pragma once

#include <weft/ops/max.hpp>
#include <weft/ops/pack_loop.hpp>
#include <weft/ops/require.hpp>

namespace weft {

// The maximum of some elements and the sum of exp(x - maximum); a row of nothing has -inf and 0.
// The logarithm of the sum of exponentials is NaN where an element is, and infinite where the
// maximum is.
template <class C>
struct softmax_state {
    C largest = lowest_value<C>();
    double sum = 0;

    C log_sum() const {
        const C infinite = highest_value<C>();
        if (!(largest < infinite && -infinite < largest)) return largest;
        return largest + static_cast<C>(log(sum));
    }
};

namespace detail {

// exp(x) where x is not above 0, as x - max is: half the work of one that looks at all x. In float,
// off by 3 ulp and, since x is reduced in one step, by |x| / 2 ulp, as much as the rounding of x -
// max is felt; 0 below -87.7, where it would be subnormal; NaN gives NaN, and 0 exactly 1. x / ln 2
// = n + r; 2^r by a polynomial of degree 5 that has the least relative error. The sum with `shift`
// rounds to n and leaves n + 127, the exponent of 2^n, in its last bits.
template <class V>
[[gnu::always_inline]] inline V exp_of_nonpositive(const V& x) {
    if constexpr (is_pack<V> && std::is_same_v<lane_element_t<V>, float>) {
        using bits = typename V::bits_type;
        const V lowest(-88.02f), log2_e(1.44269504f), shift(12582912.0f + 127.0f);
        const V from(lowest.v > x.v ? lowest.v : x.v);
        const V shifted = from * log2_e + shift;
        const V r = from * log2_e - (shifted - shift);
        V p = V(0.00132646994f) * r + V(0.00967153348f);
        p = p * r + V(0.0555073395f);
        p = p * r + V(0.240222424f);
        p = p * r + V(0.693147004f);
        p = p * r + V(1.0f);
        return p * V((typename V::register_type)((bits)shifted.v << 23));
    } else {
        return exp(x);
    }
}

// The largest element of a row, whatever NaN is among the others.
template <class T>
compute_t<T> largest_number(const T* x, std::size_t n) {
    span_of_numbers<max_reducer<T>, T, false> span;
    span.add(x, n);
    return span.total();
}

// Adds up exponentials of a row that comes in spans; all but the last are of whole registers.
template <class T>
class exponential_sum {
public:
    using C = compute_t<T>;

    explicit exponential_sum(C largest) : largest_(largest) {
        if constexpr (lanes > 1)
            for (auto& part : sums_.part) part = 0.0;
    }
    // The exponentials are kept in `exps`, unless it is null; that may be x.
    template <bool Keep>
    void add(const T* x, std::size_t n, T* exps) {
        constexpr std::size_t step = lanes;
        const lane_value_t<T, lanes> largest(largest_);
        std::size_t i = 0;
        const auto one = [&](std::size_t at) {
            const auto e = exp_of_nonpositive(load_lanes<T, lanes>(x + at) - largest);
            if constexpr (Keep) store_lanes<T, lanes>(exps + at, e);
            return e;
        };
        if constexpr (lanes > 1) {
            auto sums = sums_;
            for (; i + 4 * step <= n; i += 4 * step) {
                const auto a = one(i) + one(i + step);
                const auto b = one(i + 2 * step) + one(i + 3 * step);
                sums = combine_lanes<sum_of>(sums, lane_states<double, lanes>::of(a + b));
            }
            for (; i + step <= n; i += step)
                sums = combine_lanes<sum_of>(sums, lane_states<double, lanes>::of(one(i)));
            if (i < n) {
                const auto e = exp_of_nonpositive(
                    load_some<T, lanes>(x + i, n - i, lowest_value<C>()) - largest);
                if constexpr (Keep) store_some<T, lanes>(exps + i, n - i, e);
                sums = combine_lanes<sum_of>(sums, lane_states<double, lanes>::of(e));
            }
            sums_ = sums;
        } else {
            for (; i < n; ++i) sums_ += static_cast<double>(one(i));
        }
    }
    double total() const {
        if constexpr (lanes > 1)
            return fold_states<sum_of>(sums_);
        else
            return sums_;
    }

private:
    static constexpr int lanes = loop_lanes<T>;
    struct sum_of {
        template <class V>
        [[gnu::always_inline]] static V combine(const V& a, const V& b) {
            return a + b;
        }
    };

    C largest_;
    std::conditional_t<(lanes > 1), lane_states<double, lanes>, double> sums_{};
};

}  // namespace detail

// The state of a row in memory.
template <class T>
softmax_state<compute_t<T>> softmax_of_row(const T* x, std::size_t n) {
    const compute_t<T> largest = detail::reduce_span<max_reducer<T>>(x, n);
    detail::exponential_sum<T> sum(largest);
    sum.template add<false>(x, n, nullptr);
    return {largest, sum.total()};
}

// A row of any length from a source, which is read twice where it is long.
template <class T>
softmax_state<compute_t<T>> softmax_of_row(const source<T>& in, std::size_t first, std::size_t n) {
    if (in.data() != nullptr) return softmax_of_row(in.data() + first, n);
    if (n <= source_block) {
        T buffer[source_block];
        return softmax_of_row(in.block(first, first + n, buffer), n);
    }
    const compute_t<T> largest = detail::reduce_run<max_reducer<T>>(in, first, first + n);
    detail::exponential_sum<T> sum(largest);
    detail::for_each_block(
        in, first, first + n, source_block,
        [&](const T* x, std::size_t size) { sum.template add<false>(x, size, nullptr); });
    return {largest, sum.total()};
}

// Columns that are worked on at once along an axis that is not the last.
inline constexpr std::size_t softmax_columns = 256;

// The states of up to softmax_columns neighbouring columns.
template <class T>
struct softmax_column_states {
    using C = compute_t<T>;
    C largest[softmax_columns];
    double sum[softmax_columns];

    void clear(std::size_t count) {
        for (std::size_t j = 0; j < count; ++j) {
            largest[j] = lowest_value<C>();
            sum[j] = 0;
        }
    }
    // `rows` more rows that are `step` apart.
    void add_largest(const T* x, std::size_t step, std::size_t rows, std::size_t count) {
        detail::reduce_rows_to_states<max_reducer<T>>(largest, x, step, rows, count);
    }
    // One more row, once the largest are known; the exponentials go to `exps`, which may be x.
    template <bool Keep>
    void add_exponentials(const T* x, std::size_t count, T* exps) {
        for_each_pack<T>(count, [&](auto lanes, std::size_t j) {
            constexpr int n = lanes;
            const auto e = detail::exp_of_nonpositive(load_lanes<T, n>(x + j) -
                                                      load_lanes<C, n>(largest + j));
            if constexpr (Keep) store_lanes<T, n>(exps + j, e);
            if constexpr (n == 1) {
                sum[j] += static_cast<double>(e);
            } else {
                double wide[n];
                detail::lane_states<double, n>::of(e).store(wide);
                for (std::size_t k = 0; k < n; ++k) sum[j + k] += wide[k];
            }
        });
    }
};

namespace detail {

// One row by Finish: exponentials, or elements as they are, to results. NaN need not be looked for:
// where it is, the sum is NaN.
template <class Finish, bool Exps, class T>
void finish_row(const T* x, std::size_t n, T* out) {
    using C = compute_t<T>;
    const C largest = largest_number(x, n);
    exponential_sum<T> sum(largest);
    sum.template add<Exps>(x, n, out);
    const C term = Finish::template term<C>(sum.total());
    const T* const from = Exps ? out : x;
    for_each_pack<T>(n, [&](auto lanes, std::size_t i) {
        using V = lane_value_t<T, lanes>;
        store_lanes<T, lanes>(
            out + i, Finish::apply(load_lanes<T, lanes>(from + i), V(largest), V(term)));
    });
}

// Columns from `start` on, in place.
template <class Finish, bool Exps, class T>
void finish_columns(T* x, const axis_view& view, std::size_t count) {
    using C = compute_t<T>;
    softmax_column_states<T> columns;
    C terms[softmax_columns];
    columns.clear(count);
    columns.add_largest(x, view.inner, view.n, count);
    T* const end = x + view.n * view.inner;
    for (T* row = x; row < end; row += view.inner)
        columns.template add_exponentials<Exps>(row, count, row);
    for (std::size_t j = 0; j < count; ++j) terms[j] = Finish::template term<C>(columns.sum[j]);
    for (T* row = x; row < end; row += view.inner)
        for_each_pack<T>(count, [&](auto lanes, std::size_t j) {
            constexpr int n = lanes;
            store_lanes<T, n>(row + j, Finish::apply(load_lanes<T, n>(row + j),
                                                     load_lanes<C, n>(columns.largest + j),
                                                     load_lanes<C, n>(terms + j)));
        });
}

}  // namespace detail

// For each row of `in`, which `view` describes, writes Finish::apply(element, largest, term) to
// `out`, where term is Finish::term(sum of exponentials). With Exps, what it gets are not elements
// but their exponentials, less the largest. On the context's threads.
template <class Finish, bool Exps, class T>
void map_softmax_rows(context_base& ctx, const source<T>& in, const axis_view& view, T* out) {
    const std::size_t width = view.inner < softmax_columns ? view.inner : softmax_columns;
    const std::size_t pieces = width == 0 ? 0 : (view.inner + width - 1) / width;
    const double piece_ns = 0.5 * static_cast<double>(view.n * width) + 20;
    ctx.parallel_for(view.outer * pieces, piece_ns, [&](std::size_t piece, std::size_t last) {
        for (; piece < last; ++piece) {
            const std::size_t column = piece % pieces * width;
            const std::size_t count = view.inner - column < width ? view.inner - column : width;
            const std::size_t start = piece / pieces * view.n * view.inner + column;
            if (view.inner == 1) {
                const T* x = in.data() + start;
                if (in.data() == nullptr) {
                    in.copy_to(start, start + view.n, out + start);
                    x = out + start;
                }
                detail::finish_row<Finish, Exps>(x, view.n, out + start);
            } else {
                for (std::size_t at = start; at < start + view.n * view.inner; at += view.inner)
                    in.copy_to(at, at + count, out + at);
                detail::finish_columns<Finish, Exps>(out + start, view, count);
            }
        }
    });
}

}  // namespace weft
