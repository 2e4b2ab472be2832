// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What the records of all calls have in common. The callable and how it is called are call.hpp's:
// they have types.
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
