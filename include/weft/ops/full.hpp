// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// full<float, 2, 3>(value): a tensor of one value. It has no operands; a graph makes a node of it
// with g.full<float, 2, 3>(value). Any element type.
// All dimensions are static: an expression without operands has nothing to take a size from.
#pragma once

#include <weft/ops/source.hpp>

namespace weft {

// The parameters of full.
template <class T>
struct fill_value {
    T value;
};

namespace ops {
struct full {
    static constexpr const char* name = "Fill";
    static constexpr bool device_neutral = true;
};
}  // namespace ops

template <class T>
    requires(is_element<T>)
struct kernel<ops::full, cpu, T> {
    template <class Out>
    static void run(context_base& ctx, const fill_value<T>& parameters, const Out& out) {
        fill_elements(ctx, out.data(), out.size(), [&](std::size_t) { return parameters.value; });
    }
};

// `value` everywhere in a static shape.
template <class T, std::size_t... Dims>
constexpr auto full(const std::type_identity_t<T>& value) {
    return make_source<ops::full, T, Dims...>(fill_value<T>{value});
}

}  // namespace weft
