// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// gather<0>(x, index): the elements of x that `index` names along an axis; the result has the
// index's dimensions in that axis's place. Indices are std::int32_t or std::int64_t; one that is
// negative or not below the size of the axis fails with out_of_range. Any element type.
#pragma once

#include <weft/kernel/context.hpp>
#include <weft/kernel/kernel.hpp>
#include <weft/ops/index.hpp>
#include <weft/ops/require.hpp>

#include <cstring>

namespace weft {

// The shape of what is gathered.
constexpr dims gathered_shape(const dims& x, std::size_t axis, const dims& index) {
    dims out;
    for (std::size_t a = 0; a < axis; ++a) out.push_back(x[a]);
    for (std::size_t size : index) out.push_back(size);
    for (std::size_t a = axis + 1; a < x.rank; ++a) out.push_back(x[a]);
    return out;
}

namespace ops {
struct gather {
    static constexpr const char* name = "Gather";
    static constexpr bool device_neutral = true;
    template <class... E>
    using types = type_list<E...>;

    template <std::size_t Axis>
    static dims shape(const along<Axis>&, const dims& x, const dims& index) {
        return gathered_shape(x, Axis, index);
    }
};
}  // namespace ops

template <class T, class I>
    requires(is_element<T>&& is_index<I>)
struct kernel<ops::gather, cpu, T, I> {
    template <std::size_t Axis, class Out, class In, class Index>
    static void run(context_base& ctx, const along<Axis>&, const Out& out, const In& in,
                    const Index& index) {
        gather(ctx, in.data(), axis_view(in.shape(), Axis), Axis, index.data(), index.size(),
               out.data());
    }

private:
    static void gather(context_base& ctx, const T* in, const axis_view& view, std::size_t axis,
                       const I* index, std::size_t count, T* out) {
        const double row_ns = 2 + 0.1 * static_cast<double>(view.inner);
        ctx.parallel_for(view.outer * count, row_ns, [&](std::size_t row, std::size_t last) {
            for (; row < last; ++row) {
                const std::size_t k =
                    checked_index("gather", index[row % count], row % count, axis, view.n);
                const T* from = in + (row / count * view.n + k) * view.inner;
                T* to = out + row * view.inner;
                if (view.inner == 1)
                    *to = *from;
                else
                    std::memcpy(static_cast<void*>(to), from, view.inner * sizeof(T));
            }
        });
    }
};

namespace detail {
template <class Shape, std::size_t Axis, class Index>
struct gathered {
    static constexpr dims value = gathered_shape(Shape::value, Axis, Index::value);
};
}  // namespace detail

// x[..., index, ...] along an axis, which may be negative.
template <int Axis, tensor_expr E, tensor_expr Index>
constexpr auto gather(const E& x, const Index& index) {
    constexpr std::size_t rank = result_of_t<E>::rank;
    if constexpr (!require_axis<Axis, rank>::ok) {
        return x;
    } else if constexpr (!require_index<element_of_t<Index>>::ok) {
        return x;
    } else {
        constexpr std::size_t axis = axis_of(Axis, rank);
        using shape = detail::gathered<typename result_of_t<E>::shape_type, axis,
                                       typename result_of_t<Index>::shape_type>;
        return make_op_with<ops::gather, tensor_of_t<element_of_t<E>, shape>>(along<axis>{}, x,
                                                                              index);
    }
}

}  // namespace weft
