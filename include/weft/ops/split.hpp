// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// auto [a, b] = split<1, 2>(x): equal parts along an axis, as an array of expressions. A size that
// does not divide does not compile, or fails with invalid_argument when sizes are known. Each part
// copies by itself; of an element-wise expression that it reads only the part is evaluated.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/ops/copy.hpp>
#include <weft/ops/require.hpp>

#include <utility>

namespace weft {

// The parameters of one of Parts parts along an axis.
template <std::size_t Axis, std::size_t Parts>
struct axis_part {
    static constexpr std::size_t axis = Axis;
    std::size_t part;
};

namespace ops {
struct split {
    static constexpr const char* name = "Split";
    static constexpr bool device_neutral = true;
    static constexpr bool fuses_input = true;

    template <std::size_t Axis, std::size_t Parts>
    static dims shape(const axis_part<Axis, Parts>&, const dims& x) {
        if (x[Axis] % Parts != 0)
            fail(errc::invalid_argument,
                 "split: axis %zu of shape %s is not made of %zu equal parts", Axis,
                 dims_text(x).chars, Parts);
        return with_extent(x, Axis, x[Axis] / Parts);
    }
};
}  // namespace ops

template <class T>
    requires(is_element<T>)
struct kernel<ops::split, cpu, T> {
    template <class Part, class Out>
    static void run(context_base& ctx, const Part& part, const Out& out, const source<T>& in) {
        const axis_view view(in.shape(), Part::axis);
        const std::size_t length = out.extent(Part::axis) * view.inner;
        copy_spans(ctx, in, out.data(),
                   {view.outer, length, part.part * length, view.n * view.inner, 0, length});
    }
};

// Instantiated for split; its arguments are the size of the axis and the number of parts.
template <std::size_t Size, std::size_t Parts>
struct require_equal_parts {
    static constexpr bool ok = Parts > 0 && (Size == dyn || Size % (Parts > 0 ? Parts : 1) == 0);
    static_assert(
        ok,
        "weft: split<axis, parts>(x) makes equal parts, and the axis does not divide into as many");
};

// Expressions of one type, by number or as a structured binding.
template <class E, std::size_t N>
struct split_parts {
    E parts[N];

    constexpr const E& operator[](std::size_t i) const { return parts[i]; }
    template <std::size_t Part>
    constexpr const E& get() const {
        return parts[Part];
    }
    static constexpr std::size_t size() { return N; }
    constexpr const E* begin() const { return parts; }
    constexpr const E* end() const { return parts + N; }
};

namespace detail {
template <class Shape, std::size_t Axis, std::size_t Parts>
struct part_of {
    static constexpr std::size_t size = Shape::value[Axis];
    static constexpr dims value =
        with_extent(Shape::value, Axis, size == dyn || Parts == 0 ? dyn : size / Parts);
};
template <class Result, std::size_t Axis, class E, std::size_t... Part>
constexpr auto make_parts(const E& x, std::index_sequence<Part...>) {
    using part = axis_part<Axis, sizeof...(Part)>;
    using call = decltype(make_op_with<ops::split, Result>(part{0}, x));
    return split_parts<call, sizeof...(Part)>{{make_op_with<ops::split, Result>(part{Part}, x)...}};
}
}  // namespace detail

// Parts expressions, the equal parts of x along an axis; negative axes count from the end.
template <int Axis, std::size_t Parts, tensor_expr E>
constexpr auto split(const E& x) {
    using shape = typename result_of_t<E>::shape_type;
    constexpr std::size_t rank = result_of_t<E>::rank;
    if constexpr (!require_axis<Axis, rank>::ok) {
        return split_parts<E, 1>{{x}};
    } else {
        constexpr std::size_t axis = axis_of(Axis, rank);
        using part = tensor_of_t<element_of_t<E>, detail::part_of<shape, axis, Parts>>;
        if constexpr (require_equal_parts<shape::value[axis], Parts>::ok)
            return detail::make_parts<part, axis>(x, std::make_index_sequence<Parts>{});
        else
            return split_parts<E, 1>{{x}};
    }
}

}  // namespace weft

template <class E, std::size_t N>
struct std::tuple_size<weft::split_parts<E, N>> : std::integral_constant<std::size_t, N> {};
template <std::size_t Part, class E, std::size_t N>
struct std::tuple_element<Part, weft::split_parts<E, N>> {
    using type = const E;
};
