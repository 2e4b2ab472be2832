// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What a session knows of the device kinds of its graph: of each, which is a type, its name and the
// way to count and make its devices. Everything else about a kind is in the graph's records; how
// many devices there are is said by the options where it cannot be counted.
#pragma once

#include <weft/runtime/device_factory.hpp>

namespace weft {

struct session_kind {
    const char* name;
    make_device_function make;
    count_devices_function count;  // null: options say how many
};

}  // namespace weft
