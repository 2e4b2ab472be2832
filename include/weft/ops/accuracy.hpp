// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// ops::fast<Op>: the tag of an elementary function at accuracy::fast. It runs where Op does, by
// the same kernel, which has at<accuracy>() beside apply(). exp<accuracy::fast>(x) makes an
// expression of ops::fast<ops::exp>; its nodes are named "ExpFast".
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/math.hpp>

namespace weft {

namespace detail {
// The name of an op with "Fast" behind it.
template <class Op>
struct fast_name {
    char text[32] = {};
    constexpr fast_name() {
        int n = 0;
        for (const char* from : {Op::name, "Fast"})
            for (; *from != 0; ++from) text[n++] = *from;
    }
};
template <class Op>
inline constexpr fast_name<Op> fast_name_of{};
}  // namespace detail

namespace ops {
template <class Op>
struct fast {
    static constexpr const char* name = detail::fast_name_of<Op>.text;
    static constexpr bool device_neutral = true;
    static constexpr double cost_ns = Op::cost_ns / 4;
};
}  // namespace ops

template <class Op, class T>
    requires(has_kernel<Op, cpu, T>)
struct kernel<ops::fast<Op>, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static V apply(const V& x) {
        return kernel<Op, cpu, T>::template at<accuracy::fast>(x);
    }
};

// The tag of Op at an accuracy.
template <class Op, accuracy A>
using op_at = std::conditional_t<A == accuracy::fast, ops::fast<Op>, Op>;

}  // namespace weft
