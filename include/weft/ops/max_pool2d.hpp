// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// max_pool2d<2>(x), max_pool2d<3, pool2d_options{.stride = 2, .padding = 1}>(x): the largest
// element of each window of images, [batch, channels, height, width] or channels last; NaN where
// there is one. Padding is no part of it. The element-wise expression that reads the result is
// evaluated on pieces of it.
#pragma once

#include <weft/ops/pool2d.hpp>

namespace weft {

namespace ops {
struct max_pool2d {
    static constexpr const char* name = "MaxPool";
    static constexpr bool device_neutral = true;
    static constexpr double cost_ns = 2;

    template <class Form>
    static dims shape(const Form& form, const dims& x) {
        return pool2d_shape("max_pool2d", form, x);
    }
};
}  // namespace ops

template <class T>
void pool_maxima(context_base& ctx, const window_sizes& sizes, const T* x, T* out,
                 const write_back& finish);

template <class T>
    requires(is_real<T>)
struct kernel<ops::max_pool2d, cpu, T> {
    static constexpr bool writes_back = true;

    template <class Form, class Out, class X>
    static void run(context_base& ctx, const Form&, const Out& out, const X& x,
                    const write_back& finish = {}) {
        pool_maxima<T>(ctx, Form::sizes(x.shape()), x.data(), out.data(), finish);
    }
};

// The largest element of each window.
template <extent2d Window, pool2d_options Options = pool2d_options{}, tensor_expr E>
constexpr auto max_pool2d(const E& x) {
    return pool2d<ops::max_pool2d, pool2d_form<Window, Options>>(x);
}

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/ops/pool2d_source.hpp>
#endif
