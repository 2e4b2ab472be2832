// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A fixed set of named threads that all run one function until their owner has told them to return.
// It knows nothing of work; pools and queues do. Not thread-safe itself: its owner starts and
// joins.
#pragma once

#include <weft/core/error.hpp>

#include <cstdint>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include <pthread.h>

namespace weft {

class worker_threads {
public:
    worker_threads() = default;
    worker_threads(const worker_threads&) = delete;
    worker_threads& operator=(const worker_threads&) = delete;
    ~worker_threads() { join(); }

    int count() const noexcept { return static_cast<int>(threads_.size()); }

    // Starts `count` threads that call body(), which must not throw; ps and debuggers show the
    // first 15 characters of `name`. Fails with resource_exhausted where the system gives no more
    // threads: those that did start run on, and the owner must tell them to return before join().
    template <class F>
    void start(int count, const std::string& name, F body) {
        const std::string shown = name.substr(0, 15);
        threads_.reserve(static_cast<std::size_t>(count));
        for (int i = 0; i < count; ++i) {
            try {
                threads_.emplace_back(body);
            } catch (const std::system_error& reason) {
                throw error(errc::resource_exhausted,
                            "cannot start thread " + std::to_string(i + 1) + " of " +
                                std::to_string(count) + " for " + name + ": " + reason.what());
            }
            pthread_setname_np(threads_.back().native_handle(), shown.c_str());
        }
    }

    // Waits until every thread has returned.
    void join() noexcept {
        for (std::thread& thread : threads_) thread.join();
        threads_.clear();
    }

private:
    std::vector<std::thread> threads_;
};

}  // namespace weft
