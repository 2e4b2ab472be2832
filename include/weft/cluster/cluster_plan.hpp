// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A plan of several tasks on the task that drives it: placed, divided, and sent to the tasks that
// have a part in it, which confirm it before the first run. Runs of it may go on side by side. It
// does not know what carries messages.
#pragma once

#include <weft/cluster/server_core.hpp>

namespace weft {

class cluster_plan final : public distributed_plan {
public:
    cluster_plan(server_core& server, std::span<const node_id> feeds,
                 std::span<const node_id> fetches);

    void run(std::span<const feed_value> feeds, const run_options& options,
             distributed_result& out) override;
    placement_report report() const override { return report_; }
    std::string device_of(node_id id) const override {
        for (std::size_t i = 0; i < nodes_.size(); ++i)
            if (nodes_[i]->id == id) return report_.devices[devices_[i]].name.to_string();
        return {};
    }

private:
    using clock = std::chrono::steady_clock;

    void place(std::span<const node_id> feeds, std::span<const node_id> fetches);
    void send_parts(clock::time_point deadline);
    std::shared_ptr<task_step> begin(std::span<const feed_value> feeds,
                                     const run_options& options, clock::time_point deadline,
                                     std::uint64_t collective_number);
    void send_feeds(const task_step& step, std::span<const feed_value> feeds);
    void take_part(const std::shared_ptr<task_step>& step, const run_options& options);
    void give(task_step& step, distributed_result& out) const;
    void check_peers() const;
    std::string waited_for(const task_step& step) const;

    server_core& server_;
    const std::uint64_t number_;
    std::vector<const node_record*> nodes_;
    std::vector<device_index> devices_;
    placement_report report_;
    std::vector<node_id> fed_, fetched_;  // fetched_: distinct
    std::vector<const node_record*> unfed_;
    cluster_partition divided_;
    std::shared_ptr<task_plan> own_;
    std::set<int> others_;  // tasks with a part, but this one

    std::mutex sending_;
    bool sent_ = false;
    std::atomic<std::uint64_t> next_step_{0};
};

}  // namespace weft
