// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// shape(x): the dimensions of x as std::int64_t; size(x): the number of its elements. They look at
// what is known about x, not at its elements, and go where x is. Useful where a dimension is dyn.
// Any element type.
#pragma once

#include <weft/kernel/context.hpp>
#include <weft/kernel/kernel.hpp>

namespace weft {

namespace ops {
struct shape {
    static constexpr const char* name = "Shape";
    static constexpr bool device_neutral = true;
    static constexpr bool metadata_only = true;
};
struct size {
    static constexpr const char* name = "Size";
    static constexpr bool device_neutral = true;
    static constexpr bool metadata_only = true;
};
}  // namespace ops

template <class T>
    requires(is_element<T>)
struct kernel<ops::shape, cpu, T> {
    template <class Out, class In>
    static void run(context_base&, const Out& out, const In& in) {
        for (std::size_t axis = 0; axis < in.rank; ++axis)
            out.data()[axis] = static_cast<std::int64_t>(in.extent(axis));
    }
};
template <class T>
    requires(is_element<T>)
struct kernel<ops::size, cpu, T> {
    template <class Out, class In>
    static void run(context_base&, const Out& out, const In& in) {
        *out.data() = static_cast<std::int64_t>(in.size());
    }
};

// The dimensions of x.
template <tensor_expr E>
constexpr auto shape(const E& x) {
    return make_op<ops::shape, tensor<std::int64_t, result_of_t<E>::rank>>(x);
}
// The number of elements of x.
template <tensor_expr E>
constexpr auto size(const E& x) {
    return make_op<ops::size, tensor<std::int64_t>>(x);
}

}  // namespace weft
