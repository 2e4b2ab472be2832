// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// stack<0>(a, b, ...): tensors of one shape and element type side by side along a new axis of the
// result, whose size is their number. Shapes that differ do not compile, or fail with
// invalid_argument when sizes are known. Any element type, any number of operands from one on.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/ops/copy.hpp>
#include <weft/ops/require.hpp>

namespace weft {

namespace ops {
struct stack {
    static constexpr const char* name = "Stack";
    static constexpr bool device_neutral = true;

    template <std::size_t Axis, class... Rest>
    static dims shape(const along<Axis>&, const dims& first, const Rest&... rest) {
        (require_like(first, rest), ...);
        return with_axis(first, Axis, 1 + sizeof...(Rest));
    }

private:
    static void require_like(const dims& first, const dims& other) {
        if (!(first == other))
            fail(errc::invalid_argument, "stack: the operands have different shapes, %s and %s",
                 dims_text(first).chars, dims_text(other).chars);
    }
};
}  // namespace ops

template <class T>
    requires(is_element<T>)
struct kernel<ops::stack, cpu, T> {
    template <std::size_t Axis, class Out, class... In>
    static void run(context_base& ctx, const along<Axis>&, const Out& out, const In&... in) {
        std::size_t at = 0;
        (put(ctx, source<T>(in.data(), in.shape()), at++, out.data(), axis_view(out.shape(), Axis)),
         ...);
    }

private:
    static void put(context_base& ctx, const source<T>& in, std::size_t at, T* out,
                    const axis_view& to) {
        copy_spans(ctx, in, out, {to.outer, to.inner, 0, to.inner, at * to.inner, to.n * to.inner});
    }
};

namespace detail {
template <std::size_t Axis, class First, class... Rest>
struct stacked {
    // The first shape, with dimensions that are dyn taken from others; rank max_rank + 1 is never
    // reached.
    static constexpr dims common = [] {
        dims out = First::value;
        const dims others[] = {First::value, Rest::value...};
        for (const dims& other : others)
            for (std::size_t axis = 0; axis < out.rank && axis < other.rank; ++axis)
                if (out[axis] == dyn) out[axis] = other[axis];
        return out;
    }();
    static constexpr dims value = with_axis(common, Axis, 1 + sizeof...(Rest));
};
}  // namespace detail

// Instantiated for stack; its arguments are two of the shapes.
template <class A, class B>
struct require_same_shape {
    static constexpr bool ok = [] {
        if (A::value.rank != B::value.rank) return false;
        for (std::size_t axis = 0; axis < A::value.rank; ++axis)
            if (A::value[axis] != dyn && B::value[axis] != dyn && A::value[axis] != B::value[axis])
                return false;
        return true;
    }();
    static_assert(ok, "weft: tensors that are stacked must have the same shape");
};

// a, b, ... along a new axis of the result; negative ones count from its end.
template <int Axis, tensor_expr First, tensor_expr... Rest>
constexpr auto stack(const First& first, const Rest&... rest) {
    using T = element_of_t<First>;
    using shape = typename result_of_t<First>::shape_type;
    constexpr std::size_t rank = result_of_t<First>::rank + 1;
    if constexpr (!(require_equal_elements<T, element_of_t<Rest>>::ok && ...)) {
        return first;
    } else if constexpr (!(require_same_shape<shape, typename result_of_t<Rest>::shape_type>::ok &&
                           ...)) {
        return first;
    } else if constexpr (!require_axis<Axis, rank>::ok) {
        return first;
    } else {
        constexpr std::size_t axis = axis_of(Axis, rank);
        using result = detail::stacked<axis, shape, typename result_of_t<Rest>::shape_type...>;
        return make_op_with<ops::stack, tensor_of_t<T, result>>(along<axis>{}, first, rest...);
    }
}

}  // namespace weft
