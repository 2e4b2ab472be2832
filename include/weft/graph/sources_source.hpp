// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The kernel entries of values (constants, variables), made of what the compiler left in tables.
// Where a value cannot live, the entry says which kernel is missing. Knows no element type but by
// its name in texts.
#pragma once

#include <weft/graph/sources.hpp>

namespace weft {

WEFT_SOURCE void detail::add_value_kernels(node_record& record,
                                           std::span<const value_kernel> kernels,
                                           kernel_function run, kernel_function launch,
                                           const void* bytes) {
    record.kernels = std::vector<kernel_entry>(kernels.size());
    for (std::size_t i = 0; i < kernels.size(); ++i) {
        kernel_entry& entry = record.kernels[i];
        entry.kind = kernels[i].kind;
        entry.parameters = bytes;
        if (kernels[i].missing != nullptr) {
            entry.missing = missing_text(*kernels[i].missing);
            continue;
        }
        entry.run = run;
        entry.launch = launch;
    }
}

}  // namespace weft
