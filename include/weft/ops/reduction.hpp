// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What reductions have in common towards the user: the axes they name, keepdims, and the type of
// the result. A reduction without axes reduces all of them. The loops are in reduction_loop.hpp;
// nothing here knows a kernel.
#pragma once

#include <weft/expr/expression.hpp>
#include <weft/ops/require.hpp>

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

// Bits of the axes that are named, all where none is; 0 where one is out of range.
constexpr unsigned mask_of(std::initializer_list<int> axes, std::size_t rank) {
    unsigned mask = axes.size() == 0 ? (1u << rank) - 1 : 0;
    for (int axis : axes) {
        if (axis_of(axis, rank) >= rank) return 0;
        mask |= 1u << axis_of(axis, rank);
    }
    return mask;
}
constexpr int first_wrong_axis(std::initializer_list<int> axes, std::size_t rank) {
    for (int axis : axes)
        if (axis_of(axis, rank) >= rank) return axis;
    return 0;
}
constexpr bool has_empty_axis(const dims& shape, unsigned mask) {
    for (std::size_t axis = 0; axis < shape.rank; ++axis)
        if ((mask >> axis & 1u) != 0 && shape[axis] == 0) return true;
    return false;
}

// What is to be known of a reduction by Op of an Input (a tensor type), and what says that it
// cannot be.
template <class Op, class Input, int... Axes>
struct reduction_facts {
    using T = typename Input::value_type;
    static constexpr std::size_t rank = Input::rank;
    static constexpr unsigned mask = mask_of({Axes...}, rank);
    static constexpr bool are_axes = ((axis_of(Axes, rank) < rank) && ...);
    static constexpr bool distinct =
        sizeof...(Axes) == 0 || __builtin_popcount(mask) == sizeof...(Axes);
    static constexpr bool one_axis = !wants_one_axis<Op> || sizeof...(Axes) <= 1;
    static constexpr bool element_fits = !wants_fractions<Op> || is_floating<T> || is_complex<T>;
    static constexpr bool has_value =
        !wants_elements<Op> || !has_empty_axis(Input::shape_type::value, mask);
    static constexpr bool ok = are_axes && distinct && one_axis && element_fits && has_value;

    template <bool Fine, class Problem, class Next>
    using unless = std::conditional_t<Fine, Next, Problem>;
    using problem =
        unless<element_fits, require_fractions<T>,
               unless<are_axes, require_axis<first_wrong_axis({Axes...}, rank), rank>,
                      unless<distinct, require_distinct_axes<rank, Axes...>,
                             unless<one_axis, require_one_axis<sizeof...(Axes)>,
                                    require_nonempty<typename Input::shape_type, mask>>>>>;
};

template <class Shape, unsigned Mask, bool Keep>
struct reduced {
    static constexpr dims value = reduced_shape(Shape::value, Mask, Keep);
};

}  // namespace detail

// Op on x over Axes (all if there are none), with elements T. Its shape rule and kernel take
// reduced_axes. The tag may have wants_fractions (no integers), wants_elements (no value of
// nothing), wants_one_axis.
template <class Op, class T, bool Keep, int... Axes, class E>
constexpr auto make_reduction(const E& x) {
    using input = result_of_t<E>;
    using facts = detail::reduction_facts<Op, input, Axes...>;
    if constexpr (facts::ok) {
        using shape = detail::reduced<typename input::shape_type, facts::mask, Keep>;
        return make_op_with<Op, tensor_of_t<T, shape>>(reduced_axes<facts::mask, Keep>{}, x);
    } else {
        static_cast<void>(sizeof(typename facts::problem));
        return x;
    }
}

}  // namespace weft
