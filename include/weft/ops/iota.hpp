// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// iota<std::int32_t, 10>(): the numbers 0, 1, ..., 9. Integers that cannot hold them wrap around,
// half and bfloat16 round them. It has no operands; a graph makes a node of it with
// g.iota<std::int32_t, 10>(). Any element type but bool.
#pragma once

#include <weft/ops/source.hpp>

namespace weft {

namespace ops {
struct iota {
    static constexpr const char* name = "Iota";
    static constexpr bool device_neutral = true;
};
}  // namespace ops

template <class T>
    requires(is_element<T> && !std::is_same_v<T, bool>)
struct kernel<ops::iota, cpu, T> {
    template <class Out>
    static void run(context_base& ctx, const Out& out) {
        fill_elements(ctx, out.data(), out.size(),
                      [](std::size_t i) { return element_from<T>(i); });
    }
};

// 0, 1, ..., N - 1.
template <class T, std::size_t N>
constexpr auto iota() {
    return make_source<ops::iota, T, N>(no_parameters{});
}

}  // namespace weft
