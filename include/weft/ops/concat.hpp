// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// concat<0>(a, b, ...): tensors of one element type joined along an axis; their other dimensions
// are the same. Dimensions that differ do not compile, or fail with invalid_argument when sizes are
// known. Any element type, any number of operands from one on.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/ops/copy.hpp>
#include <weft/ops/require.hpp>

namespace weft {

// Two shapes of one rank as operands of a concatenation: their other dimensions as far as known,
// the axis added up. `agree` is false where they cannot be joined.
struct joined_shape {
    dims shape;
    bool agree = true;

    constexpr joined_shape(const dims& first) : shape(first) {}
    constexpr void join(const dims& next, std::size_t axis) {
        agree = agree && next.rank == shape.rank;
        for (std::size_t a = 0; agree && a < shape.rank; ++a) {
            if (a == axis) {
                shape[a] = shape[a] == dyn || next[a] == dyn ? dyn : shape[a] + next[a];
            } else if (shape[a] == dyn) {
                shape[a] = next[a];
            } else {
                agree = next[a] == dyn || next[a] == shape[a];
            }
        }
    }
};

namespace ops {
struct concat {
    static constexpr const char* name = "Concat";
    static constexpr bool device_neutral = true;

    template <std::size_t Axis, class... Rest>
    static dims shape(const along<Axis>&, const dims& first, const Rest&... rest) {
        joined_shape out(first);
        (join(out, rest, Axis), ...);
        return out.shape;
    }

private:
    static void join(joined_shape& out, const dims& next, std::size_t axis) {
        const dims before = out.shape;
        out.join(next, axis);
        if (!out.agree)
            fail(errc::invalid_argument,
                 "concat along axis %zu: shapes %s and %s differ in another axis", axis,
                 dims_text(before).chars, dims_text(next).chars);
    }
};
}  // namespace ops

template <class T>
    requires(is_element<T>)
struct kernel<ops::concat, cpu, T> {
    template <std::size_t Axis, class Out, class... In>
    static void run(context_base& ctx, const along<Axis>&, const Out& out, const In&... in) {
        std::size_t at = 0;
        ((at += put(ctx, source<T>(in.data(), in.shape()), Axis, at, out.data(), out.shape())),
         ...);
    }

private:
    // Copies one operand to position `at` of the axis; gives how much of the axis it takes.
    static std::size_t put(context_base& ctx, const source<T>& in, std::size_t axis, std::size_t at,
                           T* out, const dims& shape) {
        const axis_view from(in.shape(), axis);
        const axis_view to(shape, axis);
        const std::size_t length = from.n * from.inner;
        copy_spans(ctx, in, out, {from.outer, length, 0, length, at * to.inner, to.n * to.inner});
        return from.n;
    }
};

namespace detail {
template <std::size_t Axis, class First, class... Rest>
struct joined {
    static constexpr joined_shape join = [] {
        joined_shape out(First::value);
        (out.join(Rest::value, Axis), ...);
        return out;
    }();
    static constexpr dims value = join.shape;
};
}  // namespace detail

// Instantiated for concat; its arguments are the axis and the shapes.
template <std::size_t Axis, class... Shapes>
struct require_joinable {
    static constexpr bool ok = detail::joined<Axis, Shapes...>::join.agree;
    static_assert(
        ok,
        "weft: tensors that are joined must have the same rank, and the same dimensions but for "
        "the axis along which they are joined");
};

// a, b, ... one after the other along an axis; negative ones count from the end.
template <int Axis, tensor_expr First, tensor_expr... Rest>
constexpr auto concat(const First& first, const Rest&... rest) {
    using T = element_of_t<First>;
    constexpr std::size_t rank = result_of_t<First>::rank;
    if constexpr (!(require_equal_elements<T, element_of_t<Rest>>::ok && ...)) {
        return first;
    } else if constexpr (!require_axis<Axis, rank>::ok) {
        return first;
    } else {
        constexpr std::size_t axis = axis_of(Axis, rank);
        if constexpr (require_joinable<axis, typename result_of_t<First>::shape_type,
                                       typename result_of_t<Rest>::shape_type...>::ok) {
            using shape = detail::joined<axis, typename result_of_t<First>::shape_type,
                                         typename result_of_t<Rest>::shape_type...>;
            return make_op_with<ops::concat, tensor_of_t<T, shape>>(along<axis>{}, first, rest...);
        } else {
            return first;
        }
    }
}

}  // namespace weft
