// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What ops without operands share: zeros, ones, full, iota, eye and the random ones. They are
// expressions that no graph can be found for, so that the graph has functions of the same names; a
// variable takes them as initial values. Their shapes are static.
#pragma once

#include <weft/kernel/context.hpp>
#include <weft/kernel/kernel.hpp>

namespace weft {

// Instantiated for a source: it has no operand that could tell a dyn dimension.
template <std::size_t... Dims>
struct require_known_dimensions {
    static constexpr bool ok = ((Dims != dyn) && ...);
    static_assert(
        ok,
        "weft: a source has no operand to take a dyn dimension from; its dimensions are static, "
        "and broadcast_to<...>(x) makes larger tensors");
};

// Op with a result of elements T and dimensions Dims.
template <class Op, class T, std::size_t... Dims, class Parameters>
constexpr auto make_source(const Parameters& parameters) {
    if constexpr (require_known_dimensions<Dims...>::ok)
        return make_op_with<Op, tensor<T, Dims...>>(parameters);
    else
        return make_op_with<Op, tensor<T>>(parameters);
}

// Writes value(i) to element i of n, on the context's threads.
template <class T, class Value>
void fill_elements(context_base& ctx, T* out, std::size_t n, Value value) {
    ctx.parallel_for(n, 0.25, [&](std::size_t i, std::size_t last) {
        for (; i < last; ++i) out[i] = value(i);
    });
}

// The number n as an element.
template <class T>
WEFT_HOST_DEVICE constexpr T element_from(std::size_t n) {
    using C = compute_t<T>;
    if constexpr (is_complex<T>)
        return T(static_cast<typename T::value_type>(n));
    else
        return static_cast<T>(static_cast<C>(n));
}

}  // namespace weft
