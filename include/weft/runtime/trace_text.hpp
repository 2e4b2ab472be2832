// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Times and types as statistics, traces and pictures write them. Times are microseconds with three
// digits behind the point, which is exact, and a number of JSON; types have their shapes. It knows
// no runs.
#pragma once

#include <weft/graph/record.hpp>

#include <cstdint>
#include <cstdio>
#include <string>

namespace weft {

// "12.345" for 12345; `ns` is not negative.
inline std::string microseconds_text(std::int64_t ns) {
    char text[40];
    std::snprintf(text, sizeof text, "%lld.%03d", static_cast<long long>(ns / 1000),
                  static_cast<int>(ns % 1000));
    return text;
}

// "float [4,?]" for a tensor of a type, "float [4,2]" with the shape it has in a run; the name of a
// C++ type; empty for no value.
inline std::string type_text(const value_type& type, const dims& shape) {
    if (type.is_tensor()) return std::string(name_of(type.element)) + ' ' + dims_text(shape).chars;
    return type.object == nullptr ? std::string() : type.object->name;
}
inline std::string type_text(const value_type& type) { return type_text(type, type.shape); }

}  // namespace weft
