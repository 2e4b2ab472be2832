// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What tests of tests/cuda ask of the emulated runtime, where they run on a GPU: nothing is set up
// and nothing is counted.
#pragma once

#include <string>

namespace cuda_on_cpu {

inline constexpr bool counts_calls = false;

struct options {
    int devices = 1;
    unsigned long long seed = 0;
};
inline void set_up(const options& = {}) {}
inline std::string violation() { return {}; }
inline long calls(const char*) { return 0; }
inline void reset_calls() {}

}  // namespace cuda_on_cpu
