// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Device functions that spread variables over the tasks of a job: in turn, or each to the task that
// has the fewest bytes so far. All other nodes go elsewhere, or are left alone. What they choose
// depends on the order of making alone, so that it is the same in every process.
#pragma once

#include <weft/cluster/async_ps.hpp>
#include <weft/cluster/spec.hpp>
#include <weft/cluster/sync_ps.hpp>
#include <weft/graph/device_function.hpp>
#include <weft/graph/record.hpp>

#include <utility>
#include <vector>

namespace weft {

struct spread_options {
    // Where nodes that hold no variable go; any: left alone.
    device_spec otherwise{};
};

// Variables in turn over the tasks of the job, which begins again at the first.
inline device_function round_robin_over(const cluster_job& job, spread_options options = {}) {
    return [job, options, next = 0](const node_record& node) mutable -> device_spec {
        if (node.role != node_role::variable) return options.otherwise;
        return job.device(next++ % job.size());
    };
}

// Each variable to the task with the fewest bytes of variables so far, the first of several. A
// dimension that is not known counts as 1.
inline device_function by_bytes_over(const cluster_job& job, spread_options options = {}) {
    std::vector<std::size_t> bytes(static_cast<std::size_t>(job.size()), 0);
    return [job, options,
            bytes = std::move(bytes)](const node_record& node) mutable -> device_spec {
        if (node.role != node_role::variable) return options.otherwise;
        std::size_t least = 0, size = size_of(node.type.element);
        for (std::size_t task = 1; task < bytes.size(); ++task)
            if (bytes[task] < bytes[least]) least = task;
        for (std::size_t extent : node.type.shape) size *= extent == dyn ? 1 : extent;
        bytes[least] += size;
        return job.device(static_cast<int>(least));
    };
}

}  // namespace weft
