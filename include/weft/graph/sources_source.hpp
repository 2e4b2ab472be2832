// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The kernel entries of values, made of what the compiler left in tables. Knows no element type
// but by its name in texts.
#pragma once

#include <weft/graph/sources.hpp>

namespace weft {

WEFT_SOURCE void detail::add_value_kernels(node_record& record,
                                           std::span<const value_kernel> kernels,
                                           kernel_function run, const void* bytes) {
    record.kernels.reserve(kernels.size());
    for (const value_kernel& kernel : kernels) {
        if (kernel.missing == nullptr)
            record.kernels.push_back({kernel.kind, run, bytes, {}});
        else
            record.kernels.push_back({kernel.kind, nullptr, bytes, missing_text(*kernel.missing)});
    }
}

}  // namespace weft
