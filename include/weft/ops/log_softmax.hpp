// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// log_softmax(x): log(softmax(x)) along the last axis, or the one named: log_softmax<0>(x).
// Computed as x - max - log(sum(exp(x - max))), which keeps its accuracy where the probability is
// tiny. A row with NaN or +inf, or of -inf alone, is NaN there. The element-wise expression it
// reads is fused into it.
#pragma once

#include <weft/ops/softmax_row.hpp>

namespace weft {

namespace ops {
struct log_softmax {
    static constexpr const char* name = "LogSoftmax";
    static constexpr bool device_neutral = true;
    static constexpr bool fuses_input = true;
    static constexpr double cost_ns = 8;
};
}  // namespace ops

template <class T>
    requires(is_floating<T>)
struct kernel<ops::log_softmax, cpu, T> {
    template <class Along, class Out>
    static void run(context_base& ctx, const Along&, const Out& out, const source<T>& in) {
        map_softmax_rows<logarithm, false>(ctx, in, axis_view(in.shape(), Along::axis), out.data());
    }

private:
    struct logarithm {
        template <class C>
        static C term(double sum) {
            return static_cast<C>(log(sum));
        }
        template <class V>
        [[gnu::always_inline]] static V apply(const V& x, const V& largest, const V& term) {
            return (x - largest) - term;
        }
    };
};

// Along the last axis of x, or the one named; negative ones count from the end.
template <int Axis = -1, tensor_expr E>
constexpr auto log_softmax(const E& x) {
    constexpr std::size_t rank = result_of_t<E>::rank;
    if constexpr (!require_fractions<element_of_t<E>>::ok)
        return x;
    else if constexpr (!require_axis<Axis, rank>::ok)
        return x;
    else
        return make_op_with<ops::log_softmax, result_of_t<E>>(along<axis_of(Axis, rank)>{}, x);
}

}  // namespace weft
