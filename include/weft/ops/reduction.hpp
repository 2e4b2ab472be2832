// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What reductions have in common towards the user: the axes they name, keepdims, and the type of
// the result. A reduction without axes reduces all of them. The loops are in reduction_loop.hpp;
// nothing here knows a kernel.
#pragma once

#include <weft/expr/expression.hpp>
#include <weft/ops/axes.hpp>

namespace weft {

// sum<1>(x, keepdims) leaves a dimension of 1 where an axis was reduced, so that the result
// broadcasts against x.
struct keepdims_tag {};
inline constexpr keepdims_tag keepdims{};

// The parameters of a reduction: bit a of Mask is set where axis a is reduced.
template <unsigned Mask, bool Keep>
struct reduced_axes {
    static constexpr unsigned mask = Mask;
    static constexpr bool keep = Keep;
};

// The shape that a reduction leaves; dyn dimensions stay dyn.
constexpr dims reduced_shape(const dims& shape, unsigned mask, bool keep) {
    dims out;
    for (std::size_t axis = 0; axis < shape.rank; ++axis) {
        if ((mask >> axis & 1u) == 0)
            out.push_back(shape[axis]);
        else if (keep)
            out.push_back(1);
    }
    return out;
}

// Fails with invalid_argument for a reduction that has no value where nothing is reduced.
inline void require_elements(const char* op, const dims& shape, unsigned mask) {
    const dims out = reduced_shape(shape, mask, false);
    for (std::size_t axis = 0; axis < shape.rank; ++axis)
        if ((mask >> axis & 1u) != 0 && shape[axis] == 0 && out.size() != 0)
            fail(errc::invalid_argument,
                 "%s of a tensor of shape %s over axis %zu, which is empty, has no value", op,
                 dims_text(shape).chars, axis);
}

namespace detail {

template <class Op>
inline constexpr bool wants_fractions = requires {
    Op::wants_fractions;
};
template <class Op>
inline constexpr bool wants_elements = requires {
    Op::wants_elements;
};
template <class Op>
inline constexpr bool wants_one_axis = requires {
    Op::wants_one_axis;
};

// Bits of the axes that are named, all where none is; those out of range have none.
constexpr unsigned mask_of(std::initializer_list<int> axes, std::size_t rank) {
    unsigned mask = axes.size() == 0 ? (1u << rank) - 1 : 0;
    for (int axis : axes)
        if (axis_of(axis, rank) < rank) mask |= 1u << axis_of(axis, rank);
    return mask;
}
constexpr bool has_empty_axis(const dims& shape, unsigned mask) {
    for (std::size_t axis = 0; axis < shape.rank; ++axis)
        if ((mask >> axis & 1u) != 0 && shape[axis] == 0) return true;
    return false;
}

template <class Shape, unsigned Mask, bool Keep>
struct reduced {
    static constexpr dims value = reduced_shape(Shape::value, Mask, Keep);
};

}  // namespace detail

// The reduction by Op of an Input, a tensor type, over Axes (all if there are none). Does not
// compile where there is none; its arguments say which. The tag of Op may have wants_fractions (no
// integers), wants_elements (no value of nothing) and wants_one_axis; its shape rule and kernel
// take reduced_axes.
template <class Op, class Input, int... Axes>
struct reduction_of {
    using T = typename Input::value_type;
    using shape_type = typename Input::shape_type;
    static constexpr std::size_t rank = Input::rank;
    static constexpr unsigned mask = detail::mask_of({Axes...}, rank);

    static constexpr bool has_axes = ((axis_of(Axes, rank) < rank) && ...);
    static constexpr bool axes_differ =
        !has_axes || sizeof...(Axes) == 0 || __builtin_popcount(mask) == sizeof...(Axes);
    static constexpr bool axes_fit = !detail::wants_one_axis<Op> || sizeof...(Axes) <= 1;
    static constexpr bool element_fits =
        !detail::wants_fractions<Op> || is_floating<T> || is_complex<T>;
    static constexpr bool has_value =
        !detail::wants_elements<Op> || !detail::has_empty_axis(shape_type::value, mask);
    static constexpr bool ok = has_axes && axes_differ && axes_fit && element_fits && has_value;

    static_assert(
        has_axes,
        "weft: there is no such axis; axes count from 0 up to the rank, or backwards from -1");
    static_assert(axes_differ, "weft: an axis is named twice");
    static_assert(
        axes_fit,
        "weft: argmax and argmin take one axis, or none for the index in the flattened tensor");
    static_assert(element_fits,
                  "weft: this reduction is for floating-point elements: its result is no "
                  "integer; write cast<float>(x)");
    static_assert(has_value, "weft: this reduction of an empty dimension has no value");

    // The call, with a result of elements R; x itself after an error.
    template <class R, bool Keep, class E>
    static constexpr auto make(const E& x) {
        if constexpr (ok)
            return make_op_with<Op, tensor_of_t<R, detail::reduced<shape_type, mask, Keep>>>(
                reduced_axes<mask, Keep>{}, x);
        else
            return x;
    }
};

}  // namespace weft
