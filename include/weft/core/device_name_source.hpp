// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How device names are read from text, written as text and put over each other. A name is read from
// left to right, once, and whatever is wrong with it is told with its place. Knows no graph and no
// device.
#pragma once

#include <weft/core/device_name.hpp>

namespace weft {

namespace detail {

// Bytes that would garble a message are written as \x00.
inline std::string quoted(std::string_view text) {
    std::string out = "'";
    for (char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7f) {
            out += c;
        } else {
            out += "\\x";
            out += "0123456789abcdef"[byte >> 4];
            out += "0123456789abcdef"[byte & 15];
        }
    }
    return out + '\'';
}

// Positions in messages count from 1.
[[noreturn]] inline void throw_malformed(std::string_view text, const device_name_parts& parts) {
    const std::string wrong =
        *parts.wrong == '\0' ? "an unexpected " + quoted(text.substr(parts.at, 1)) : parts.wrong;
    throw_error(errc::invalid_argument,
                {"Malformed device specification ", quoted(text), ": ", wrong, " at character ",
                 std::to_string(parts.at + 1),
                 ". Accepted are parts such as /job:ps, /task:3, /gpu:0, /device:GPU:0, "
                 "/cpu:*, each at most once, and '' or '/' for any device."});
}

}  // namespace detail

WEFT_SOURCE device_spec device_spec::parse(std::string_view text) {
    const device_name_parts parts = read_device_name(text);
    if (parts.wrong != nullptr) detail::throw_malformed(text, parts);
    device_spec spec;
    spec.job = parts.job;
    spec.task = parts.task;
    for (char c : parts.kind) spec.kind += lower_case(c);
    spec.index = parts.index;
    return spec;
}

// Not inlined: strings are much code, and the rest of a node is made without.
[[gnu::noinline]] WEFT_SOURCE void device_spec::merge(const device_spec& inner) {
    if (!inner.job.empty()) job = inner.job;
    if (inner.task >= 0) task = inner.task;
    if (!inner.kind.empty()) {
        kind = inner.kind;
        index = inner.index;
    } else if (inner.index >= 0) {
        index = inner.index;
    }
}

WEFT_SOURCE device_spec device_spec::merged(const device_spec& inner) const {
    device_spec out = *this;
    out.merge(inner);
    return out;
}

WEFT_SOURCE std::string device_spec::to_string() const {
    std::string out;
    if (!job.empty()) out += "/job:" + job;
    if (task >= 0) out += "/task:" + std::to_string(task);
    if (!kind.empty() || index >= 0) {
        out += kind.empty() ? "/device:*" : '/' + kind;
        out += index < 0 ? ":*" : ':' + std::to_string(index);
    }
    return out;
}

}  // namespace weft
