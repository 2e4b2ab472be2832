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

// Instantiated for the axes of a reduction.
template <std::size_t Rank, int... Axes>
struct require_distinct_axes {
    static constexpr bool ok = [] {
        bool seen[max_rank + 1] = {};
        bool distinct = true;
        for (std::size_t axis : {std::size_t{max_rank}, axis_of(Axes, Rank)...}) {
            distinct = distinct && !seen[axis];
            seen[axis] = true;
        }
        return distinct;
    }();
    static_assert(ok, "weft: an axis is named twice");
};

// Instantiated for maxima and minima; its arguments are the shape and the axes that are reduced.
template <class Shape, unsigned Mask>
struct require_nonempty {
    static constexpr bool ok = [] {
        for (std::size_t axis = 0; axis < Shape::value.rank; ++axis)
            if ((Mask >> axis & 1u) != 0 && Shape::value[axis] == 0) return false;
        return true;
    }();
    static_assert(ok, "weft: this reduction of an empty dimension has no value");
};

// Instantiated for ops on floating-point and complex elements only.
template <class Element>
struct require_fractions {
    static constexpr bool ok = is_floating<Element> || is_complex<Element>;
    static_assert(ok,
                  "weft: this op is for floating-point elements: its result is a fraction; write "
                  "cast<float>(x)");
};

namespace detail {

template <std::size_t Rank, int... Axes>
constexpr unsigned mask_of() {
    if constexpr (sizeof...(Axes) == 0)
        return (1u << Rank) - 1;
    else
        return ((1u << axis_of(Axes, Rank)) | ...);
}
template <std::size_t Rank, int... Axes>
constexpr bool are_axes() {
    if constexpr ((require_axis<Axes, Rank>::ok && ...))
        return require_distinct_axes<Rank, Axes...>::ok;
    else
        return false;
}

template <class Shape, unsigned Mask, bool Keep>
struct reduced {
    static constexpr dims value = reduced_shape(Shape::value, Mask, Keep);
};

}  // namespace detail

// Op on x over Axes (all if there are none), with elements T. Its shape rule takes reduced_axes.
template <class Op, class T, bool Keep, int... Axes, class E>
constexpr auto make_reduction(const E& x) {
    using input = result_of_t<E>;
    if constexpr (detail::are_axes<input::rank, Axes...>()) {
        constexpr unsigned mask = detail::mask_of<input::rank, Axes...>();
        using shape = detail::reduced<typename input::shape_type, mask, Keep>;
        return make_op_with<Op, tensor_of_t<T, shape>>(reduced_axes<mask, Keep>{}, x);
    } else {
        return x;
    }
}

// The same for an op that has no value for an empty dimension.
template <class Op, class T, bool Keep, int... Axes, class E>
constexpr auto make_nonempty_reduction(const E& x) {
    using input = result_of_t<E>;
    constexpr bool ok = [] {
        if constexpr (detail::are_axes<input::rank, Axes...>())
            return require_nonempty<typename input::shape_type,
                                    detail::mask_of<input::rank, Axes...>()>::ok;
        else
            return false;
    }();
    if constexpr (ok)
        return make_reduction<Op, T, Keep, Axes...>(x);
    else
        return x;
}

}  // namespace weft
