// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Names of devices, whole or in part: job, task, kind and index, "/job:ps/task:1/gpu:0". A part
// that is not given means any. A device_spec is well-formed by construction from text; whether a
// device of that name exists is for the placer to say, and which kinds there are for the graph.
#pragma once

#include <weft/core/device_name_parts.hpp>
#include <weft/core/error.hpp>

#include <compare>
#include <string>
#include <string_view>

namespace weft {

// A partial device name. Kinds are lower case ("cpu", "gpu", "npu"); job names keep their case.
struct device_spec {
    std::string job{};   // empty: any
    int task = -1;       // -1: any
    std::string kind{};  // empty: any
    int index = -1;      // -1: any

    // Reads "/gpu:0", "/device:GPU:0", "/cpu:*", "/cpu", "/job:ps/replica:0/task:3/gpu:1", "/", "".
    // Parts come in any order, each at most once; a replica is read and dropped. Everything else
    // fails with invalid_argument: "Malformed device specification '...'", what is wrong, and
    // where.
    static device_spec parse(std::string_view text);

    // This spec with `inner` put over it, part by part; a kind in `inner` brings its index along,
    // so that
    // "/gpu:1" with "/cpu:*" inside is "/cpu:*" and not "/cpu:1".
    device_spec merged(const device_spec& inner) const {
        device_spec out = *this;
        if (!inner.job.empty()) out.job = inner.job;
        if (inner.task >= 0) out.task = inner.task;
        if (!inner.kind.empty()) {
            out.kind = inner.kind;
            out.index = inner.index;
        } else if (inner.index >= 0) {
            out.index = inner.index;
        }
        return out;
    }

    // True where every part that is given here is the same in `device`.
    bool matches(const device_spec& device) const {
        return (job.empty() || job == device.job) && (task < 0 || task == device.task) &&
               (kind.empty() || kind == device.kind) && (index < 0 || index == device.index);
    }

    // No part is given: every device matches.
    bool is_any() const { return job.empty() && task < 0 && kind.empty() && index < 0; }
    // Every part is given: the name of one device.
    bool is_full() const { return !job.empty() && task >= 0 && !kind.empty() && index >= 0; }

    // The given parts: "/job:ps/task:3/gpu:0"; "/gpu:*" for a kind of any index, "/device:*:1" for
    // an index of any kind, "" for no part at all. parse(to_string()) gives an equal spec.
    std::string to_string() const {
        std::string out;
        if (!job.empty()) out += "/job:" + job;
        if (task >= 0) out += "/task:" + std::to_string(task);
        if (!kind.empty() || index >= 0) {
            out += kind.empty() ? "/device:*" : '/' + kind;
            out += index < 0 ? ":*" : ':' + std::to_string(index);
        }
        return out;
    }

    friend bool operator==(const device_spec&, const device_spec&) = default;
    // Parts in their order; any before all others, indices as numbers.
    friend std::strong_ordering operator<=>(const device_spec&, const device_spec&) = default;
};

// For a device_scope: lets go of every scope outside.
struct no_device_t {
    explicit no_device_t() = default;
};
inline constexpr no_device_t no_device{};

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
    throw error(errc::invalid_argument,
                "Malformed device specification " + quoted(text) + ": " + wrong + " at character " +
                    std::to_string(parts.at + 1) +
                    ". Accepted are parts such as /job:ps, /task:3, /gpu:0, /device:GPU:0, "
                    "/cpu:*, each at most once, and '' or '/' for any device.");
}

}  // namespace detail

inline device_spec device_spec::parse(std::string_view text) {
    const device_name_parts parts = read_device_name(text);
    if (parts.wrong != nullptr) detail::throw_malformed(text, parts);
    device_spec spec;
    spec.job = parts.job;
    spec.task = parts.task;
    for (char c : parts.kind) spec.kind += lower_case(c);
    spec.index = parts.index;
    return spec;
}

}  // namespace weft
