// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The six comparisons, element by element, with broadcasting; their results are tensors of bool.
// Numbers have all six, bool and std::complex have == and != only.
//
// IEEE 754: every comparison with NaN is false but !=, which is true; 0 equals -0. Elements of
// half and bfloat16 are compared in float: intermediate results are not rounded before. As ==
// makes an expression, handles of nodes are compared by their id().
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/math.hpp>

namespace weft {

namespace ops {
// What the six tags have in common.
struct comparison {
    static constexpr bool device_neutral = true;
    template <class...>
    using result = bool;
};
struct less : comparison {
    static constexpr const char* name = "Less";
};
struct less_equal : comparison {
    static constexpr const char* name = "LessEqual";
};
struct greater : comparison {
    static constexpr const char* name = "Greater";
};
struct greater_equal : comparison {
    static constexpr const char* name = "GreaterEqual";
};
struct equal : comparison {
    static constexpr const char* name = "Equal";
};
struct not_equal : comparison {
    static constexpr const char* name = "NotEqual";
};
}  // namespace ops

// Kernels.

template <class T>
    requires(is_real<T>)
struct kernel<ops::less, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static auto apply(const V& a, const V& b) {
        return a < b;
    }
};
template <class T>
    requires(is_real<T>)
struct kernel<ops::less_equal, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static auto apply(const V& a, const V& b) {
        return a <= b;
    }
};
template <class T>
    requires(is_real<T>)
struct kernel<ops::greater, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static auto apply(const V& a, const V& b) {
        return a > b;
    }
};
template <class T>
    requires(is_real<T>)
struct kernel<ops::greater_equal, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static auto apply(const V& a, const V& b) {
        return a >= b;
    }
};
template <class T>
    requires(is_element<T>)
struct kernel<ops::equal, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static auto apply(const V& a, const V& b) {
        return a == b;
    }
};
template <class T>
    requires(is_element<T>)
struct kernel<ops::not_equal, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static auto apply(const V& a, const V& b) {
        return a != b;
    }
};

// Operators; a or b may be a number.

template <class A, class B>
    requires operands<A, B>
constexpr auto operator<(const A& a, const B& b) {
    return elementwise_operands<ops::less, operand_type_t<A>, operand_type_t<B>>::make(a, b);
}
template <class A, class B>
    requires operands<A, B>
constexpr auto operator<=(const A& a, const B& b) {
    return elementwise_operands<ops::less_equal, operand_type_t<A>, operand_type_t<B>>::make(a, b);
}
template <class A, class B>
    requires operands<A, B>
constexpr auto operator>(const A& a, const B& b) {
    return elementwise_operands<ops::greater, operand_type_t<A>, operand_type_t<B>>::make(a, b);
}
template <class A, class B>
    requires operands<A, B>
constexpr auto operator>=(const A& a, const B& b) {
    return elementwise_operands<ops::greater_equal, operand_type_t<A>, operand_type_t<B>>::make(a,
                                                                                                b);
}
template <class A, class B>
    requires operands<A, B>
constexpr auto operator==(const A& a, const B& b) {
    return elementwise_operands<ops::equal, operand_type_t<A>, operand_type_t<B>>::make(a, b);
}
// Written out, so that a != b never becomes the negation of a == b.
template <class A, class B>
    requires operands<A, B>
constexpr auto operator!=(const A& a, const B& b) {
    return elementwise_operands<ops::not_equal, operand_type_t<A>, operand_type_t<B>>::make(a, b);
}

}  // namespace weft
