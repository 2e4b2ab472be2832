// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// layer_norm(x, scale, shift, epsilon): each row of the last axis less its mean, divided by its
// standard deviation, times scale, plus shift: J. Ba et al., "Layer normalization" (2016). epsilon
// is added to the variance. The mean is accumulated as by sum, the variance from differences to it,
// whose squares are added up in double; rows of float lose no digits to a large mean. What x is is
// fused into it.
#pragma once

#include <weft/kernel/accumulate_product.hpp>
#include <weft/ops/pack_loop.hpp>
#include <weft/ops/require.hpp>
#include <weft/ops/sum.hpp>

namespace weft {

// The parameters of layer_norm.
struct layer_norm_parameters {
    double epsilon;
};

namespace ops {
struct layer_norm {
    static constexpr const char* name = "LayerNorm";
    static constexpr bool device_neutral = true;
    static constexpr bool fuses_input = true;
    static constexpr double cost_ns = 3;

    static dims shape(const layer_norm_parameters&, const dims& x, const dims& scale,
                      const dims& shift) {
        if (scale[0] != x[x.rank - 1] || shift[0] != x[x.rank - 1])
            fail(errc::invalid_argument,
                 "layer_norm of shape %s: scale and shift have %zu and %zu elements where the last "
                 "axis has %zu",
                 dims_text(x).chars, scale[0], shift[0], x[x.rank - 1]);
        return x;
    }
};
}  // namespace ops

template <class T>
    requires(is_floating<T>)
struct kernel<ops::layer_norm, cpu, T> {
    template <class Out, class Scale, class Shift>
    static void run(context_base& ctx, const layer_norm_parameters& p, const Out& out,
                    const source<T>& in, const Scale& scale, const Shift& shift) {
        normalize(ctx, in, scale.size(), scale.data(), shift.data(), p.epsilon, out.data());
    }

private:
    using C = compute_t<T>;

    static void normalize(context_base& ctx, const source<T>& in, std::size_t n, const T* scale,
                          const T* shift, double epsilon, T* out) {
        const std::size_t rows = n == 0 ? 0 : in.size() / n;
        const double row_ns = 0.3 * static_cast<double>(n) + 20;
        ctx.parallel_for(rows, row_ns, [&](std::size_t first, std::size_t last) {
            const auto row = [&](std::size_t r) {
                return in.data() == nullptr ? out + r * n : in.data() + r * n;
            };
            // The mean of a row, the deviation of the one before and the results of that before: it
            // takes long until they are known, and nothing waits for them in the same turn.
            centre next, current;
            C factor{};
            for (std::size_t r = first; r < last + 2; ++r) {
                const centre mean = current;
                const C scaled_by = factor;
                current = next;
                if (r < last) {
                    if (in.data() == nullptr) in.copy_to(r * n, (r + 1) * n, out + r * n);
                    const double sum = detail::reduce_span<sum_reducer<T>>(row(r), n);
                    next = centre(sum / static_cast<double>(n));
                }
                if (r > first && r <= last) {
                    const double spread = variance(row(r - 1), n, current);
                    factor = static_cast<C>(1 / sqrt(spread + epsilon));
                }
                if (r > first + 1)
                    finish_row(row(r - 2), n, mean, scaled_by, scale, shift, out + (r - 2) * n);
            }
        });
    }
    // A mean in two parts, which together are as exact as in double. x - high is exact or as good;
    // low is taken off where it costs nothing.
    struct centre {
        C high, low;
        explicit centre(double mean = 0)
            : high(static_cast<C>(mean)),
              low(static_cast<C>(mean - static_cast<double>(static_cast<C>(mean)))) {}
    };
    // The variance: the mean square of x - high, less that of low, which it is around. The squares
    // of four registers are added up, those sums in double. Asks for rows that come later.
    static double variance(const T* x, std::size_t n, centre mean) {
        constexpr int lanes = loop_lanes<T>;
        constexpr std::size_t step = lanes;
        double total = 0;
        std::size_t i = 0;
        if constexpr (lanes > 1) {
            using V = pack<C, lanes>;
            using states = detail::lane_states<double, lanes>;
            states sums = states::of(V(C{}));
            const auto add = [&](std::size_t at, std::size_t count) {
                V part(C{});
                for (; count > 0; --count, at += step) {
                    const V d = load_lanes<T, lanes>(x + at) - V(mean.high);
                    __builtin_prefetch(x + 4 * n + at);
                    accumulate_product(part, d, d);
                }
                sums = detail::combine_lanes<sum_reducer<double>>(sums, states::of(part));
            };
            for (; i + 4 * step <= n; i += 4 * step) add(i, 4);
            for (; i + step <= n; i += step) add(i, 1);
            total = detail::fold_states<sum_reducer<double>>(sums);
        }
        for (; i < n; ++i) {
            const double d = static_cast<double>(static_cast<C>(x[i]) - mean.high);
            total += d * d;
        }
        const double low = static_cast<double>(mean.low);
        const double spread = total / static_cast<double>(n) - low * low;
        return spread < 0 ? 0 : spread;  // the mean is rounded, too
    }
    static void finish_row(const T* x, std::size_t n, centre mean, C factor, const T* scale,
                           const T* shift, T* out) {
        for_each_pack<T>(n, [&](auto lanes, std::size_t i) {
            using V = lane_value_t<T, lanes>;
            V normal(-mean.low * factor), y = load_lanes<T, lanes>(shift + i);
            accumulate_product(normal, load_lanes<T, lanes>(x + i) - V(mean.high), V(factor));
            accumulate_product(y, normal, load_lanes<T, lanes>(scale + i));
            store_lanes<T, lanes>(out + i, y);
        });
    }
};

// Instantiated for layer_norm; its arguments are the number of axes of x, of scale, and of shift.
template <std::size_t X, std::size_t Scale, std::size_t Shift>
struct require_row_vectors {
    static constexpr bool ok = X >= 1 && Scale == 1 && Shift == 1;
    static_assert(
        ok,
        "weft: layer_norm(x, scale, shift, epsilon) normalises the last axis of x; scale and "
        "shift are vectors of its size");
};

// x normalised along its last axis; scale and shift are vectors of that size.
template <tensor_expr E, tensor_expr Scale, tensor_expr Shift>
constexpr auto layer_norm(const E& x, const Scale& scale, const Shift& shift,
                          double epsilon = 1e-5) {
    using T = element_of_t<E>;
    constexpr std::size_t rank = result_of_t<E>::rank;
    if constexpr (!require_fractions<T>::ok) {
        return x;
    } else if constexpr (!require_equal_elements<T, element_of_t<Scale>>::ok ||
                         !require_equal_elements<T, element_of_t<Shift>>::ok) {
        return x;
    } else if constexpr (!require_row_vectors<rank, result_of_t<Scale>::rank,
                                              result_of_t<Shift>::rank>::ok) {
        return x;
    } else {
        constexpr std::size_t n = result_of_t<E>::shape_type::value[rank - 1];
        if constexpr (!require_equal_dimension<n, result_of_t<Scale>::shape_type::value[0]>::ok ||
                      !require_equal_dimension<n, result_of_t<Shift>::shape_type::value[0]>::ok)
            return x;
        else
            return make_op_with<ops::layer_norm, result_of_t<E>>(layer_norm_parameters{epsilon}, x,
                                                                 scale, shift);
    }
}

}  // namespace weft
