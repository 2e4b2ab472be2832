// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What a program does by hand that a session does by itself: a CUDA graph of all kernels that a
// function starts. And how the sessions beside it are made: all is done by the thread that calls.
// Knows nothing of what is measured.
#pragma once

#include "own_stream.hpp"

namespace bench {

inline const weft::session_options in_this_thread{.inter_op_parallelism_threads = -1,
                                                  .intra_op_parallelism_threads = 1,
                                                  .use_per_session_threads = true};

class recorded_by_hand {
public:
    template <class Start>
    recorded_by_hand(own_stream& on, const Start& start) : on_(on) {
        require(cudaStreamBeginCapture(on.get(), cudaStreamCaptureModeThreadLocal), "a recording");
        start();
        cudaGraph_t graph{};
        require(cudaStreamEndCapture(on.get(), &graph), "the end of a recording");
        const cudaError_t error = cudaGraphInstantiate(&made_, graph, 0);
        static_cast<void>(cudaGraphDestroy(graph));
        require(error, "a graph");
    }
    recorded_by_hand(const recorded_by_hand&) = delete;
    recorded_by_hand& operator=(const recorded_by_hand&) = delete;
    ~recorded_by_hand() { static_cast<void>(cudaGraphExecDestroy(made_)); }

    void launch() const { require(cudaGraphLaunch(made_, on_.get()), "a graph"); }

private:
    own_stream& on_;
    cudaGraphExec_t made_{};
};

}  // namespace bench
