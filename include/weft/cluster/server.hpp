// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// server: this process as a task of a cluster. Its sessions run nodes wherever they are pinned, and
// variables live in their task, shared by all sessions of all tasks. Every task builds the same
// graph and makes a server of it; then it joins, or runs sessions.
#pragma once

#include <weft/cluster/server_core.hpp>
#include <weft/cluster/strategy.hpp>
#include <weft/session/session.hpp>

namespace weft {

class server {
public:
    // Waits for all tasks, up to options.start_within. `engine` is an mpi_engine, or anything else
    // with a transport(); it and the graph must outlive the server. Throws error: what server_core
    // says, and what session does.
    template <class Engine, class... Kinds, bool Cuda = WEFT_HAS_CUDA>
    server(Engine& engine, const cluster& of, const basic_graph<device_kinds<Kinds...>>& built,
           server_options options = {}) {
        const session_kind kinds[] = {
            {Kinds::name, &make_device<Kinds, Cuda>, device_counter<Kinds, Cuda>()}...};
        core_ = std::make_unique<server_core>(engine.transport(), of, built, std::move(options),
                                              kinds, sizeof...(Kinds));
    }

    // A session whose run() works on the whole cluster: feeds come from this task and fetches come
    // back to it, nodes without a device are here. Several may be used at the same time. Must not
    // outlive the server.
    weft::session session() const { return weft::session(core_->session()); }

    // Serves the sessions of other tasks: 0 when some task has called stop(), 1 when all others are
    // gone. For main() to return.
    int join() { return core_->join(); }
    // Has join() return everywhere.
    void stop() { core_->stop(); }

    // Waits for all tasks of a job; without a name, of the cluster. Throws error unavailable where
    // one is gone, deadline_exceeded, and invalid_argument where this task is not of that job.
    void barrier(std::string_view job = {},
                 std::chrono::nanoseconds within = std::chrono::minutes(10)) {
        core_->barrier(job, std::chrono::steady_clock::now() + within);
    }

    const cluster& of() const { return core_->of(); }
    // The devices of all tasks.
    const device_list& devices() const { return core_->devices(); }
    // What is behind it, for strategies and tools.
    server_core& core() { return *core_; }

private:
    std::unique_ptr<server_core> core_;
};

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/cluster/cluster_plan_source.hpp>
#include <weft/cluster/server_messages_source.hpp>
#include <weft/cluster/server_source.hpp>
#include <weft/cluster/server_collectives_source.hpp>
#include <weft/cluster/server_steps_source.hpp>
#endif
