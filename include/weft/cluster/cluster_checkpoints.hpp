// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How the tasks of a cluster save and restore the variables that they hold: each in a file of its
// own, named after the task, when one of them asks for it. A file is one state of its task's
// variables; that all files are of one step is for the one who asks to see to, who can tell the
// others before which step that will be. Must not know what a step is.
#pragma once

#include <weft/cluster/endpoint.hpp>
#include <weft/cluster/spec.hpp>
#include <weft/core/error.hpp>
#include <weft/session/core.hpp>

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace weft {

class cluster_checkpoints {
public:
    // `later` runs what it is given on a thread that may wait for disks; it and all others outlive
    // the object.
    using job = std::function<void()>;
    cluster_checkpoints(endpoint& by, const cluster& in, session_core& of,
                        std::function<void(job)> later)
        : endpoint_(by), cluster_(in), session_(of), later_(std::move(later)) {}

    // Has every task that is left save the variables that it holds to a file of its own in this
    // folder, or restore them from there; gives the names of the variables of all tasks. Any
    // thread. Throws error, that of a task with its name, or unavailable.
    std::vector<std::string> save_all(const std::string& folder);
    std::vector<std::string> restore_all(const std::string& folder);

    // Tells the tasks of a job before which step a checkpoint is due. confirm() waits until all
    // that are left know it.
    void announce(const cluster_job& to, long step);
    void confirm();
    // Before which step one is due; -1: before none, as after forget().
    long due_before() const { return due_.load(std::memory_order_relaxed); }
    void forget() { due_ = -1; }

    // Of the thread that polls: a message of this kind, a task that is lost, one that will not be
    // asked any more.
    void on_message(const delivery& message);
    void on_loss(int peer, const error& why);
    void on_leave(int peer);

private:
    // What a message is, as its edge.
    static constexpr std::uint32_t saving = 0, restoring = 1, done = 2, refused = 3, due = 4;
    // What several tasks were asked, under a number.
    struct question {
        std::set<int> open{};  // tasks that have not answered
        std::set<std::string> names{};
        std::optional<error> wrong{};
    };

    std::uint64_t ask(const cluster_job& to, bool also_leaving, std::uint32_t what,
                      std::uint64_t step, std::span<const std::byte> text);
    question answer_to(std::uint64_t number);
    std::vector<std::string> ask_all(std::uint32_t what, const std::string& folder);
    std::vector<std::string> do_own(std::uint32_t what, const std::string& folder);
    std::optional<error> try_own(std::uint32_t what, const std::string& folder,
                                 std::vector<std::string>& names);
    void answer(std::uint32_t what, const std::string& folder, int to, message_key back);

    endpoint& endpoint_;
    const cluster& cluster_;
    session_core& session_;
    const std::function<void(job)> later_;

    std::mutex mutex_;
    std::map<std::uint64_t, question> asked_;
    std::uint64_t next_ = 0;
    std::optional<std::uint64_t> announced_;
    std::set<int> lost_, left_;
    std::atomic<long> due_{-1};
};

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/cluster/cluster_checkpoints_source.hpp>
#endif
