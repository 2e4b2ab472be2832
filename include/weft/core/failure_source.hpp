// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How a failure is thrown: its text is formatted once, into the exception itself, so that neither
// the text nor what it is thrown for needs memory. Knows no string, no node and no source line:
// those are added by who catches it.
#pragma once

#include <weft/core/failure.hpp>

namespace weft {

WEFT_SOURCE void fail(errc code, const char* format, ...) {
    std::va_list arguments;
    va_start(arguments, format);
    failure reason(code, format, arguments);
    va_end(arguments);
    throw reason;
}

}  // namespace weft
