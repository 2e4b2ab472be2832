// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How a failure is thrown: formatted once, into the exception itself, so that it needs no memory.
// Knows no string.
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
