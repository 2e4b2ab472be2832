// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The weft::error that a piece of code throws, as a value to check: code, node, source line, text.
#pragma once

#include <weft/core/error.hpp>

#include <string>
#include <string_view>

namespace weft_test {

// What was thrown; code errc::ok if nothing was.
struct caught {
    weft::errc code = weft::errc::ok;
    std::string text{};
    std::string node{};
    unsigned line = 0;  // of the user's program

    bool says(std::string_view words) const { return text.find(words) != text.npos; }
};

// Runs `f` and catches the error. Everything else that it throws is let through.
template <class F>
caught error_of(F f) {
    try {
        f();
    } catch (const weft::error& e) {
        return {e.code(), e.what(), e.node(), e.where().line()};
    }
    return {};
}

// The line of its call.
inline unsigned line(std::source_location where = std::source_location::current()) {
    return where.line();
}

}  // namespace weft_test
