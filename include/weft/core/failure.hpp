// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Error codes, and the exception that kernels and shape rules throw. A failure knows what went
// wrong but not where: the graph or the session catches it and throws weft::error with the node's
// name, op, device and source line. It holds its text inline, so that expression headers need no
// string.
#pragma once

#include <weft/config.hpp>

#include <cstdarg>
#include <cstdio>
#include <exception>

namespace weft {

// The canonical codes.
enum class errc : unsigned char {
    ok,
    cancelled,
    invalid_argument,
    deadline_exceeded,
    not_found,
    resource_exhausted,
    failed_precondition,
    aborted,
    out_of_range,
    unimplemented,
    internal,
    unavailable,
};

// "invalid_argument" for errc::invalid_argument, and so on.
constexpr const char* name_of(errc code) {
    constexpr const char* names[] = {"ok",
                                     "cancelled",
                                     "invalid_argument",
                                     "deadline_exceeded",
                                     "not_found",
                                     "resource_exhausted",
                                     "failed_precondition",
                                     "aborted",
                                     "out_of_range",
                                     "unimplemented",
                                     "internal",
                                     "unavailable"};
    return names[static_cast<unsigned char>(code)];
}

// Thrown by kernels, shape rules and tensors. Texts longer than the buffer are cut.
class failure : public std::exception {
public:
    failure(errc code, const char* format, std::va_list arguments) : code_(code) {
        std::vsnprintf(text_, sizeof text_, format, arguments);
    }
    errc code() const noexcept { return code_; }
    const char* what() const noexcept override { return text_; }

private:
    errc code_;
    char text_[240] = {};
};

// Throws a failure with a printf-style text.
[[noreturn]] [[gnu::format(printf, 2, 3)]] [[gnu::cold]] void fail(errc code, const char* format,
                                                                   ...);

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/core/failure_source.hpp>
#endif
