// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// eye<float, 8>(): the unit matrix; eye<float, 2, 3>(): ones where row and column are the same, in
// a matrix of 2 rows and 3 columns. It has no operands; a graph makes a node of it with
// g.eye<float, 8>(). Any element type.
#pragma once

#include <weft/ops/source.hpp>

namespace weft {

namespace ops {
struct eye {
    static constexpr const char* name = "Eye";
    static constexpr bool device_neutral = true;
};
}  // namespace ops

template <class T>
    requires(is_element<T>)
struct kernel<ops::eye, cpu, T> {
    template <class Out>
    static void run(context_base& ctx, const Out& out) {
        const std::size_t columns = out.extent(1);
        fill_elements(ctx, out.data(), out.size(), [columns](std::size_t i) {
            return element_from<T>(i / columns == i % columns);
        });
    }
};

// The unit matrix of Rows rows and Columns columns.
template <class T, std::size_t Rows, std::size_t Columns = Rows>
constexpr auto eye() {
    return make_source<ops::eye, T, Rows, Columns>(no_parameters{});
}

}  // namespace weft
