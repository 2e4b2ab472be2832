// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Which pools the devices of a session use. The first session that starts creates the process's
// pools, of the sizes it asks for; later sessions use them whatever they ask for, except those that
// want pools of their own, or no inter-op threads at all. The process's pools live until it ends,
// idle threads included.
#pragma once

#include <weft/core/device_name.hpp>
#include <weft/core/error.hpp>
#include <weft/runtime/inter_op_pool.hpp>
#include <weft/runtime/intra_op_pool.hpp>
#include <weft/runtime/topology.hpp>

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace weft {

// What a session asks for; the names and meanings are those of session_options.
struct pool_options {
    int inter_op_parallelism_threads = 0;   // 0: one per allowed core; < 0: only the caller's
    int intra_op_parallelism_threads = 0;   // 0: one per allowed core
    bool use_per_session_threads = false;
};

// The pools of one device.
struct device_pools {
    std::shared_ptr<inter_op_pool> inter_op;
    std::shared_ptr<intra_op_pool> intra_op;
};

namespace detail {

// The process's pools, by device. Never destroyed: their threads sleep until the process is gone,
// and a session that is a static object finds them whenever it is destroyed.
class process_pools {
public:
    static process_pools& instance() {
        static process_pools* const pools = new process_pools;
        return *pools;
    }

    // The device's pool of this type; `make()` gives it the first time.
    template <class Make>
    std::shared_ptr<inter_op_pool> inter_op(const std::string& device, Make make) {
        const std::lock_guard lock(mutex_);
        auto& pool = of(device).inter_op;
        if (pool == nullptr) pool = make();
        return pool;
    }
    template <class Make>
    std::shared_ptr<intra_op_pool> intra_op(const std::string& device, Make make) {
        const std::lock_guard lock(mutex_);
        auto& pool = of(device).intra_op;
        if (pool == nullptr) pool = make();
        return pool;
    }

private:
    struct entry {
        std::string device;
        device_pools pools;
    };

    device_pools& of(const std::string& device) {
        for (entry& known : entries_)
            if (known.device == device) return known.pools;
        return entries_.emplace_back(entry{device, {}}).pools;
    }

    std::mutex mutex_;
    std::vector<entry> entries_;
};

}  // namespace detail

// Gives one session its pools. Not thread-safe itself; several sessions may start at the same time.
class pool_source {
public:
    // Fails with invalid_argument for a negative number of intra-op threads.
    explicit pool_source(const pool_options& options) : options_(options) {
        if (options.intra_op_parallelism_threads < 0)
            throw error(errc::invalid_argument,
                        "intra_op_parallelism_threads is " +
                            std::to_string(options.intra_op_parallelism_threads) +
                            "; give the number of threads that one kernel may use, 1 for the "
                            "calling thread alone, or 0 for one per allowed core (" +
                            std::to_string(allowed_cores()) + " here)");
    }

    // The pools of a device. On the client's device, /cpu:0 of its own task, the thread that calls
    // run() is one of the inter-op threads, so its pool has one worker less. Fails with
    // resource_exhausted where the system gives no more threads.
    device_pools pools_for(const device_spec& device, bool client) {
        return {inter_op_for(device, client), intra_op_for(device)};
    }

    // True if a session before this one has made the process's pools with other sizes than asked
    // for here.
    bool sizes_differ() const noexcept { return differs_; }

private:
    static int wanted_threads(int option) { return option == 0 ? allowed_cores() : option; }

    // What ps and debuggers show.
    static std::string title(const device_spec& device, const char* purpose) {
        return "weft " + device.kind + ':' + std::to_string(device.index) + purpose;
    }

    std::shared_ptr<inter_op_pool> inter_op_for(const device_spec& device, bool client) {
        if (options_.inter_op_parallelism_threads < 0) {
            // One queue for all devices: the caller could not wait for several, and there is nobody
            // else.
            if (caller_queue_ == nullptr) caller_queue_ = std::make_shared<inter_op_pool>(0);
            return caller_queue_;
        }
        const int workers =
            wanted_threads(options_.inter_op_parallelism_threads) - (client ? 1 : 0);
        const auto make = [&] {
            return std::make_shared<inter_op_pool>(workers, title(device, ""));
        };
        if (options_.use_per_session_threads) return make();
        auto pool = detail::process_pools::instance().inter_op(device.to_string(), make);
        differs_ = differs_ || pool->workers() != workers;
        return pool;
    }

    std::shared_ptr<intra_op_pool> intra_op_for(const device_spec& device) {
        const int parallelism = wanted_threads(options_.intra_op_parallelism_threads);
        const auto make = [&] {
            return std::make_shared<intra_op_pool>(parallelism, title(device, " op"));
        };
        if (options_.use_per_session_threads) return make();
        auto pool = detail::process_pools::instance().intra_op(device.to_string(), make);
        differs_ = differs_ || pool->parallelism() != parallelism;
        return pool;
    }

    pool_options options_;
    std::shared_ptr<inter_op_pool> caller_queue_;
    bool differs_ = false;
};

}  // namespace weft
