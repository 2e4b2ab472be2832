// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Captures and graphs. While a stream captures, what is queued to it becomes a node of a graph,
// with edges from the nodes that its stream had come to, and events carry those to other streams.
// Knows no API function.
#pragma once

#include "memory.hpp"
#include "stream.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

struct CUgraphNode_st {
    cudaGraphNodeType type = cudaGraphNodeTypeKernel;
    cuda_on_cpu::work what;
    std::vector<std::size_t> before;   // the nodes that come before it, by their place
    std::size_t place = 0;
};

struct CUgraph_st {
    std::vector<std::unique_ptr<CUgraphNode_st>> nodes;
    // What its nodes allocate: the same memory at each launch, for as long as it can be launched.
    std::vector<std::shared_ptr<cuda_on_cpu::allocation>> memory;
};

struct CUgraphExec_st {
    std::shared_ptr<const CUgraph_st> graph;
};

namespace cuda_on_cpu {

// What a stream that takes part has come to.
struct captured_stream {
    CUstream_st* stream;
    std::vector<cudaGraphNode_t> last;
};

struct capture {
    CUstream_st* origin = nullptr;
    cudaStreamCaptureMode mode = cudaStreamCaptureModeGlobal;
    std::thread::id thread;
    bool invalid = false;
    std::unique_ptr<CUgraph_st> graph = std::make_unique<CUgraph_st>();
    std::vector<captured_stream> streams;

    std::vector<cudaGraphNode_t>& last_of(CUstream_st& stream);
    void add(CUstream_st& stream, cudaGraphNodeType type, work what);
    // Whether all nodes come before the end of the origin's part.
    bool joined();
};

// To the stream, or into its capture.
cudaError_t submit(CUstream_st& stream, cudaGraphNodeType type, work what, bool always = false);
// For calls that a capture does not allow: an error, and the capture is invalid, if there is one in
// this thread, or one of any thread that no other may disturb.
cudaError_t refuse_in_capture();

}  // namespace cuda_on_cpu
