// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// softmax_cross_entropy(logits, labels): for each row of logits the loss -log(softmax(row)[label]),
// labels being classes as int32 or int64. Computed as logsumexp(row) - row[label], without forming
// the softmax. A label that is no class fails with out_of_range. The expression that the logits are
// is fused into it.
#pragma once

#include <weft/ops/index.hpp>
#include <weft/ops/softmax_row.hpp>

namespace weft {

namespace ops {
struct softmax_cross_entropy {
    static constexpr const char* name = "SoftmaxCrossEntropy";
    static constexpr bool device_neutral = true;
    static constexpr bool fuses_input = true;
    static constexpr double cost_ns = 80;

    static dims shape(const dims& logits, const dims& labels) {
        const dims rows = without_axis(logits, logits.rank - 1);
        if (!(rows == labels))
            fail(errc::invalid_argument,
                 "softmax_cross_entropy: logits of shape %s want labels of shape %s, not %s",
                 dims_text(logits).chars, dims_text(rows).chars, dims_text(labels).chars);
        return rows;
    }
};
}  // namespace ops

template <class T, class Label>
    requires(is_floating<T> && is_index<Label>)
struct kernel<ops::softmax_cross_entropy, cpu, T, Label> {
    template <class Out, class Labels>
    static void run(context_base& ctx, const Out& out, const source<T>& logits,
                    const Labels& labels) {
        const std::size_t classes = logits.shape()[logits.shape().rank - 1];
        losses(ctx, out.data(), logits, labels.data(), labels.size(), classes);
    }

private:
    static void losses(context_base& ctx, T* out, const source<T>& logits, const Label* labels,
                       std::size_t rows, std::size_t classes) {
        ctx.parallel_for(
            rows, 0.5 * static_cast<double>(classes) + 20, [&](std::size_t r, std::size_t last) {
                for (; r < last; ++r) {
                    const std::size_t first = r * classes;
                    if (labels[r] < 0 || static_cast<std::size_t>(labels[r]) >= classes)
                        fail(errc::out_of_range,
                             "softmax_cross_entropy: label %lld of row %zu is none of %zu classes",
                             static_cast<long long>(labels[r]), r, classes);
                    out[r] = static_cast<T>(
                        loss(logits, first, classes, static_cast<std::size_t>(labels[r])));
                }
            });
    }
    // The row's label is read with the row where that is short, else by itself.
    static compute_t<T> loss(const source<T>& logits, std::size_t first, std::size_t n,
                             std::size_t label) {
        using C = compute_t<T>;
        T buffer[source_block];
        if (n <= source_block) {
            const T* row = logits.block(first, first + n, buffer);
            return softmax_of_row(row, n).log_sum() - static_cast<C>(row[label]);
        }
        const C log_sum = softmax_of_row(logits, first, n).log_sum();
        return log_sum - static_cast<C>(*logits.block(first + label, first + label + 1, buffer));
    }
};

namespace detail {
// The shape of the losses: the labels', with dyn dimensions taken from the logits where those know
// them.
template <class Logits, class Labels>
struct loss_shape {
    static constexpr bool fits = [] {
        if (Logits::value.rank != Labels::value.rank + 1) return false;
        for (std::size_t axis = 0; axis < Labels::value.rank; ++axis)
            if (Labels::value[axis] != dyn && Logits::value[axis] != dyn &&
                Labels::value[axis] != Logits::value[axis])
                return false;
        return true;
    }();
    static constexpr dims value = [] {
        dims out = Labels::value;
        for (std::size_t axis = 0; fits && axis < out.rank; ++axis)
            if (out[axis] == dyn) out[axis] = Logits::value[axis];
        return out;
    }();
};
}  // namespace detail

// Instantiated for labels; its arguments are the shapes of logits and labels.
template <class Logits, class Labels>
struct require_label_per_row {
    static constexpr bool ok = detail::loss_shape<Logits, Labels>::fits;
    static_assert(
        ok,
        "weft: softmax_cross_entropy wants logits of shape [rows..., classes] and one label "
        "per row, of shape [rows...]");
};

// The loss of each row of logits against its label.
template <tensor_expr Logits, tensor_expr Labels>
constexpr auto softmax_cross_entropy(const Logits& logits, const Labels& labels) {
    using T = element_of_t<Logits>;
    using rows = typename result_of_t<Logits>::shape_type;
    using shape = typename result_of_t<Labels>::shape_type;
    if constexpr (!require_fractions<T>::ok)
        return logits;
    else if constexpr (!require_index<element_of_t<Labels>>::ok)
        return logits;
    else if constexpr (!require_label_per_row<rows, shape>::ok)
        return logits;
    else
        return make_op<ops::softmax_cross_entropy, tensor_of_t<T, detail::loss_shape<rows, shape>>>(
            logits, labels);
}

}  // namespace weft
