// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A collective operation of a step while it is under way: what it reads, where its result comes,
// and which exchange it waits for. One that depends on sizes that only a run knows has two: first
// the tasks compare them. Must not know how exchanges are made; the server does that.
#pragma once

#include <weft/cluster/spec.hpp>
#include <weft/cluster/value_message.hpp>
#include <weft/graph/record.hpp>

#include <cstdint>
#include <memory>
#include <optional>

namespace weft {

struct collective_run {
    // Number of elements: the least of all tasks, and the complement of the greatest.
    struct size_bounds {
        std::uint64_t mine[2] = {}, all[2] = {};
    };

    std::uint32_t segment = 0;
    const node_record* node = nullptr;
    cluster_job job;
    int group = 0;
    travelling_value in{};
    std::optional<value_buffer> result{};
    std::shared_ptr<std::byte> parts{};    // of all tasks, where they are added up here
    std::shared_ptr<size_bounds> sizes{};  // while these are compared
    std::uint64_t token = 0;               // of the exchange
};

}  // namespace weft
