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

// How many elements from where it would be aligned an operand begins, and the result.
struct shifted {
    std::size_t in = 0, out = 0;
};

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
    // Bytes in the device's memory, `shift` bytes from where they would be aligned.
    void* place(const void* bytes, std::size_t size, std::size_t shift) {
        void* const to = static_cast<char*>(scratch(size + 2 * shift + 1)) + shift;
        copy(to, bytes, size, cudaMemcpyHostToDevice);
        return to;
    }
    // What a kernel has written, when it has.
    void collect(void* to, const void* bytes, std::size_t size) {
        finish();
        copy(to, bytes, size, cudaMemcpyDeviceToHost);
        CHECK(cuda_on_cpu::violation() == "");
    }
    void check(const void* found, const void* wanted, std::size_t bytes, weft::dtype type,
               const weft::dims& shape, const shifted& by) const {
        INFO(weft::name_of(type), " ", weft::dims_text(shape).chars, " shifted by ", by.in, " and ",
             by.out);
        CHECK(std::memcmp(found, wanted, bytes) == 0);
        CHECK(report_->fault == 0);
    }
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
template <std::size_t Rank, class T>
auto view_of(T* data, const weft::dims& shape) {
    return dynamic_view(data, shape, std::make_index_sequence<Rank>{});
}

// Elements on the host; what they are made of knows no rank.
struct patterned_tag {};
inline constexpr patterned_tag patterned;
template <class T>
struct elements {
    weft::dims shape;
    std::vector<std::uint64_t> words;  // for their alignment
    using value_type = T;

    explicit elements(const weft::dims& of) : shape(of), words(of.size() * sizeof(T) / 8 + 2) {
        std::uint64_t state = 88172645463325252u + of.size();
        for (std::size_t i = 0; i < of.size(); ++i) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            if constexpr (weft::is_floating<T>)
                data()[i] = static_cast<T>(static_cast<float>(state >> 50) / 256 - 20);
            else
                data()[i] = static_cast<T>(sizeof(T) == 1 ? state >> 63 : state >> 20);
        }
    }
    elements(const weft::dims& of, patterned_tag)
        : shape(of), words(of.size() * sizeof(T) / 8 + 2, 0xcbcbcbcbcbcbcbcb) {}
    T* data() { return reinterpret_cast<T*>(words.data()); }
    const T* data() const { return reinterpret_cast<const T*>(words.data()); }
    std::size_t bytes() const { return shape.size() * sizeof(T); }
};
// Arbitrary ones, those given, or bytes of a pattern, so that those that no kernel writes show.
template <class T, std::size_t Rank>
struct operand : elements<T> {
    static constexpr std::size_t rank = Rank;

    explicit operand(const weft::dims& of) : elements<T>(of) {}
    operand(const weft::dims& of, patterned_tag tag) : elements<T>(of, tag) {}
    operand(const weft::dims& of, const std::vector<int>& values) : elements<T>(of, patterned) {
        for (std::size_t i = 0; i < of.size(); ++i)
            this->data()[i] = static_cast<T>(static_cast<weft::compute_t<T>>(values[i]));
    }
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

// The result of a kernel of CUDA GPUs.
template <class T, std::size_t Rank, class Kernels, class... In>
operand<T, Rank> run_on_gpu(stream_context& ctx, const shifted& by, const weft::dims& shape,
                            const Kernels& kernels, const In&... in) {
    operand<T, Rank> result(shape, patterned);
    auto* const out = static_cast<T*>(ctx.place(result.data(), result.bytes(), by.out * sizeof(T)));
    kernels(static_cast<weft::cuda_gpu*>(nullptr), ctx, view_of<Rank>(out, shape),
            view_of<In::rank>(static_cast<const typename In::value_type*>(ctx.place(
                                  in.data(), in.bytes(), by.in * sizeof(typename In::value_type))),
                              in.shape)...);
    ctx.collect(result.data(), out, result.bytes());
    return result;
}

// The same of the CPU's kernel.
template <class T, std::size_t Rank, class Kernels, class... In>
operand<T, Rank> run_on_cpu(const weft::dims& shape, const Kernels& kernels, const In&... in) {
    serial_context<weft::cpu> ctx;
    operand<T, Rank> out(shape, patterned);
    kernels(static_cast<weft::cpu*>(nullptr), ctx, view_of<Rank>(out.data(), shape),
            view_of<In::rank>(in.data(), in.shape)...);
    return out;
}

// Both, aligned and not: the same bytes, and no fault.
template <class T, std::size_t Rank, class Kernels, class... In>
void check_same(const weft::dims& shape, const Kernels& kernels, const In&... in) {
    const operand<T, Rank> wanted = run_on_cpu<T, Rank>(shape, kernels, in...);
    for (const shifted& by : {shifted{0, 0}, shifted{1, 0}, shifted{1, 1}}) {
        stream_context ctx;
        const operand<T, Rank> out = run_on_gpu<T, Rank>(ctx, by, shape, kernels, in...);
        ctx.check(out.data(), wanted.data(), wanted.bytes(), weft::dtype_of<T>, shape, by);
    }
}

}  // namespace weft_test
