// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What tests of the emulated runtime use again and again: a stream, arrays on the device, a launch.
// Each checks that what it calls succeeds.
#pragma once

#include <cuda_runtime.h>

#include <doctest/doctest.h>

#include <cstddef>
#include <vector>

namespace weft_test {

class in_stream {
public:
    in_stream() {
        REQUIRE(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking) == cudaSuccess);
    }
    in_stream(const in_stream&) = delete;
    in_stream& operator=(const in_stream&) = delete;
    ~in_stream() {
        if (stream_ != nullptr) cudaStreamDestroy(stream_);
    }
    cudaStream_t get() const { return stream_; }
    // Before its device is set up again, which ends all streams.
    void forget() { stream_ = nullptr; }
    void finish() const { REQUIRE(cudaStreamSynchronize(stream_) == cudaSuccess); }

private:
    cudaStream_t stream_ = nullptr;
};

template <class T>
class device_array {
public:
    explicit device_array(std::size_t size) : size_(size) {
        REQUIRE(cudaMalloc(&data_, size * sizeof(T)) == cudaSuccess);
    }
    device_array(const std::vector<T>& values, const in_stream& s) : device_array(values.size()) {
        REQUIRE(cudaMemcpyAsync(data_, values.data(), bytes(), cudaMemcpyHostToDevice, s.get()) ==
                cudaSuccess);
        s.finish();
    }
    device_array(const device_array&) = delete;
    device_array& operator=(const device_array&) = delete;
    ~device_array() { cudaFree(data_); }

    T* data() const { return data_; }
    std::size_t bytes() const { return size_ * sizeof(T); }
    std::vector<T> read(const in_stream& s) const {
        std::vector<T> values(size_);
        REQUIRE(cudaMemcpyAsync(values.data(), data_, bytes(), cudaMemcpyDeviceToHost, s.get()) ==
                cudaSuccess);
        s.finish();
        return values;
    }

private:
    T* data_ = nullptr;
    std::size_t size_;
};

template <class... P, class... A>
void launch(const in_stream& s, void (*kernel)(P...), dim3 blocks, dim3 threads, A... arguments) {
    cudaLaunchConfig_t config{};
    config.gridDim = blocks;
    config.blockDim = threads;
    config.stream = s.get();
    REQUIRE(cudaLaunchKernelEx(&config, kernel, arguments...) == cudaSuccess);
}

}  // namespace weft_test
