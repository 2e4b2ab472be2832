// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Names of devices, whole or in part: job, task, kind and index, "/job:ps/task:1/gpu:0". A part
// that is not given means any. A device_spec is well-formed by construction from text; whether a
// device of that name exists is for the placer to say, and which kinds there are for the graph.
#pragma once

#include <weft/config.hpp>
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
    device_spec merged(const device_spec& inner) const;
    // The same, in place.
    void merge(const device_spec& inner);

    // True where every part that is given here is the same in `device`.
    bool matches(const device_spec& device) const {
        return (task < 0 || task == device.task) && (index < 0 || index == device.index) &&
               (job.empty() || job == device.job) && (kind.empty() || kind == device.kind);
    }

    // No part is given: every device matches.
    bool is_any() const { return job.empty() && task < 0 && kind.empty() && index < 0; }
    // Every part is given: the name of one device.
    bool is_full() const { return !job.empty() && task >= 0 && !kind.empty() && index >= 0; }

    // The given parts: "/job:ps/task:3/gpu:0"; "/gpu:*" for a kind of any index, "/device:*:1" for
    // an index of any kind, "" for no part at all. parse(to_string()) gives an equal spec.
    std::string to_string() const;

    friend bool operator==(const device_spec&, const device_spec&) = default;
    // Parts in their order; any before all others, indices as numbers.
    friend std::strong_ordering operator<=>(const device_spec&, const device_spec&) = default;
};

// For a device_scope: lets go of every scope outside.
struct no_device_t {
    explicit no_device_t() = default;
};
inline constexpr no_device_t no_device{};

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/core/device_name_source.hpp>
#endif
