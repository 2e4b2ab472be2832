// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How an emulated GPU behaves, beside its memory limit, and how it misbehaves: what a program does
// when a device is slow or breaks can be tried on any machine. Plain data; the device does it, and
// nothing here knows how.
#pragma once

#include <cstdint>

namespace weft {

// Launches are counted from 0 since the device was made: kernels, and copies that it does.
struct emulated_gpu_options {
    std::int64_t latency_ns = 0;       // before each item of the queue
    std::int64_t failing_launch = -1;  // this one fails with unavailable, once
    std::int64_t lost_from = -1;       // with this one the device is lost, for good
};

}  // namespace weft
