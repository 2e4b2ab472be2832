// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What errors say of where they come from, and the one function that throws them: joining a text
// and throwing it is much code, and inlined it would be in every function that can fail. Nothing
// here runs unless something is wrong.
#pragma once

#include <weft/core/error.hpp>

namespace weft {

WEFT_SOURCE std::string to_string(const std::source_location& where) {
    if (where.line() == 0) return {};
    std::string_view file = where.file_name();
    if (auto slash = file.find_last_of('/'); slash != file.npos) file.remove_prefix(slash + 1);
    std::string out(file);
    out += ':';
    out += std::to_string(where.line());
    return out;
}

WEFT_SOURCE void throw_error(errc code, std::initializer_list<std::string_view> parts,
                             std::string_view node, std::source_location where) {
    std::string text;
    for (std::string_view part : parts) text += part;
    throw error(code, text, std::string(node), where);
}

}  // namespace weft
