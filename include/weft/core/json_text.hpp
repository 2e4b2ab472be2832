// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Strings as JSON writes them, for reports and traces. What comes in may be any bytes; what goes
// out is always valid JSON in UTF-8: bytes that are no UTF-8 become U+FFFD. Knows nothing of what
// it writes.
#pragma once

#include <weft/config.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace weft {

// Bytes of the UTF-8 sequence at the start of `text`, 0 if there is no valid one (RFC 3629).
std::size_t utf8_length(std::string_view text);

// Appends `text` in quotes.
void append_json_string(std::string& out, std::string_view text);

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/core/json_text_source.hpp>
#endif
