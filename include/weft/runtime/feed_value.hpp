// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A value that a caller gives to a run: the bytes of a tensor and its shape, or the address of a
// C++ object. It is borrowed for the time of the run and read only. It knows neither types nor
// plans.
#pragma once

#include <weft/graph/record.hpp>

namespace weft {

struct feed_value {
    node_id node = no_node;
    const void* data = nullptr;
    dims shape;
};

}  // namespace weft
