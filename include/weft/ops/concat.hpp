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
        const source<T> parts[] = {source<T>(in.data(), in.shape())...};
        join(ctx, parts, sizeof...(In), Axis, out.data(), axis_view(out.shape(), Axis));
    }

private:
    static constexpr std::size_t many_rows = 16;

    // Row by row, so that the result is written from its beginning to its end; a few long rows
    // operand by operand, whose copies threads share.
    static void join(context_base& ctx, const source<T>* parts, std::size_t count, std::size_t axis,
                     T* out, const axis_view& to) {
        const std::size_t row = to.n * to.inner;
        const auto length_of = [&](std::size_t part) {
            return parts[part].shape()[axis] * to.inner;
        };
        if (to.outer < many_rows) {
            std::size_t at = 0;
            for (std::size_t i = 0; i < count; at += length_of(i++))
                copy_spans(ctx, parts[i], out, {to.outer, length_of(i), 0, length_of(i), at, row});
            return;
        }
        const double row_ns = 2 + 0.1 * static_cast<double>(row);
        ctx.parallel_for(to.outer, row_ns, [&](std::size_t o, std::size_t last) {
            for (T* next = out + o * row; o < last; ++o)
                for (std::size_t i = 0; i < count; next += length_of(i++))
                    parts[i].copy_to(o * length_of(i), (o + 1) * length_of(i), next);
        });
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
