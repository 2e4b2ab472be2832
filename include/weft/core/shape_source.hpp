// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Shapes as text, and the failures of views and tensors that quote them. Compiled apart so that no
// type of view or tensor has this code in it again. Nothing here runs unless something is wrong,
// and nothing allocates.
#pragma once

#include <weft/core/shape.hpp>

namespace weft {

WEFT_SOURCE dims_text::dims_text(const dims& shape) {
    std::size_t used = 0;
    chars[used++] = '[';
    for (std::size_t axis = 0; axis < shape.rank; ++axis) {
        if (axis > 0) chars[used++] = ',';
        if (shape[axis] == dyn)
            chars[used++] = '?';
        else
            used += static_cast<std::size_t>(
                std::snprintf(chars + used, sizeof chars - used, "%zu", shape[axis]));
    }
    chars[used] = ']';
}

WEFT_SOURCE void refuse_view(const dims& type, const dims& shape) {
    fail(errc::invalid_argument, "a view of shape %s cannot look at a tensor of shape %s",
         dims_text(type).chars, dims_text(shape).chars);
}

WEFT_SOURCE void refuse_tensor(const dims& type, const dims& shape) {
    fail(errc::invalid_argument, "a tensor of type %s cannot have shape %s", dims_text(type).chars,
         dims_text(shape).chars);
}

}  // namespace weft
