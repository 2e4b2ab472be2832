// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// weft::error, what every function of weft throws: a code, the text, and, when a node is to blame,
// its name and the line of the user's program that made it. Copies share nothing and may cross
// threads.
#pragma once

#include <weft/config.hpp>
#include <weft/core/failure.hpp>

#include <initializer_list>
#include <source_location>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace weft {

// The error of a graph or a session. what() says what is wrong with names and numbers, what exists
// instead, and what to do; node() and where() are empty (line 0) where no node is to blame.
class error : public std::runtime_error {
public:
    error(errc code, const std::string& text) : std::runtime_error(text), code_(code) {}
    error(errc code, const std::string& text, std::string node, std::source_location where)
        : std::runtime_error(text), code_(code), node_(std::move(node)), where_(where) {}

    errc code() const noexcept { return code_; }
    const std::string& node() const noexcept { return node_; }
    std::source_location where() const noexcept { return where_; }

private:
    errc code_;
    std::string node_;
    std::source_location where_{};
};

// "file.cpp:12", without the folders; empty for an unknown place.
[[gnu::cold]] std::string to_string(const std::source_location& where);

// Throws an error whose text is the parts, one after the other.
[[noreturn, gnu::cold]] void throw_error(errc code, std::initializer_list<std::string_view> text,
                                         std::string_view node = {},
                                         std::source_location where = {});

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/core/error_source.hpp>
#endif
