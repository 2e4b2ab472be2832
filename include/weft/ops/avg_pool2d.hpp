// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// avg_pool2d<2>(x), avg_pool2d<3, pool2d_options{.stride = 1, .padding = padding2d::same}>(x): the
// mean of each window of images, [batch, channels, height, width] or channels last. Padding is left
// out, of the sum and of what that is divided by, or counts as zeros with .count_padding = true.
// half and bfloat16 are added in float. The element-wise expression that reads the result is
// evaluated on pieces of it.
#pragma once

#include <weft/ops/pool2d.hpp>

namespace weft {

namespace ops {
struct avg_pool2d {
    static constexpr const char* name = "AvgPool";
    static constexpr bool device_neutral = true;
    static constexpr double cost_ns = 2;

    template <class Form>
    static dims shape(const Form& form, const dims& x) {
        return pool2d_shape("avg_pool2d", form, x);
    }
};
}  // namespace ops

template <class T>
void pool_means(context_base& ctx, const window_sizes& sizes, bool count_padding, const T* x,
                T* out, const write_back& finish);

template <class T>
    requires(is_floating<T>)
struct kernel<ops::avg_pool2d, cpu, T> {
    static constexpr bool writes_back = true;

    template <class Form, class Out, class X>
    static void run(context_base& ctx, const Form&, const Out& out, const X& x,
                    const write_back& finish = {}) {
        pool_means<T>(ctx, Form::sizes(x.shape()), Form::count_padding, x.data(), out.data(),
                      finish);
    }
};

// The mean of each window.
template <extent2d Window, pool2d_options Options = pool2d_options{}, tensor_expr E>
constexpr auto avg_pool2d(const E& x) {
    if constexpr (require_fractions<element_of_t<E>>::ok)
        return pool2d<ops::avg_pool2d, pool2d_form<Window, Options>>(x);
    else
        return x;
}

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/ops/pool2d_source.hpp>
#endif
