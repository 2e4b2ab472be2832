// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Kernels of a cuda_device as a CUDA graph: noted in a stream of their own, so that copies of other
// threads go on meanwhile, and launched into the stream of kernels. The order of the graph is that
// of the steps, which the memory of a plan has been laid out for.
#include <kernels_cu/device.hpp>

#include <utility>

namespace weft::cuda {

namespace {

class recorded_graph final : public recorded_work {
public:
    recorded_graph(cuda_device& on, cudaGraphExec_t graph, std::vector<const node_record*> nodes)
        : on_(on), graph_(graph), nodes_(std::move(nodes)) {}
    ~recorded_graph() override {
        const current_device here(on_.ordinal());
        static_cast<void>(cudaGraphExecDestroy(graph_));
    }

    void replay() override { on_.replay(graph_, nodes_); }

private:
    cuda_device& on_;
    cudaGraphExec_t graph_;
    std::vector<const node_record*> nodes_;
};

}  // namespace

thread_local const cuda_device* recording_here = nullptr;

void cuda_device::upload_now(void* to_device, const void* from_host, std::size_t bytes) {
    if (recording_)
        fail(errc::unimplemented, "a kernel reads the host's memory, which a graph cannot");
    copy_in(to_device, from_host, bytes);
}

void cuda_device::begin_recording() {
    refuse_if_lost();
    require(cudaSetDevice(ordinal_), "a recording");
    require(noting_.make(), "a new stream");
    recorded_.clear();
    require(cudaStreamBeginCapture(noting_.get(), cudaStreamCaptureModeThreadLocal),
            "a recording");
    recording_ = true;
    recording_here = this;
}

std::unique_ptr<recorded_work> cuda_device::end_recording() {
    recording_ = false;
    recording_here = nullptr;
    cudaGraph_t graph{};
    cudaGraphExec_t made{};
    cudaError_t error = cudaStreamEndCapture(noting_.get(), &graph);
    if (error == cudaSuccess) {
        error = cudaGraphInstantiate(&made, graph, 0);
        static_cast<void>(cudaGraphDestroy(graph));
    }
    static_cast<void>(cudaGetLastError());
    if (error != cudaSuccess) return nullptr;
    return std::make_unique<recorded_graph>(*this, made, std::move(recorded_));
}

void cuda_device::replay(cudaGraphExec_t graph, std::span<const node_record* const> nodes) {
    refuse_if_lost();
    require(cudaSetDevice(ordinal_), "kernels that were recorded");
    for (const node_record* node : nodes) issued_.add(*node);
    const cudaError_t error = cudaGraphLaunch(graph, compute_.get());
    issued_.enqueued();
    require(error, "kernels that were recorded");
}

}  // namespace weft::cuda
