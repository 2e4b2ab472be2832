// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What CUDA gives out and wants back: streams, events, pinned memory, and a thread's current
// device. Each is owned by one object and given back by its destructor, whatever state the GPU is
// in then. They are made on the current device. Nothing is known of devices and runs here.
#pragma once

#include <weft/cuda/launch.hpp>

#include <cstddef>
#include <utility>

namespace weft::cuda {

// Makes a GPU the calling thread's current one, and later the one that was current before.
class current_device {
public:
    explicit current_device(int ordinal) noexcept : ordinal_(ordinal) {
        if (cudaGetDevice(&before_) != cudaSuccess) before_ = ordinal;
        if (before_ != ordinal) static_cast<void>(cudaSetDevice(ordinal));
    }
    current_device(const current_device&) = delete;
    current_device& operator=(const current_device&) = delete;
    ~current_device() {
        if (before_ != ordinal_) static_cast<void>(cudaSetDevice(before_));
    }

private:
    int ordinal_;
    int before_ = 0;
};

// A stream that does not wait for the default one. Empty until make().
class stream {
public:
    stream() = default;
    stream(const stream&) = delete;
    stream& operator=(const stream&) = delete;
    ~stream() {
        if (made_) static_cast<void>(cudaStreamDestroy(handle_));
    }
    cudaError_t make() noexcept {
        if (made_) return cudaSuccess;
        const cudaError_t error = cudaStreamCreateWithFlags(&handle_, cudaStreamNonBlocking);
        made_ = error == cudaSuccess;
        return error;
    }
    cudaStream_t get() const noexcept { return handle_; }

private:
    cudaStream_t handle_{};
    bool made_ = false;
};

// A moment in a stream. Without a clock, and such that cudaEventSynchronize() sleeps. Empty until
// make().
class event {
public:
    event() = default;
    event(event&& other) noexcept
        : handle_(other.handle_), made_(std::exchange(other.made_, false)) {}
    event& operator=(event&& other) noexcept {
        std::swap(handle_, other.handle_);
        std::swap(made_, other.made_);
        return *this;
    }
    ~event() {
        if (made_) static_cast<void>(cudaEventDestroy(handle_));
    }
    cudaError_t make() noexcept {
        if (made_) return cudaSuccess;
        const cudaError_t error = cudaEventCreateWithFlags(
            &handle_, cudaEventDisableTiming | cudaEventBlockingSync);
        made_ = error == cudaSuccess;
        return error;
    }
    cudaEvent_t get() const noexcept { return handle_; }

private:
    cudaEvent_t handle_{};
    bool made_ = false;
};

// Has `later` go on only when `earlier` has come to where it is now. The event may be used again at
// once: a stream waits for what was recorded when it was told to.
inline cudaError_t follow(const stream& later, const stream& earlier, const event& with) noexcept {
    const cudaError_t error = cudaEventRecord(with.get(), earlier.get());
    return error != cudaSuccess ? error : cudaStreamWaitEvent(later.get(), with.get(), 0);
}

// Waits until the GPU has come to the event.
cudaError_t wait_for(const event& of) noexcept;

// Host memory that a GPU copies from and to by itself. Empty until make().
class pinned_memory {
public:
    pinned_memory() = default;
    pinned_memory(pinned_memory&& other) noexcept : data_(std::exchange(other.data_, nullptr)) {}
    pinned_memory& operator=(pinned_memory&& other) noexcept {
        std::swap(data_, other.data_);
        return *this;
    }
    ~pinned_memory() {
        if (data_ != nullptr) static_cast<void>(cudaFreeHost(data_));
    }
    cudaError_t make(std::size_t bytes) noexcept {
        return data_ != nullptr ? cudaSuccess
                                : cudaHostAlloc(&data_, bytes, cudaHostAllocPortable);
    }
    std::byte* data() const noexcept { return static_cast<std::byte*>(data_); }

private:
    void* data_ = nullptr;
};

}  // namespace weft::cuda
