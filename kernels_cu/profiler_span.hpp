// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Named spans of time for CUDA's profilers (NVTX), which show them above what the GPU does: nodes
// by their names, and copies. Without a profiler, one costs a nanosecond or two; where the
// toolkit's headers are not there, nothing.
#pragma once

#if defined(__has_include)
#if __has_include(<nvtx3/nvToolsExt.h>)
#include <nvtx3/nvToolsExt.h>
#define WEFT_HAS_NVTX 1
#endif
#endif

namespace weft::cuda {

// Begins and ends may be in different threads.
class profiler_span {
public:
    profiler_span() = default;
    explicit profiler_span(const char* name) noexcept { begin(name); }
    profiler_span(const profiler_span&) = delete;
    profiler_span& operator=(const profiler_span&) = delete;
    ~profiler_span() { end(); }

    // Ends what it was, too.
    void begin([[maybe_unused]] const char* name) noexcept {
        end();
#if defined(WEFT_HAS_NVTX)
        id_ = nvtxRangeStartA(name);
#endif
        open_ = true;
    }
    void end() noexcept {
        if (!open_) return;
#if defined(WEFT_HAS_NVTX)
        nvtxRangeEnd(id_);
#endif
        open_ = false;
    }

private:
#if defined(WEFT_HAS_NVTX)
    nvtxRangeId_t id_ = 0;
#endif
    bool open_ = false;
};

}  // namespace weft::cuda
