// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What a session asks where its graph runs on several tasks: the seam between session/ and
// cluster/, which a session knows only by this. Whoever implements it sees to it that its members
// may be called from several threads.
#pragma once

#include <weft/placement/report.hpp>
#include <weft/runtime/feed_value.hpp>
#include <weft/session/options.hpp>

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace weft {

// What a run on several tasks gives: values, and what keeps them.
struct distributed_result {
    std::vector<feed_value> values;
    std::vector<std::shared_ptr<const void>> kept;
    std::size_t nodes_run = 0;
};

// A plan whose nodes may be on several tasks.
class distributed_plan {
public:
    virtual ~distributed_plan() = default;
    // Runs it and waits until every task is done with it; `out` gets the distinct fetches that have
    // a value, in their order. Throws error.
    virtual void run(std::span<const feed_value> feeds, const run_options& options,
                     distributed_result& out) = 0;
    virtual placement_report report() const = 0;
    // "/job:ps/task:0/cpu:0"; empty for a node that is not in it.
    virtual std::string device_of(node_id id) const = 0;
};

class distribution {
public:
    virtual ~distribution() = default;
    // Throws error for nodes that have no place, and for tasks that cannot be reached.
    virtual std::unique_ptr<distributed_plan> prepare(std::span<const node_id> feeds,
                                                      std::span<const node_id> fetches) = 0;
};

}  // namespace weft
