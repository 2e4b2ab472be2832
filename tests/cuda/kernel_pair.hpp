// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// An op's kernel of CUDA GPUs beside the CPU's: the same operands, the same parameters, and results
// that are compared byte by byte. Device memory can begin an element after what is aligned, and
// bytes around what kernels write must stay as they are.
#pragma once

#include <weft/kernel/source.hpp>
#include <weft/ops/structured.hpp>

#include <cuda_runtime.h>
#include <doctest/doctest.h>
#include <cuda_on_cpu.hpp>
#include <support/reference_run.hpp>

#include <cstring>
#include <memory>
#include <utility>
#include <vector>

namespace weft_test {

// A GPU's context by itself: a stream, memory that lives as long as it, and a report of faults.
class stream_context final : public weft::context<weft::gpu> {
public:
    stream_context() {
        REQUIRE(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking) == cudaSuccess);
        void* report = nullptr;
        REQUIRE(cudaMallocHost(&report, sizeof(weft::gpu_fault_report)) == cudaSuccess);
        report_ = new (report) weft::gpu_fault_report{};
    }
    ~stream_context() {
        cudaStreamSynchronize(stream_);
        for (void* block : blocks_) cudaFree(block);
        cudaFreeHost(report_);
        cudaStreamDestroy(stream_);
    }
    void parallel_for(std::size_t, double, weft::range_function) override { FAIL("on the CPU"); }
    bool stop_requested() const noexcept override { return false; }
    void* stream() const noexcept override { return stream_; }
    int multiprocessors() const noexcept override { return 2; }
    weft::gpu_fault_place faults() const noexcept override { return {report_, this}; }
    void* scratch(std::size_t bytes) override {
        REQUIRE(cudaMalloc(&blocks_.emplace_back(), bytes) == cudaSuccess);
        return blocks_.back();
    }
    void upload(void* to_device, const void* from_host, std::size_t bytes) override {
        copy(to_device, from_host, bytes, cudaMemcpyHostToDevice);
    }
    void copy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
        if (bytes == 0) return;
        REQUIRE(cudaMemcpyAsync(to, from, bytes, kind, stream_) == cudaSuccess);
        finish();
    }
    void finish() { REQUIRE(cudaStreamSynchronize(stream_) == cudaSuccess); }
    const weft::gpu_fault_report& report() const { return *report_; }

private:
    cudaStream_t stream_ = nullptr;
    weft::gpu_fault_report* report_ = nullptr;
    std::vector<void*> blocks_;
};

template <class T, std::size_t... Axis>
auto dynamic_view(T* data, const weft::dims& shape, std::index_sequence<Axis...>) {
    return weft::tensor_view<T, (weft::dyn + 0 * Axis)...>(data, shape);
}

// Elements on the host, of rank Rank: arbitrary ones, or those given.
template <class T, std::size_t Rank>
struct operand {
    weft::dims shape;
    std::vector<std::uint64_t> words;  // for their alignment
    static constexpr std::size_t rank = Rank;
    using value_type = T;

    explicit operand(const weft::dims& of) : shape(of), words(of.size() * sizeof(T) / 8 + 2) {
        std::uint64_t state = 88172645463325252u + of.size();
        for (std::size_t i = 0; i < of.size(); ++i) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            if constexpr (weft::is_floating<T>)
                data()[i] = static_cast<T>(static_cast<float>(state >> 50) / 256 - 20);
            else if constexpr (weft::is_complex<T>)
                data()[i] = T(static_cast<float>(state >> 50));
            else
                data()[i] = static_cast<T>(sizeof(T) == 1 ? state >> 63 : state >> 20);
        }
    }
    operand(const weft::dims& of, const std::vector<int>& values) : operand(of) {
        for (std::size_t i = 0; i < of.size(); ++i) data()[i] = static_cast<T>(values[i]);
    }
    T* data() { return reinterpret_cast<T*>(words.data()); }
    const T* data() const { return reinterpret_cast<const T*>(words.data()); }
    std::size_t bytes() const { return shape.size() * sizeof(T); }
};

// How both kernels are called: with parameters, or without.
template <class Op, class... Types, class... Parameters>
auto kernels_of(Parameters... parameters) {
    return [=]<class Device, class Context, class Out, class... In>(
               Device*, Context& ctx, const Out& out, const In&... in) {
        if constexpr (requires { Op::fuses_input; })
            call_fused<weft::kernel<Op, Device, Types...>>(ctx, parameters..., out, in...);
        else
            weft::kernel<Op, Device, Types...>::run(ctx, parameters..., out, in...);
    };
}
template <class Kernel, class Context, class Out, class In, class... More>
    requires(requires { typename Out::shape_type; })
void call_fused(Context& ctx, const Out& out, const In& in, const More&... more) {
    using T = typename In::value_type;
    Kernel::run(ctx, out, weft::source<T>(in.data(), in.shape()), more...);
}
template <class Kernel, class Context, class Parameters, class Out, class In, class... More>
    requires(!requires { typename Parameters::shape_type; })
void call_fused(Context& ctx, const Parameters& p, const Out& out, const In& in,
                const More&... more) {
    using T = typename In::value_type;
    Kernel::run(ctx, p, out, weft::source<T>(in.data(), in.shape()), more...);
}

// An operand's elements in the device's memory, `shift` elements from where they would be aligned.
template <class T>
T* to_device(stream_context& ctx, const T* data, std::size_t size, std::size_t shift) {
    T* const to = static_cast<T*>(ctx.scratch((size + shift + 1) * sizeof(T))) + shift;
    ctx.copy(to, data, size * sizeof(T), cudaMemcpyHostToDevice);
    return to;
}

// The result of a kernel of CUDA GPUs, whose device memory is `shift` elements from what is
// aligned.
template <class T, std::size_t Rank, class Kernels, class... In>
operand<T, Rank> run_on_gpu(stream_context& ctx, std::size_t shift, const weft::dims& shape,
                            const Kernels& kernels, const In&... in) {
    operand<T, Rank> before(shape);
    std::memset(before.words.data(), 0xcb, before.words.size() * 8);
    T* const out = to_device(ctx, before.data(), shape.size(), shift);
    kernels(static_cast<weft::cuda_gpu*>(nullptr), ctx,
            dynamic_view(out, shape, std::make_index_sequence<Rank>{}),
            dynamic_view(static_cast<const typename In::value_type*>(
                             to_device(ctx, in.data(), in.shape.size(), shift)),
                         in.shape, std::make_index_sequence<In::rank>{})...);
    ctx.finish();
    ctx.copy(before.data(), out, before.bytes(), cudaMemcpyDeviceToHost);
    CHECK(cuda_on_cpu::violation() == "");
    return before;
}

// The same of the CPU's kernel.
template <class T, std::size_t Rank, class Kernels, class... In>
operand<T, Rank> run_on_cpu(const weft::dims& shape, const Kernels& kernels, const In&... in) {
    serial_context<weft::cpu> ctx;
    operand<T, Rank> out(shape);
    std::memset(out.words.data(), 0xcb, out.words.size() * 8);
    kernels(static_cast<weft::cpu*>(nullptr), ctx,
            dynamic_view(out.data(), shape, std::make_index_sequence<Rank>{}),
            dynamic_view(in.data(), in.shape, std::make_index_sequence<In::rank>{})...);
    return out;
}

// Both, aligned and not: the same bytes, and no fault.
template <class T, std::size_t Rank, class Kernels, class... In>
void check_same(const weft::dims& shape, const Kernels& kernels, const In&... in) {
    const operand<T, Rank> wanted = run_on_cpu<T, Rank>(shape, kernels, in...);
    for (std::size_t shift = 0; shift < 2; ++shift) {
        stream_context ctx;
        const operand<T, Rank> out = run_on_gpu<T, Rank>(ctx, shift, shape, kernels, in...);
        INFO(weft::name_of(weft::dtype_of<T>), " ", weft::dims_text(shape).chars, " ", shift);
        CHECK(std::memcmp(out.data(), wanted.data(), wanted.bytes()) == 0);
        CHECK(ctx.report().fault == 0);
    }
}

}  // namespace weft_test
