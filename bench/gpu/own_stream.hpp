// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A stream of the bench's own, on which the kernels of nodes are started one by one, as a session
// would but without it, and the device's memory that they work on. Where CUDA refuses something an
// exception says what. Knows nothing of how times are taken.
#pragma once

#include <weft/weft.hpp>

#include <cuda_runtime_api.h>

#include <cstddef>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace bench {

inline void require(cudaError_t error, const char* what) {
    if (error == cudaSuccess) return;
    throw std::runtime_error(std::string(what) + ": " + cudaGetErrorName(error) + " (" +
                             cudaGetErrorString(error) + ')');
}

// Bytes of the device's memory: numbers from -1 to 1, always the same ones.
class device_memory {
public:
    explicit device_memory(std::size_t bytes) : bytes_(bytes) {
        require(cudaMalloc(&data_, bytes == 0 ? 1 : bytes), "memory of the GPU");
    }
    device_memory(device_memory&& other) noexcept
        : data_(std::exchange(other.data_, nullptr)), bytes_(other.bytes_) {}
    device_memory& operator=(device_memory&&) = delete;
    ~device_memory() { static_cast<void>(cudaFree(data_)); }

    template <class T>
    static device_memory numbers(std::size_t n, float scale = 1) {
        device_memory made(n * sizeof(T));
        std::vector<T> block(n < most_numbers ? n : most_numbers);
        unsigned state = 1;
        for (T& number : block) {
            state = state * 1664525u + 1013904223u;
            number = static_cast<T>((static_cast<float>(state >> 8) * 0x1p-23f - 1.0f) * scale);
        }
        for (std::size_t at = 0; at < n; at += block.size())
            made.write(at * sizeof(T), block.data(),
                       (n - at < block.size() ? n - at : block.size()) * sizeof(T));
        return made;
    }

    void* data() const noexcept { return data_; }
    std::size_t bytes() const noexcept { return bytes_; }
    template <class T>
    T* as() const noexcept {
        return static_cast<T*>(data_);
    }
    // The first n elements, once all work before has been done.
    template <class T>
    std::vector<T> read(std::size_t n) const {
        std::vector<T> out(n);
        require(cudaDeviceSynchronize(), "the work before");
        require(cudaMemcpy(out.data(), data_, n * sizeof(T), cudaMemcpyDeviceToHost), "a copy");
        return out;
    }

private:
    static constexpr std::size_t most_numbers = std::size_t{1} << 20;

    void write(std::size_t at, const void* from, std::size_t bytes) {
        require(cudaMemcpy(as<char>() + at, from, bytes, cudaMemcpyHostToDevice), "a copy");
    }

    void* data_ = nullptr;
    std::size_t bytes_;
};

class own_stream final : public weft::context<weft::gpu> {
public:
    own_stream() : memory_(scratch_bytes) {
        require(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "a stream");
        void* report = nullptr;
        require(cudaMallocHost(&report, sizeof(weft::gpu_fault_report)), "memory for faults");
        report_ = new (report) weft::gpu_fault_report{};
        int device = 0;
        require(cudaGetDevice(&device), "the current GPU");
        require(cudaDeviceGetAttribute(&multiprocessors_, cudaDevAttrMultiProcessorCount, device),
                "the number of multiprocessors");
    }
    ~own_stream() {
        static_cast<void>(cudaStreamDestroy(stream_));
        static_cast<void>(cudaFreeHost(report_));
    }

    // Before each kernel: its scratch memory is that of the one before, which it is behind.
    void begin() noexcept { used_ = 0; }
    cudaStream_t get() const noexcept { return stream_; }
    void finish() const { require(cudaStreamSynchronize(stream_), "the end of the kernels"); }

    void parallel_for(std::size_t, double, weft::range_function) override {
        throw std::runtime_error("a kernel of a GPU asked for threads of the CPU");
    }
    bool stop_requested() const noexcept override { return false; }
    void* scratch(std::size_t bytes) override {
        void* const block = memory_.as<char>() + used_;
        used_ += (bytes + 255) / 256 * 256;
        if (used_ > scratch_bytes) throw std::runtime_error("a kernel asked for too much memory");
        return block;
    }
    void* stream() const noexcept override { return stream_; }
    int multiprocessors() const noexcept override { return multiprocessors_; }
    weft::gpu_fault_place faults() const noexcept override { return {report_, nullptr}; }
    void upload(void*, const void*, std::size_t) override {
        throw std::runtime_error("a kernel that is measured copies from the host");
    }

private:
    static constexpr std::size_t scratch_bytes = std::size_t{256} << 20;

    device_memory memory_;
    std::size_t used_ = 0;
    cudaStream_t stream_ = nullptr;
    weft::gpu_fault_report* report_ = nullptr;
    int multiprocessors_ = 1;
};

// An operand of a node: which node's value it is, and where that is.
struct operand {
    weft::node_id id;
    weft::value_ref value;

    template <class Node>
    operand(const Node& of, const device_memory& data, const weft::dims& shape)
        : id(of.id()), value{data.data(), shape} {}
};

// A node's kernel, with all that it reads and writes. The node's graph must outlive it.
class kernel_call {
public:
    kernel_call(own_stream& on, const weft::node_ref& of, std::initializer_list<operand> operands,
                const device_memory& out, const weft::dims& shape)
        : on_(on), entry_(of.record().kernel_for("gpu", true)), out_{out.data(), shape} {
        const weft::node_record& record = of.record();
        if (entry_ == nullptr) throw std::runtime_error("no kernel of a GPU for " + record.name);
        for (const weft::node_id wanted : record.inputs)
            for (const operand& one : operands)
                if (one.id == wanted) inputs_.push_back(one.value);
        if (inputs_.size() != record.inputs.size() || inputs_.size() > most_inputs)
            throw std::runtime_error("not the operands of " + record.name);
    }

    void operator()() {
        const weft::value_ref* pointers[most_inputs];
        for (std::size_t i = 0; i < inputs_.size(); ++i) pointers[i] = &inputs_[i];
        on_.begin();
        entry_->launch(entry_->parameters, on_, pointers, out_);
    }

private:
    static constexpr std::size_t most_inputs = 8;

    own_stream& on_;
    const weft::kernel_entry* entry_;
    std::vector<weft::value_ref> inputs_;
    weft::value_ref out_;
};

}  // namespace bench
