// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Captures, and the functions of the API about them and about graphs. A launch runs the nodes in
// the stream's thread, in an order that the edges allow: that of the capture, or with a seed any.
#include "capture.hpp"
#include "machine.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>

namespace cuda_on_cpu {

namespace {

// The captures that have begun and not ended.
struct capture_list {
    std::mutex mutex;
    std::vector<std::shared_ptr<capture>> all;
    std::atomic<std::size_t> count = 0;
};
capture_list& captures() {
    static capture_list list;
    return list;
}

// What the calling thread may do while it captures.
thread_local cudaStreamCaptureMode mode_of_thread = cudaStreamCaptureModeGlobal;

// Marks a node and all that come before it.
void mark(const CUgraph_st& graph, std::size_t node, std::vector<bool>& marked) {
    if (marked[node]) return;
    marked[node] = true;
    for (std::size_t each : graph.nodes[node]->before) mark(graph, each, marked);
}

// The nodes in an order in which each comes after those before it.
std::vector<std::size_t> some_order(const CUgraph_st& graph, std::uint64_t seed) {
    std::vector<std::size_t> order;
    std::vector<bool> taken(graph.nodes.size());
    while (order.size() < graph.nodes.size()) {
        std::vector<std::size_t> possible;
        for (const auto& node : graph.nodes) {
            bool ready = !taken[node->place];
            for (std::size_t each : node->before) ready = ready && taken[each];
            if (ready) possible.push_back(node->place);
        }
        seed = next_random(seed);
        const std::size_t chosen = seed == 0 ? possible.front() : possible[seed % possible.size()];
        taken[chosen] = true;
        order.push_back(chosen);
    }
    return order;
}

std::shared_ptr<const CUgraph_st> copy_of(const CUgraph_st& graph) {
    auto copy = std::make_shared<CUgraph_st>();
    for (const auto& node : graph.nodes)
        copy->nodes.push_back(std::make_unique<CUgraphNode_st>(*node));
    copy->memory = graph.memory;
    return copy;
}

}  // namespace

std::vector<cudaGraphNode_t>& capture::last_of(CUstream_st& stream) {
    for (captured_stream& each : streams)
        if (each.stream == &stream) return each.last;
    streams.push_back({&stream, {}});
    return streams.back().last;
}

void capture::add(CUstream_st& stream, cudaGraphNodeType type, work what) {
    auto node = std::make_unique<CUgraphNode_st>();
    node->type = type;
    node->what = std::move(what);
    node->place = graph->nodes.size();
    std::vector<cudaGraphNode_t>& last = last_of(stream);
    for (cudaGraphNode_t each : last) node->before.push_back(each->place);
    last.assign(1, node.get());
    graph->nodes.push_back(std::move(node));
}

bool capture::joined() {
    std::vector<bool> marked(graph->nodes.size());
    for (cudaGraphNode_t each : last_of(*origin)) mark(*graph, each->place, marked);
    return std::find(marked.begin(), marked.end(), false) == marked.end();
}

cudaError_t submit(CUstream_st& stream, cudaGraphNodeType type, work what, bool always) {
    if (stream.capturing == nullptr) {
        stream.queue(std::move(what), always);
        return cudaSuccess;
    }
    if (stream.capturing->invalid) return cudaErrorStreamCaptureInvalidated;
    stream.capturing->add(stream, type, std::move(what));
    return cudaSuccess;
}

cudaError_t refuse_in_capture() {
    if (mode_of_thread == cudaStreamCaptureModeRelaxed) return cudaSuccess;
    capture_list& list = captures();
    if (list.count.load(std::memory_order_relaxed) == 0) return cudaSuccess;
    const std::lock_guard lock(list.mutex);
    cudaError_t error = cudaSuccess;
    for (const auto& each : list.all) {
        if (each->mode == cudaStreamCaptureModeRelaxed) continue;
        const bool own = each->thread == std::this_thread::get_id();
        if (!own && each->mode == cudaStreamCaptureModeThreadLocal) continue;
        each->invalid = true;
        error = cudaErrorStreamCaptureUnsupported;
    }
    return error;
}

}  // namespace cuda_on_cpu

using namespace cuda_on_cpu;

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode mode) {
    static api_function& self = function("cudaStreamBeginCapture");
    if (const cudaError_t error = begin(self)) return error;
    if (stream == nullptr) return finish(cudaErrorStreamCaptureUnsupported);
    if (stream_of(stream) == nullptr) return finish(cudaErrorInvalidResourceHandle);
    if (stream->capturing != nullptr) return finish(cudaErrorIllegalState);
    auto begun = std::make_shared<capture>();
    begun->origin = stream;
    begun->mode = mode;
    begun->thread = std::this_thread::get_id();
    begun->last_of(*stream);
    stream->capturing = begun;
    const std::lock_guard lock(captures().mutex);
    captures().all.push_back(std::move(begun));
    captures().count = captures().all.size();
    return cudaSuccess;
}

cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
    static api_function& self = function("cudaStreamEndCapture");
    const cudaError_t error = begin(self);
    *graph = nullptr;
    if (stream_of(stream) == nullptr) return finish(cudaErrorInvalidResourceHandle);
    const std::shared_ptr<capture> ended = stream == nullptr ? nullptr : stream->capturing;
    if (ended == nullptr) return finish(cudaErrorIllegalState);
    if (ended->origin != stream) return finish(cudaErrorStreamCaptureUnmatched);
    if (ended->mode != cudaStreamCaptureModeRelaxed && ended->thread != std::this_thread::get_id())
        return finish(cudaErrorStreamCaptureWrongThread);
    {
        const std::lock_guard lock(captures().mutex);
        std::erase(captures().all, ended);
        captures().count = captures().all.size();
    }
    for (const captured_stream& each : ended->streams) each.stream->capturing = nullptr;
    if (error != cudaSuccess) return error;
    if (ended->invalid) return finish(cudaErrorStreamCaptureInvalidated);
    if (!ended->joined()) return finish(cudaErrorStreamCaptureUnjoined);
    *graph = ended->graph.release();
    return cudaSuccess;
}

cudaError_t cudaThreadExchangeStreamCaptureMode(cudaStreamCaptureMode* mode) {
    static api_function& self = function("cudaThreadExchangeStreamCaptureMode");
    std::swap(*mode, mode_of_thread);
    return begin_without_device(self);
}

cudaError_t cudaStreamIsCapturing(cudaStream_t stream, cudaStreamCaptureStatus* status) {
    static api_function& self = function("cudaStreamIsCapturing");
    if (const cudaError_t error = begin(self)) return error;
    const CUstream_st* const asked = stream_of(stream);
    if (asked == nullptr) return finish(cudaErrorInvalidResourceHandle);
    *status = asked->capturing == nullptr    ? cudaStreamCaptureStatusNone
              : asked->capturing->invalid    ? cudaStreamCaptureStatusInvalidated
                                             : cudaStreamCaptureStatusActive;
    return cudaSuccess;
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t* exec, cudaGraph_t graph, unsigned long long) {
    static api_function& self = function("cudaGraphInstantiate");
    if (const cudaError_t error = begin(self)) return error;
    if (graph == nullptr) return finish(cudaErrorInvalidValue);
    *exec = new CUgraphExec_st{copy_of(*graph)};
    return cudaSuccess;
}

cudaError_t cudaGraphUpload(cudaGraphExec_t, cudaStream_t) {
    static api_function& self = function("cudaGraphUpload");
    return begin(self);
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t exec, cudaStream_t stream) {
    static api_function& self = function("cudaGraphLaunch");
    if (const cudaError_t error = begin(self)) return error;
    CUstream_st* const to = stream_of(stream);
    if (to == nullptr || exec == nullptr) return finish(cudaErrorInvalidResourceHandle);
    if (to->capturing != nullptr) return finish(cudaErrorNotSupported);
    const std::uint64_t seed = machine().is.seed;
    const auto launches = static_cast<std::uint64_t>(self.calls.load());
    const std::vector<std::size_t> order =
        some_order(*exec->graph, seed == 0 ? 0 : seed + launches);
    to->queue([graph = exec->graph, order, to] {
        for (std::size_t node : order)
            if (to->device.fault() == cudaSuccess) graph->nodes[node]->what();
    });
    return cudaSuccess;
}

cudaError_t cudaGraphExecUpdate(cudaGraphExec_t exec, cudaGraph_t graph,
                                cudaGraphExecUpdateResultInfo* info) {
    static api_function& self = function("cudaGraphExecUpdate");
    if (const cudaError_t error = begin(self)) return error;
    *info = {cudaGraphExecUpdateSuccess, nullptr, nullptr};
    const auto& before = exec->graph->nodes;
    if (before.size() != graph->nodes.size()) {
        info->result = cudaGraphExecUpdateErrorTopologyChanged;
        return finish(cudaErrorGraphExecUpdateFailure);
    }
    for (std::size_t i = 0; i < before.size(); ++i) {
        const CUgraphNode_st& now = *graph->nodes[i];
        if (now.before == before[i]->before && now.type == before[i]->type) continue;
        info->errorNode = graph->nodes[i].get();
        info->result = now.type == before[i]->type ? cudaGraphExecUpdateErrorTopologyChanged
                                                   : cudaGraphExecUpdateErrorNodeTypeChanged;
        return finish(cudaErrorGraphExecUpdateFailure);
    }
    exec->graph = copy_of(*graph);
    return cudaSuccess;
}

cudaError_t cudaGraphGetNodes(cudaGraph_t graph, cudaGraphNode_t* nodes, std::size_t* count) {
    static api_function& self = function("cudaGraphGetNodes");
    if (const cudaError_t error = begin(self)) return error;
    const std::size_t all = graph->nodes.size();
    if (nodes != nullptr)
        for (std::size_t i = 0; i < *count; ++i)
            nodes[i] = i < all ? graph->nodes[i].get() : nullptr;
    *count = nodes == nullptr || all < *count ? all : *count;
    return cudaSuccess;
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
    static api_function& self = function("cudaGraphDestroy");
    const cudaError_t error = begin(self);
    delete graph;
    return error;
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t exec) {
    static api_function& self = function("cudaGraphExecDestroy");
    const cudaError_t error = begin(self);
    delete exec;   // a launch that is queued has its nodes
    return error;
}
