// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The threads over which one kernel splits itself. A range is cut into chunks by its cost; the
// calling thread and idle threads of the pool claim them one after the other. A call never waits
// for a thread that has not begun to work on it, so calls may be nested and made by several threads
// at once. A job lives on its caller's stack: nothing is allocated, and no thread touches it after
// the call.
#pragma once

#include <weft/kernel/context.hpp>
#include <weft/runtime/stop_state.hpp>
#include <weft/runtime/worker_threads.hpp>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace weft {

// How a range is cut: `count` chunks of `size` indices, the last one smaller.
struct chunking {
    std::size_t size = 0;
    std::size_t count = 0;

    // Waking a thread costs 3 us and takes 10: less than 40 us in all is not shared, and a chunk is
    // worth 20 us. No more than about eight chunks a thread, unless they take longer than 500 us
    // each, so that large ranges stay in large pieces and uneven ones still balance.
    static constexpr double least_total_ns = 40e3, least_chunk_ns = 20e3, most_chunk_ns = 500e3;

    static chunking of(std::size_t n, double cost_ns, int threads) noexcept {
        const double indices = static_cast<double>(n);
        const double cost = cost_ns > 0.0 ? cost_ns : 0.0;   // NaN counts as nothing, too
        const double total = indices * cost;
        if (n == 0 || !(total >= least_total_ns)) return {n, n == 0 ? 0u : 1u};
        double chunk_ns = total / (8.0 * threads);
        if (chunk_ns > most_chunk_ns) chunk_ns = most_chunk_ns;
        if (chunk_ns < least_chunk_ns) chunk_ns = least_chunk_ns;
        const double wanted = chunk_ns / cost;
        std::size_t size = wanted >= indices ? n : static_cast<std::size_t>(wanted);
        if (size == 0) size = 1;
        // Whole cache lines and vectors, where that changes little.
        if (size >= 512) size = (size + 63) / 64 * 64;
        if (size > n) size = n;
        return {size, (n - 1) / size + 1};
    }
};

// Helper threads shared by all kernels of a device. Members may be called from any thread.
class intra_op_pool {
public:
    // `parallelism` threads work on a call: the caller and parallelism - 1 of the pool's own; below
    // 1 counts as 1. Fails with resource_exhausted where the system gives no more threads.
    explicit intra_op_pool(int parallelism, const std::string& name = "weft") {
        try {
            threads_.start(parallelism < 1 ? 0 : parallelism - 1, name, [this] { help(); });
        } catch (...) {
            stop();
            throw;
        }
    }
    intra_op_pool(const intra_op_pool&) = delete;
    intra_op_pool& operator=(const intra_op_pool&) = delete;
    // No call may be under way.
    ~intra_op_pool() { stop(); }

    int parallelism() const noexcept { return threads_.count() + 1; }

    // Calls body(first, last) on ranges that cover [0, n) once. The first exception of a body is
    // thrown here when all chunks that had begun have ended; the others are skipped. They are
    // skipped as well once `stop` is requested, and then the call fails with the cause of that:
    // give no `stop` where a half-done range would be seen by anybody.
    void parallel_for(std::size_t n, double cost_ns, range_function body,
                      const stop_state* stop = nullptr) {
        const chunking cut = chunking::of(n, cost_ns, parallelism());
        if (cut.count == 0) return;
        if (cut.count == 1 || (threads_.count() == 0 && stop == nullptr)) {
            body(0, n);
            return;
        }
        job work(body, n, cut, stop);
        if (threads_.count() > 0) share(work);
        claim_chunks(work);
        if (threads_.count() > 0) wait_for_helpers(work);
        if (work.error != nullptr) std::rethrow_exception(work.error);
        if (work.broken.load(std::memory_order_relaxed))
            fail(stop->cause(), "stopped before the kernel was done");
    }

private:
    static constexpr std::int64_t patience_ns = 30'000;

    // One call of parallel_for.
    struct job {
        job(range_function f, std::size_t indices, chunking how, const stop_state* until)
            : body(f), n(indices), cut(how), stop(until) {}

        const range_function body;
        const std::size_t n;
        const chunking cut;
        const stop_state* const stop;
        std::exception_ptr error;        // written by the thread that set `broken` first
        job* following = nullptr;        // in jobs_
        std::condition_variable left;    // inside == 0
        std::atomic<int> inside{0};      // helpers at work on it; changed under the pool's mutex
        std::atomic<bool> broken{false};
        // On a line of its own, because every claim moves it. Relaxed: it hands out numbers only;
        // what bodies write reaches the caller through the mutex that helpers leave under.
        alignas(64) std::atomic<std::size_t> next{0};
    };

    static bool claimable(const job& work) noexcept {
        return work.next.load(std::memory_order_relaxed) < work.cut.count &&
               !work.broken.load(std::memory_order_relaxed);
    }

    static void claim_chunks(job& work) noexcept {
        while (claimable(work)) {
            const std::size_t chunk = work.next.fetch_add(1, std::memory_order_relaxed);
            if (chunk >= work.cut.count) return;
            // Relaxed both: `error` is read after the mutex, as everything else of the job is.
            if (work.stop != nullptr && work.stop->requested()) {
                work.broken.store(true, std::memory_order_relaxed);
                return;
            }
            const std::size_t first = chunk * work.cut.size;
            const std::size_t rest = work.n - first;
            try {
                work.body(first, first + (rest < work.cut.size ? rest : work.cut.size));
            } catch (...) {
                keep_error(work);
                return;
            }
        }
    }

    static void keep_error(job& work) noexcept {
        if (!work.broken.exchange(true, std::memory_order_relaxed))
            work.error = std::current_exception();
    }

    void share(job& work) noexcept {
        const std::lock_guard lock(mutex_);
        job** at = &jobs_;
        while (*at != nullptr) at = &(*at)->following;
        *at = &work;
        posted_.fetch_add(1, std::memory_order_relaxed);
        // A helper counts as awake once it is chosen, so that another call's job wakes another one.
        std::size_t wanted = work.cut.count - 1;
        for (; wanted > 0 && asleep_ > 0; --wanted) {
            --asleep_;
            ++wakes_;
            work_.notify_one();
        }
    }

    // Every chunk has been claimed, or the job is broken: no helper joins any more.
    void wait_for_helpers(job& work) noexcept {
        // Their last chunks often end at about the same time as the caller's: a few microseconds of
        // patience are cheaper than a sleep.
        for (int i = 0; i < 8 && work.inside.load(std::memory_order_relaxed) != 0; ++i)
            std::this_thread::yield();
        std::unique_lock lock(mutex_);
        job** at = &jobs_;
        while (*at != &work) at = &(*at)->following;
        *at = work.following;
        work.left.wait(lock, [&] { return work.inside.load(std::memory_order_relaxed) == 0; });
    }

    // The job with the fewest helpers among those that have chunks left, null if there is none.
    job* next_job() const noexcept {
        job* best = nullptr;
        int fewest = 0;
        for (job* work = jobs_; work != nullptr; work = work->following) {
            const int inside = work->inside.load(std::memory_order_relaxed);
            if (!claimable(*work) || (best != nullptr && inside >= fewest)) continue;
            best = work;
            fewest = inside;
        }
        return best;
    }

    // Kernels of a step follow each other within microseconds, and waking a thread takes longer:
    // a helper that has just worked looks out for the next job for a while.
    void look_out(std::unique_lock<std::mutex>& lock) noexcept {
        const unsigned seen = posted_.load(std::memory_order_relaxed);
        lock.unlock();
        const std::int64_t until = stop_state::now_ns() + patience_ns;
        do std::this_thread::yield();
        while (posted_.load(std::memory_order_relaxed) == seen && stop_state::now_ns() < until);
        lock.lock();
    }

    void help() noexcept {
        std::unique_lock lock(mutex_);
        bool worked = false;
        for (;;) {
            if (job* work = next_job()) {
                worked = true;
                work->inside.fetch_add(1, std::memory_order_relaxed);
                lock.unlock();
                claim_chunks(*work);
                lock.lock();
                // The caller cannot return, and the job not vanish, before this thread lets go of
                // the mutex.
                if (work->inside.fetch_sub(1, std::memory_order_relaxed) == 1)
                    work->left.notify_one();
                continue;
            }
            if (stopping_) return;
            if (std::exchange(worked, false)) {
                look_out(lock);
                continue;
            }
            ++asleep_;
            work_.wait(lock, [this] { return wakes_ > 0 || stopping_; });
            if (wakes_ > 0)
                --wakes_;
            else
                --asleep_;
        }
    }

    void stop() noexcept {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
            work_.notify_all();
        }
        threads_.join();
    }

    std::mutex mutex_;
    std::condition_variable work_;
    job* jobs_ = nullptr;     // oldest first
    int asleep_ = 0;          // helpers that nobody has woken
    int wakes_ = 0;           // helpers that somebody has, and that have not got the mutex yet
    bool stopping_ = false;
    std::atomic<unsigned> posted_{0};  // jobs so far; relaxed: a hint to look under the mutex
    worker_threads threads_;
};

}  // namespace weft
