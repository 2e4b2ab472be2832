// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Streams and events at work: what hands entries over is unseen, what is ordered is stated.
#include "stream.hpp"

#include "machine.hpp"

#include <utility>

namespace cuda_on_cpu {

std::uint64_t event_progress::record() {
    const unseen_scope unseen;
    const std::lock_guard lock(mutex_);
    return ++recorded_;
}

void event_progress::reach(std::uint64_t number) {
    order_before(this);
    const unseen_scope unseen;
    const std::lock_guard lock(mutex_);
    if (number > reached_) reached_ = number;
    time_ = std::chrono::steady_clock::now();
    changed_.notify_all();
}

std::uint64_t event_progress::last_recorded() {
    const unseen_scope unseen;
    const std::lock_guard lock(mutex_);
    return recorded_;
}

bool event_progress::reached(std::uint64_t number) {
    {
        const unseen_scope unseen;
        const std::lock_guard lock(mutex_);
        if (reached_ < number) return false;
    }
    order_after(this);
    return true;
}

void event_progress::wait_for(std::uint64_t number) {
    {
        const unseen_scope unseen;
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return reached_ >= number; });
    }
    order_after(this);
}

std::chrono::steady_clock::time_point event_progress::time() {
    const unseen_scope unseen;
    const std::lock_guard lock(mutex_);
    return time_;
}

}  // namespace cuda_on_cpu

CUstream_st::CUstream_st(cuda_on_cpu::device_state& of, std::uint64_t seed)
    : device(of), seed_(seed), thread_([this] { run(); }) {}

CUstream_st::~CUstream_st() {
    close();
    thread_.join();
}

void CUstream_st::queue(cuda_on_cpu::work what, bool always) {
    auto next = std::make_unique<entry>(entry{std::move(what), always});
    cuda_on_cpu::order_before(&next->place);
    const cuda_on_cpu::unseen_scope unseen;
    const std::lock_guard lock(mutex_);
    entries_.push_back(std::move(next));
    ++queued_;
    work_.notify_one();
}

void CUstream_st::drain() {
    {
        const cuda_on_cpu::unseen_scope unseen;
        std::unique_lock lock(mutex_);
        const std::uint64_t last = queued_;
        progress_.wait(lock, [&] { return done_ >= last; });
    }
    cuda_on_cpu::order_after(&all_done_);
}

bool CUstream_st::idle() {
    {
        const cuda_on_cpu::unseen_scope unseen;
        const std::lock_guard lock(mutex_);
        if (done_ < queued_) return false;
    }
    cuda_on_cpu::order_after(&all_done_);
    return true;
}

void CUstream_st::close() {
    const cuda_on_cpu::unseen_scope unseen;
    const std::lock_guard lock(mutex_);
    closing_ = true;
    work_.notify_one();
}

void CUstream_st::run() {
    for (;;) {
        std::unique_ptr<entry> next;
        {
            const cuda_on_cpu::unseen_scope unseen;
            std::unique_lock lock(mutex_);
            work_.wait(lock, [this] { return closing_ || !entries_.empty(); });
            if (entries_.empty()) return;
            next = std::move(entries_.front());
            entries_.pop_front();
        }
        if (seed_ != 0) delay();
        cuda_on_cpu::order_after(&next->place);
        if (next->always || device.fault() == cudaSuccess) next->what();
        next.reset();
        cuda_on_cpu::order_before(&all_done_);
        const cuda_on_cpu::unseen_scope unseen;
        const std::lock_guard lock(mutex_);
        ++done_;
        progress_.notify_all();
    }
}

void CUstream_st::delay() {
    seed_ = cuda_on_cpu::next_random(seed_);
    if (seed_ % 4 == 0)
        std::this_thread::sleep_for(std::chrono::microseconds(seed_ / 4 % 500));
}
