// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// softmax(x): exp(x) / sum(exp(x)) along the last axis, or the one named: softmax<0>(x). Computed
// as exp(x - max) / sum(exp(x - max)), which does not overflow; softmax_row.hpp says how the sum is
// accumulated. -inf, as masks have it, gives 0. A row with NaN or +inf, or of -inf alone, is NaN.
// The element-wise expression it reads is fused into it.
#pragma once

#include <weft/ops/softmax_row.hpp>

namespace weft {

namespace ops {
struct softmax {
    static constexpr const char* name = "Softmax";
    static constexpr bool device_neutral = true;
    static constexpr bool fuses_input = true;
    static constexpr double cost_ns = 8;
};
}  // namespace ops

template <class T>
    requires(is_floating<T>)
struct kernel<ops::softmax, cpu, T> {
    template <class Along, class Out>
    static void run(context_base& ctx, const Along&, const Out& out, const source<T>& in) {
        map_softmax_rows<share, keep>(ctx, in, axis_view(in.shape(), Along::axis), out.data());
    }

private:
    // Exponentials are kept where they do not lose digits by it, else computed twice.
    static constexpr bool keep = std::is_same_v<T, compute_t<T>>;

    struct share {
        template <class C>
        static C term(double sum) {
            return static_cast<C>(1 / sum);
        }
        template <class V>
        [[gnu::always_inline]] static V apply(const V& x, const V& largest, const V& term) {
            if constexpr (keep)
                return x * term;
            else
                return detail::exp_of_nonpositive(x - largest) * term;
        }
    };
};

// Along the last axis of x, or the one named; negative ones count from the end.
template <int Axis = -1, tensor_expr E>
constexpr auto softmax(const E& x) {
    constexpr std::size_t rank = result_of_t<E>::rank;
    if constexpr (!require_fractions<element_of_t<E>>::ok)
        return x;
    else if constexpr (!require_axis<Axis, rank>::ok)
        return x;
    else
        return make_op_with<ops::softmax, result_of_t<E>>(along<axis_of(Axis, rank)>{}, x);
}

}  // namespace weft
