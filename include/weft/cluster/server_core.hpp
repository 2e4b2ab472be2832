// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A task of a cluster without its types: it runs the parts that drivers send, and is a driver
// itself for the sessions of its program. Segments of others run in the thread that joins or in a
// few threads of the server's; those of a session's own run in the thread that called run(). What a
// message asks for is noted by the thread that polls and never done by it.
#pragma once

#include <weft/cluster/all_reduce.hpp>
#include <weft/cluster/cluster_checkpoints.hpp>
#include <weft/cluster/error_message.hpp>
#include <weft/cluster/exchange.hpp>
#include <weft/cluster/hello.hpp>
#include <weft/cluster/partition.hpp>
#include <weft/cluster/task_step.hpp>

#include <condition_variable>
#include <functional>
#include <thread>

namespace weft {

struct server_options {
    session_options session{};
    endpoint_options messages{};
    // For all tasks to be there, and to say what they are.
    std::chrono::nanoseconds start_within = std::chrono::seconds(60);
    // Threads for the segments of other tasks' sessions, besides that of join().
    int threads = 4;
};

class server_core final : public message_handler, public distribution {
public:
    using clock = std::chrono::steady_clock;

    // Waits for all tasks and compares what they are. Throws error: deadline_exceeded for tasks
    // that do not come, failed_precondition for other versions, clusters or graphs.
    server_core(transport& engine, const cluster& of, const graph_base& built,
                server_options options, const session_kind* kinds, std::size_t count);
    server_core(const server_core&) = delete;
    server_core& operator=(const server_core&) = delete;
    // Serves until every task has left or is lost.
    ~server_core();

    const std::shared_ptr<session_core>& session() const { return session_; }
    const cluster& of() const { return cluster_; }
    endpoint& messages() { return endpoint_; }
    const device_list& devices() const { return devices_; }

    // Runs parts of others until stop() is called on some task: 0; or until a loss: 1, with the
    // reason in the log.
    int join();
    void stop();
    // Waits until all tasks of a job, or of the cluster, are here. Throws error unavailable, or
    // deadline_exceeded.
    void barrier(std::string_view job, clock::time_point deadline);
    // Saving and restoring variables of all tasks.
    cluster_checkpoints& checkpoints() { return checkpoints_; }
    // What each task of a job tells the others, in turns; a task that is gone ends it with an
    // error, or is left out.
    exchanges::texts exchange_in(const cluster_job& job, std::span<const std::byte> mine,
                                 bool excuses) {
        return exchange(job, mine, (clock::time_point::max)(), excuses);
    }
    // Why a task is gone; empty if it is not.
    std::string loss_of(int rank) const;

    std::unique_ptr<distributed_plan> prepare(std::span<const node_id> feeds,
                                              std::span<const node_id> fetches) override;

    // Of the thread that polls.
    void on_delivery(delivery&& message) override;
    void on_loss(int peer, const std::string& reason) override;
    void on_corrupt(int peer, const message_key& key, const std::string& reason) override;

private:
    friend class cluster_plan;
    struct step_key {
        std::uint64_t plan, step;
        auto operator<=>(const step_key&) const = default;
    };
    // The kinds of message_kind::stop.
    static constexpr std::uint32_t stop_all = 0, leaving = 1;

    // What drivers and other tasks tell each other of a step.
    struct step_order {
        std::int64_t limit_ns = 0;
        std::uint64_t traced = 0;
    };
    struct step_report {
        std::uint64_t nodes = 0;
        std::int64_t begun_ns = 0, ended_ns = 0;
    };

    // What a runner does: a segment of another task's session, or something else.
    struct work {
        std::shared_ptr<task_step> step{};
        std::uint32_t segment = 0;
        std::function<void()> other{};
    };

    // Start.
    static const cluster& checked(const transport& engine, const cluster& of);
    static endpoint_options numbered(endpoint_options options, std::uint16_t number);
    void say_hello(clock::time_point deadline);
    [[noreturn]] void find_difference(std::size_t most, clock::time_point deadline);
    void leave();
    void make_groups();
    exchanges::texts exchange(const cluster_job& group, std::span<const std::byte> mine,
                              clock::time_point deadline, bool excuses = false);
    cluster_job everybody() const { return {"the cluster", 0, cluster_.size()}; }
    std::string loss_in(const cluster_job& group) const;

    // Messages.
    void on_plan(const delivery& message);
    void on_step(const delivery& message);
    void on_value(delivery&& message);
    void on_done(const delivery& message);
    void on_abort(const delivery& message);
    void fill_from(task_step& step, const delivery& message);
    error error_from(const delivery& message) const {
        return read_error(message.payload.span(), names_[static_cast<std::size_t>(message.from)]);
    }

    // Steps; all but run_segment with the lock held.
    void start(const std::shared_ptr<task_step>& step, step_key key);
    void offer(const std::shared_ptr<task_step>& step);
    void fail(task_step& step, const error& what);
    void end_if_quiet(const std::shared_ptr<task_step>& step);
    void run_segment(const std::shared_ptr<task_step>& step, std::uint32_t segment);
    void run_plan(task_step& step, std::uint32_t segment,
                  std::vector<std::optional<value_buffer>>& made,
                  std::vector<travelling_value>& objects);
    collective_run begin_collective(const task_step& step, std::uint32_t segment);
    void exchange(collective_run& run);
    bool go_on(collective_run& run);
    void go_on_with_collectives(const std::shared_ptr<task_step>& step);
    bool has_ended_collectives(const task_step& step) const;
    static error late(const collective_run& run);
    void run_collective(task_step& step, std::uint32_t segment,
                        std::vector<std::optional<value_buffer>>& made);
    void end_wrong(const std::shared_ptr<task_step>& step, const error& what);
    void publish(const std::shared_ptr<task_step>& step, std::uint32_t segment,
                 std::vector<std::optional<value_buffer>>& made,
                 std::vector<travelling_value>& objects);
    bool is_driver(const task_step& step) const { return step.plan->driver == endpoint_.self(); }

    void add_work(work next);

    // Collectives: a task that has failed in one is out of step with the others for good.
    void break_collectives(const task_step& by, const error& what);
    void break_collectives(std::uint64_t from, const error& what);
    std::uint64_t begin_collectives();
    // When a run that waits for a task which has left gives up, and what it says then.
    clock::time_point end_of_patience(const task_step& step) const;
    error left_alone(const task_step& step) const;

    // Threads that run segments of others.
    bool run_one_of_others();
    void run_others();

    const cluster cluster_;
    const graph_base& graph_;
    const server_options options_;
    std::shared_ptr<session_core> session_;
    device_list devices_;                // of all tasks, this one's first
    std::vector<device_place> places_;   // of each of them
    std::vector<std::string> names_;     // of each task
    std::map<std::string, int> groups_;  // of jobs, for collectives
    std::map<node_id, device_index> kept_;  // where this task's plans have put variables
    exchanges exchanges_;
    // The engine, for this server alone.
    struct engine_use {
        explicit engine_use(transport& engine);
        engine_use(const engine_use&) = delete;
        engine_use& operator=(const engine_use&) = delete;
        ~engine_use() { of.end_use(); }
        transport& of;
        std::uint16_t number = 0;
    };
    const engine_use use_;  // begins when nothing is wrong with this task alone
    endpoint endpoint_;
    cluster_checkpoints checkpoints_;

    mutable std::mutex mutex_;
    std::map<std::uint64_t, std::shared_ptr<task_plan>> plans_;
    std::map<std::uint64_t, std::set<int>> unconfirmed_;  // of own plans: tasks without an answer
    std::map<std::uint64_t, error> refused_;              // own plans, by the first answer
    std::map<step_key, std::shared_ptr<task_step>> steps_;
    std::map<step_key, std::vector<delivery>> early_;  // values of steps that have not begun here
    std::vector<std::string> lost_;                    // why, of each task; empty: it is not
    std::map<int, clock::time_point> left_;  // and when
    std::set<int> gone_;                     // that are lost, whether they had left or not
    std::uint64_t next_collective_run_ = 0, broken_from_ = 0;
    std::optional<error> collectives_broken_;
    std::uint32_t next_plan_ = 0;
    std::mutex collectives_;  // held by the run whose collectives are under way

    std::deque<work> others_;
    std::atomic<std::size_t> others_count_{0};
    std::atomic<bool> stopped_{false}, broken_{false};
    std::condition_variable others_wake_;
    int joined_ = 0;  // threads in join()
    bool ends_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace weft
