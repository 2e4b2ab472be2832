// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// expand_dims<1>(x): a dimension of 1 put in at an axis of the result, so that x broadcasts there;
// negative axes count from the end of the result: expand_dims<-1>(x) adds a last one. Copies; what
// it reads is fused into it. Any element type.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/ops/copy.hpp>
#include <weft/ops/require.hpp>

namespace weft {

namespace ops {
struct expand_dims {
    static constexpr const char* name = "ExpandDims";
    static constexpr bool device_neutral = true;
    static constexpr bool fuses_input = true;

    template <std::size_t Axis>
    static dims shape(const along<Axis>&, const dims& x) {
        return with_axis(x, Axis, 1);
    }
};
}  // namespace ops

template <class T>
    requires(is_element<T>)
struct kernel<ops::expand_dims, cpu, T> {
    template <class Parameters, class Out>
    static void run(context_base& ctx, const Parameters&, const Out& out, const source<T>& in) {
        copy_elements(ctx, in, out.data());
    }
};

namespace detail {
template <class Shape, std::size_t Axis>
struct expanded {
    static constexpr dims value = with_axis(Shape::value, Axis, 1);
};
}  // namespace detail

// x with a dimension of 1 more.
template <int Axis, tensor_expr E>
constexpr auto expand_dims(const E& x) {
    constexpr std::size_t rank = result_of_t<E>::rank + 1;
    if constexpr (require_axis<Axis, rank>::ok) {
        constexpr std::size_t axis = axis_of(Axis, rank);
        using shape = detail::expanded<typename result_of_t<E>::shape_type, axis>;
        return make_op_with<ops::expand_dims, tensor_of_t<element_of_t<E>, shape>>(along<axis>{},
                                                                                   x);
    } else {
        return x;
    }
}

}  // namespace weft
