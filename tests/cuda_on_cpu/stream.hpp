// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What the handles of streams and events point to. A stream is a queue with a thread of its own; an
// event counts how often it was recorded and how often that was reached. ThreadSanitizer sees the
// order that CUDA promises and no other: a call comes before the work it queues, work before what
// waits for it. Knows no API function and no graph.
#pragma once

#include "runtime_types.hpp"
#include "unseen.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace cuda_on_cpu {

struct device_state;
struct capture;

using work = std::function<void()>;

// How far an event has come; outlives its handle.
class event_progress {
public:
    // A recording is queued: its number.
    std::uint64_t record();
    // The stream has come to recording `number`.
    void reach(std::uint64_t number);
    std::uint64_t last_recorded();
    bool reached(std::uint64_t number);
    void wait_for(std::uint64_t number);
    std::chrono::steady_clock::time_point time();

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t recorded_ = 0;
    std::uint64_t reached_ = 0;
    std::chrono::steady_clock::time_point time_;
};

}  // namespace cuda_on_cpu

struct CUevent_st {
    explicit CUevent_st(cuda_on_cpu::device_state& of) : device(of) {}
    cuda_on_cpu::device_state& device;
    const std::shared_ptr<cuda_on_cpu::event_progress> progress =
        std::make_shared<cuda_on_cpu::event_progress>();
    // Where it was recorded into a capture: that, and the nodes it stands for.
    std::weak_ptr<cuda_on_cpu::capture> captured;
    std::vector<cudaGraphNode_t> nodes;
};

struct CUstream_st {
    // Waits for random times before each work if `seed` is not 0.
    CUstream_st(cuda_on_cpu::device_state& of, std::uint64_t seed);
    CUstream_st(const CUstream_st&) = delete;
    CUstream_st& operator=(const CUstream_st&) = delete;
    ~CUstream_st();   // after what is queued

    // Runs later in the stream's thread: what is `always` done also where the device has failed.
    void queue(cuda_on_cpu::work what, bool always = false);
    // Waits for all that was queued before.
    void drain();
    bool idle();
    // Ends the thread when all is done, without waiting.
    void close();

    cuda_on_cpu::device_state& device;
    std::atomic<bool> alive = true;
    std::shared_ptr<cuda_on_cpu::capture> capturing;   // null outside of captures

private:
    struct entry {
        cuda_on_cpu::work what;
        bool always;
        char place = 0;   // by which ThreadSanitizer knows it
    };
    void run();
    void delay();

    std::mutex mutex_;
    std::condition_variable work_;
    std::condition_variable progress_;
    std::deque<std::unique_ptr<entry>> entries_;
    std::uint64_t queued_ = 0;
    std::uint64_t done_ = 0;
    bool closing_ = false;
    std::uint64_t seed_;
    char all_done_ = 0;   // a place for ThreadSanitizer
    std::thread thread_;
};
