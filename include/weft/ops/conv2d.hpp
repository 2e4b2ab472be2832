// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// conv2d(x, w), conv2d<conv2d_options{.stride = 2, .padding = padding2d::same}>(x, w): images
// convolved with filters (correlated: filters are not mirrored). Images are [batch, channels,
// height, width], filters [out, in / groups, height, width]; with image_layout::nhwc, [batch,
// height, width, channels] and [height, width, in / groups, out]. half and bfloat16 are accumulated
// in float and rounded once. The element-wise expression that reads the result (bias, activation)
// is evaluated on pieces of it while they are in the cache; a bias is [out, 1, 1], or [out] with
// nhwc.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/write_back.hpp>
#include <weft/ops/conv2d_shape.hpp>
#include <weft/ops/require.hpp>

namespace weft {

namespace ops {
struct conv2d {
    static constexpr const char* name = "Conv2D";
    static constexpr bool device_neutral = true;
    static constexpr double cost_ns = 50;

    template <conv2d_options Options>
    static dims shape(const conv2d_form<Options>&, const dims& x, const dims& w) {
        return conv2d_shape(Options, x, w);
    }
};
}  // namespace ops

// out = x convolved with w.
template <class T>
void convolve(context_base& ctx, const conv2d_sizes& sizes, const T* x, const T* w, T* out,
              const write_back& finish = {});

template <class T>
    requires(is_floating<T>)
struct kernel<ops::conv2d, cpu, T> {
    static constexpr bool writes_back = true;

    template <class Form, class Out, class X, class W>
    static void run(context_base& ctx, const Form&, const Out& out, const X& x, const W& w,
                    const write_back& finish = {}) {
        const conv2d_sizes sizes(Form::options, x.shape(), w.shape());
        convolve<T>(ctx, sizes, x.data(), w.data(), out.data(), finish);
    }
};

// Instantiated for images and filters; its arguments are the channels of the images, those of each
// filter, the number of filters, and of groups.
template <std::size_t Channels, std::size_t FilterChannels, std::size_t Filters, std::size_t Groups,
          bool Ok>
struct require_filters {
    static constexpr bool ok = Ok;
    static_assert(
        ok,
        "weft: filters have as many channels as images, divided by the groups, and are a multiple "
        "of those: [out, in / groups, height, width], or [height, width, in / groups, out] with "
        "image_layout::nhwc");
};

namespace detail {
template <conv2d_options Options, class X, class W>
struct convolved {
    static constexpr conv2d_operands o{Options, X::value, W::value};
    static constexpr dims value = o.shape();
};
}  // namespace detail

// x convolved with w.
template <conv2d_options Options = conv2d_options{}, tensor_expr X, tensor_expr W>
constexpr auto conv2d(const X& x, const W& w) {
    using T = element_of_t<X>;
    using images = result_of_t<X>;
    using filters = result_of_t<W>;
    constexpr window2d smallest = window2d::of(1, Options, Options.dilation);
    if constexpr (!require_equal_elements<T, element_of_t<W>>::ok) {
        return x;
    } else if constexpr (!require_images<images::rank>::ok || !require_images<filters::rank>::ok ||
                         !require_window_options < Options.groups != 0 &&
                             smallest.is_valid() > ::ok) {
        return x;
    } else {
        constexpr conv2d_operands o(Options, images::shape_type::value, filters::shape_type::value);
        constexpr extent2d window = o.filter.window;
        if constexpr (!require_filters < o.image.channels, o.filter.in, o.filter.out,
                      Options.groups, o.channels_agree() && o.groups_divide() > ::ok)
            return x;
        else if constexpr (!require_window_within<window.height, window.width, o.image.height,
                                                  o.image.width, o.window_fits()>::ok)
            return x;
        else
            return make_op_with<
                ops::conv2d, tensor_of_t<T, detail::convolved<Options, typename images::shape_type,
                                                              typename filters::shape_type>>>(
                conv2d_form<Options>{}, x, w);
    }
}

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/ops/conv2d_source.hpp>
#endif
