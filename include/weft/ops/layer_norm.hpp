// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// layer_norm(x, scale, shift, epsilon): each row of the last axis less its mean, divided by its
// standard deviation, times scale, plus shift: J. Ba et al., "Layer normalization" (2016). epsilon
// is added to the variance. Mean and variance are accumulated in double, the latter from
// differences to the mean. What x is is fused into it.
#pragma once

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
        ctx.parallel_for(rows, 3.0 * static_cast<double>(n), [&](std::size_t r, std::size_t last) {
            for (; r < last; ++r) {
                T* row = out + r * n;
                in.copy_to(r * n, (r + 1) * n, row);
                const double mean =
                    detail::reduce_span<sum_reducer<T>>(static_cast<const T*>(row), n) /
                    static_cast<double>(n);
                const double deviation = sqrt(variance(row, n, mean) + epsilon);
                for (std::size_t i = 0; i < n; ++i) {
                    const double normal =
                        (static_cast<double>(static_cast<C>(row[i])) - mean) / deviation;
                    row[i] = static_cast<T>(static_cast<C>(normal) * static_cast<C>(scale[i]) +
                                            static_cast<C>(shift[i]));
                }
            }
        });
    }
    static double variance(const T* row, std::size_t n, double mean) {
        double sums[4] = {};
        for (std::size_t i = 0; i < n; ++i) {
            const double difference = static_cast<double>(static_cast<C>(row[i])) - mean;
            sums[i % 4] += difference * difference;
        }
        return ((sums[0] + sums[1]) + (sums[2] + sums[3])) / static_cast<double>(n);
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
