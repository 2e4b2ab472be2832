// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// squeeze<1>(x): a dimension of 1 taken out. Another size does not compile, or fails with
// invalid_argument when sizes are known. Copies; what it reads is fused into it.
// Any element type.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/ops/copy.hpp>
#include <weft/ops/require.hpp>

namespace weft {

namespace ops {
struct squeeze {
    static constexpr const char* name = "Squeeze";
    static constexpr bool device_neutral = true;
    static constexpr bool fuses_input = true;

    template <std::size_t Axis>
    static dims shape(const along<Axis>&, const dims& x) {
        if (x[Axis] != 1)
            fail(errc::invalid_argument, "squeeze: axis %zu of shape %s has size %zu, not 1", Axis,
                 dims_text(x).chars, x[Axis]);
        return without_axis(x, Axis);
    }
};
}  // namespace ops

template <class T>
    requires(is_element<T>)
struct kernel<ops::squeeze, cpu, T> {
    template <class Parameters, class Out>
    static void run(context_base& ctx, const Parameters&, const Out& out, const source<T>& in) {
        copy_elements(ctx, in, out.data());
    }
};

namespace detail {
template <class Shape, std::size_t Axis>
struct squeezed {
    static constexpr dims value = without_axis(Shape::value, Axis);
};
}  // namespace detail

// x without an axis of size 1.
template <int Axis, tensor_expr E>
constexpr auto squeeze(const E& x) {
    using from = typename result_of_t<E>::shape_type;
    constexpr std::size_t rank = result_of_t<E>::rank;
    if constexpr (require_axis<Axis, rank>::ok) {
        constexpr std::size_t axis = axis_of(Axis, rank);
        using result = tensor_of_t<element_of_t<E>, detail::squeezed<from, axis>>;
        if constexpr (require_equal_dimension<from::value[axis], 1>::ok)
            return make_op_with<ops::squeeze, result>(along<axis>{}, x);
        else
            return x;
    } else {
        return x;
    }
}

}  // namespace weft
