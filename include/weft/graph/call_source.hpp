// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What the records of all calls have in common. The callable and how it is called have types and
// are call.hpp's. A call may always fail: nobody knows what the callable does, so it never writes
// in place.
#pragma once

#include <weft/graph/call.hpp>

namespace weft {

WEFT_SOURCE node_record detail::call_record(std::string name, const std::source_location& where,
                                            value_type type) {
    node_record record;
    record.name = std::move(name);
    record.op = "Call";
    record.role = node_role::call;
    record.where = where;
    record.type = type;
    record.fallible = true;
    return record;
}

}  // namespace weft
