// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How strings are quoted for JSON, byte by byte: by the table of RFC 3629 for what is UTF-8, and
// with U+FFFD for what is not. Text may come from anywhere; what goes out is always valid. Knows
// nothing of what it writes.
#pragma once

#include <weft/core/json_text.hpp>

namespace weft {

WEFT_SOURCE std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) -> unsigned {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
    };
    const auto follows = [&](std::size_t i) { return (byte(i) & 0xc0u) == 0x80u; };
    const unsigned first = byte(0), second = byte(1);
    if (first < 0x80) return 1;
    if (first < 0xc2 || first > 0xf4 || !follows(1)) return 0;
    if (first < 0xe0) return 2;
    if (first < 0xf0) {
        const bool overlong = first == 0xe0 && second < 0xa0;
        const bool surrogate = first == 0xed && second >= 0xa0;
        return follows(2) && !overlong && !surrogate ? 3 : 0;
    }
    const bool overlong = first == 0xf0 && second < 0x90;
    const bool too_large = first == 0xf4 && second >= 0x90;
    return follows(2) && follows(3) && !overlong && !too_large ? 4 : 0;
}

WEFT_SOURCE void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    while (!text.empty()) {
        const auto byte = static_cast<unsigned char>(text[0]);
        const std::size_t length = utf8_length(text);
        if (byte == '"' || byte == '\\') {
            out += '\\';
            out += text[0];
        } else if (byte < 0x20 || byte == 0x7f) {
            out += "\\u00";
            out += "0123456789abcdef"[byte >> 4];
            out += "0123456789abcdef"[byte & 15];
        } else if (length == 0) {
            out += "\\ufffd";
        } else {
            out += text.substr(0, length);
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
    out += '"';
}

}  // namespace weft
