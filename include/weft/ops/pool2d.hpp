// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What pooling ops have in common: their options, max_pool2d<3, pool2d_options{.stride = 2,
// .padding = 1}>(x), the shape of their results, and what they want of images. A window is moved by
// its own size where no stride is given. Nothing here knows an element type.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/write_back.hpp>
#include <weft/ops/require.hpp>
#include <weft/ops/window.hpp>

namespace weft {

// How images are pooled. Padding is no part of a maximum, nor of a mean, unless it is counted.
struct pool2d_options {
    extent2d stride = 0;  // 0: that of the window
    padding2d padding = 0;
    bool count_padding = false;
    image_layout layout = image_layout::nchw;
};

// The parameters of a pooling op.
template <extent2d Window, pool2d_options Options>
struct pool2d_form {
    static constexpr bool count_padding = Options.count_padding;
    static constexpr window2d window = [] {
        window2d out = window2d::of(Window, Options, 1);
        if (out.down.stride == 0) out.down.stride = Window.height;
        if (out.across.stride == 0) out.across.stride = Window.width;
        return out;
    }();
    // Every place has an element of the image in it, unless that is empty.
    static constexpr bool is_valid = window.is_valid() && window.down.before < Window.height &&
                                     window.down.after < Window.height &&
                                     window.across.before < Window.width &&
                                     window.across.after < Window.width;

    static constexpr image_shape image(const dims& x) { return image_shape::of(x, Options.layout); }
    static constexpr bool fits(const dims& x) {
        return image(x).height > 0 && image(x).width > 0 && window.fits(image(x));
    }
    static constexpr dims shape(const dims& x) {
        return window.places(image(x), image(x).channels).in(Options.layout);
    }
    static window_sizes sizes(const dims& x) { return {image(x), window, Options.layout}; }
    template <class Shape>
    struct shape_of {
        static constexpr dims value = shape(Shape::value);
    };
};

// The run-time shape rule; fails with invalid_argument.
template <class Form>
dims pool2d_shape(const char* op, const Form&, const dims& x) {
    if (!Form::fits(x))
        fail(errc::invalid_argument,
             "%s of %s: the window of %zu by %zu elements is larger than the padded image, or that "
             "is empty",
             op, dims_text(x).chars, Form::window.down.size, Form::window.across.size);
    return Form::shape(x);
}

// Op on images; the form is that of its window and options.
template <class Op, class Form, tensor_expr E>
constexpr auto pool2d(const E& x) {
    using images = result_of_t<E>;
    if constexpr (!require_images<images::rank>::ok ||
                  !require_window_options<Form::is_valid>::ok) {
        return x;
    } else {
        using shape = typename images::shape_type;
        constexpr image_shape x_shape = Form::image(shape::value);
        if constexpr (!require_window_within<Form::window.down.size, Form::window.across.size,
                                             x_shape.height, x_shape.width,
                                             Form::fits(shape::value)>::ok)
            return x;
        else
            return make_op_with<
                Op, tensor_of_t<element_of_t<E>, typename Form::template shape_of<shape>>>(Form{},
                                                                                           x);
    }
}

}  // namespace weft
