// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// pad<1, 1, 2>(x, value): one element of `value` before and two after, along axis 1. The value is a
// number of x's element type. Copies; what it reads is fused into it.
// Any element type.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/ops/copy.hpp>
#include <weft/ops/require.hpp>

namespace weft {

// The parameters of a padding.
template <std::size_t Axis, std::size_t Before, std::size_t After, class T>
struct axis_padding {
    static constexpr std::size_t axis = Axis;
    static constexpr std::size_t before = Before;
    static constexpr std::size_t after = After;
    T value;
};

namespace ops {
struct pad {
    static constexpr const char* name = "Pad";
    static constexpr bool device_neutral = true;
    static constexpr bool fuses_input = true;

    template <std::size_t Axis, std::size_t Before, std::size_t After, class T>
    static dims shape(const axis_padding<Axis, Before, After, T>&, const dims& x) {
        return with_extent(x, Axis, Before + x[Axis] + After);
    }
};
}  // namespace ops

template <class T>
    requires(is_element<T>)
struct kernel<ops::pad, cpu, T> {
    template <class Padding, class Out>
    static void run(context_base& ctx, const Padding& p, const Out& out, const source<T>& in) {
        put(ctx, p.value, p.before, p.after, axis_view(in.shape(), p.axis), out.data(), in);
    }

private:
    static void put(context_base& ctx, const T& value, std::size_t before, std::size_t after,
                    const axis_view& view, T* out, const source<T>& in) {
        const std::size_t first = before * view.inner;
        const std::size_t middle = view.n * view.inner;
        const std::size_t last = after * view.inner;
        const std::size_t step = first + middle + last;
        fill_spans(ctx, value, out, {view.outer, first, 0, 0, 0, step});
        copy_spans(ctx, in, out, {view.outer, middle, 0, middle, first, step});
        fill_spans(ctx, value, out, {view.outer, last, 0, 0, first + middle, step});
    }
};

namespace detail {
template <class Shape, std::size_t Axis, std::size_t More>
struct padded {
    static constexpr std::size_t size = Shape::value[Axis];
    static constexpr dims value = with_extent(Shape::value, Axis, size == dyn ? dyn : size + More);
};
}  // namespace detail

// x with Before and After more elements at the ends of an axis; the axis may be negative.
template <int Axis, std::size_t Before, std::size_t After, tensor_expr E>
constexpr auto pad(const E& x, const element_of_t<E>& value) {
    using T = element_of_t<E>;
    constexpr std::size_t rank = result_of_t<E>::rank;
    if constexpr (require_axis<Axis, rank>::ok) {
        constexpr std::size_t axis = axis_of(Axis, rank);
        using shape = detail::padded<typename result_of_t<E>::shape_type, axis, Before + After>;
        return make_op_with<ops::pad, tensor_of_t<T, shape>>(
            axis_padding<axis, Before, After, T>{value}, x);
    } else {
        return x;
    }
}

}  // namespace weft
