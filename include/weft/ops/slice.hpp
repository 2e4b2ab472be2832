// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// slice<1, 0, 2>(x): elements [0, 2) of axis 1; slice<1, 2>(x): from 2 to the end. A range beyond
// the axis does not compile, or fails with out_of_range when sizes are known. Copies; of an
// element-wise expression that it reads only the range is evaluated.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/ops/copy.hpp>
#include <weft/ops/require.hpp>

namespace weft {

// The parameters of a slice: [First, Last) of an axis, to its end where Last is dyn.
template <std::size_t Axis, std::size_t First, std::size_t Last>
struct axis_range {
    static constexpr std::size_t axis = Axis;
    static constexpr std::size_t first = First;

    // Whether it lies in an axis of `size` elements, and how many of them it has; dyn for dyn.
    static constexpr bool within(std::size_t size) {
        return First <= (Last == dyn ? size : Last) && (Last == dyn || Last <= size);
    }
    static constexpr std::size_t length(std::size_t size) {
        return Last != dyn ? Last - First : size == dyn ? dyn : size - First;
    }
};

namespace ops {
struct slice {
    static constexpr const char* name = "Slice";
    static constexpr bool device_neutral = true;
    static constexpr bool fuses_input = true;

    template <std::size_t Axis, std::size_t First, std::size_t Last>
    static dims shape(const axis_range<Axis, First, Last>& range, const dims& x) {
        if (!range.within(x[Axis]))
            fail(errc::out_of_range, "slice: [%zu, %zu) is not within axis %zu of shape %s", First,
                 Last == dyn ? x[Axis] : Last, Axis, dims_text(x).chars);
        return with_extent(x, Axis, range.length(x[Axis]));
    }
};
}  // namespace ops

template <class T>
    requires(is_element<T>)
struct kernel<ops::slice, cpu, T> {
    template <class Range, class Out>
    static void run(context_base& ctx, const Range&, const Out& out, const source<T>& in) {
        const axis_view view(in.shape(), Range::axis);
        const std::size_t length = out.extent(Range::axis) * view.inner;
        copy_spans(ctx, in, out.data(),
                   {view.outer, length, Range::first * view.inner, view.n * view.inner, 0, length});
    }
};

// Instantiated for a slice; its arguments are the range and the size of the axis.
template <std::size_t First, std::size_t Last, std::size_t Size>
struct require_range {
    static constexpr bool ok = axis_range<0, First, Last>::within(Size);
    static_assert(
        ok,
        "weft: the range is not within the axis: slice<axis, first, last>(x) wants first <= last, "
        "and last not above its size");
};

namespace detail {
template <class Shape, class Range>
struct sliced {
    static constexpr dims value =
        with_extent(Shape::value, Range::axis, Range::length(Shape::value[Range::axis]));
};
}  // namespace detail

// Elements [First, Last) along an axis of x, or from First to the end.
template <int Axis, std::size_t First, std::size_t Last = dyn, tensor_expr E>
constexpr auto slice(const E& x) {
    using shape = typename result_of_t<E>::shape_type;
    constexpr std::size_t rank = result_of_t<E>::rank;
    if constexpr (require_axis<Axis, rank>::ok) {
        constexpr std::size_t axis = axis_of(Axis, rank);
        using range = axis_range<axis, First, Last>;
        using result = tensor_of_t<element_of_t<E>, detail::sliced<shape, range>>;
        if constexpr (require_range<First, Last, shape::value[axis]>::ok)
            return make_op_with<ops::slice, result>(range{}, x);
        else
            return x;
    } else {
        return x;
    }
}

}  // namespace weft
