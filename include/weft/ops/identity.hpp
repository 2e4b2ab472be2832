// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// identity(x): the value of x, as a node of its own: to name it, to place it, or to have something
// that control dependencies can wait for. Copies; an element-wise expression is evaluated into it.
// Any element type.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/ops/copy.hpp>

namespace weft {

namespace ops {
struct identity {
    static constexpr const char* name = "Identity";
    static constexpr bool device_neutral = true;
    static constexpr bool fuses_input = true;
};
}  // namespace ops

template <class T>
    requires(is_element<T>)
struct kernel<ops::identity, cpu, T> {
    template <class Out>
    static void run(context_base& ctx, const Out& out, const source<T>& in) {
        copy_elements(ctx, in, out.data());
    }
};

// x itself.
template <tensor_expr E>
constexpr auto identity(const E& x) {
    return make_op<ops::identity, result_of_t<E>>(x);
}

}  // namespace weft
