// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The loops of a transposition, planned in one way for all devices: which axes are walked through
// as one, and how far apart their elements are in the operand and in the result. Knows neither
// elements nor devices.
#pragma once

#include <weft/core/shape.hpp>

namespace weft {

// Axes of the result with their strides in operand and result, those that are walked through as one
// merged, sizes of 1 left out.
struct transposition {
    struct axis {
        std::size_t extent = 1, from = 0, to = 0;
    };
    axis axes[max_rank + 1];
    std::size_t rank = 0;

    transposition(const dims& in, const dims& order) {
        for (std::size_t i = 0; i < order.rank; ++i) {
            const std::size_t extent = in[order[i]];
            const std::size_t stride = in.product(order[i] + 1, in.rank);
            if (extent == 1) continue;
            if (rank > 0 && axes[rank - 1].from == stride * extent)
                axes[rank - 1] = {axes[rank - 1].extent * extent, stride, 0};
            else
                axes[rank++] = {extent, stride, 0};
        }
        if (rank == 0) axes[rank++] = {1, 1, 0};
        std::size_t step = 1;
        for (std::size_t i = rank; i-- > 0; step *= axes[i].extent) axes[i].to = step;
    }
    // The axis along which the operand is contiguous; `rank` where that is the last one.
    std::size_t contiguous() const {
        for (std::size_t i = 0; i + 1 < rank; ++i)
            if (axes[i].from == 1) return i;
        return rank;
    }
};

}  // namespace weft
