// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The elementary functions that libraries are compared in, and what a file of this folder gives to
// be measured: a rival, which makes of a problem the call that does it. Each file adds its own
// under a name; which of them there are is up to the build. All read and write the same memory.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace bench {

enum class elementary { exp, tanh, sigmoid, erf, gelu, gelu_tanh, log };

// f of n floats at x, to `out`; both are aligned to 64 bytes, and n is a multiple of 64.
struct function_problem {
    elementary function;
    const float* x;
    float* out;
    std::size_t n;
};

using function_call = std::function<void()>;

struct function_rival {
    std::string name;
    // Empty for functions that the library lacks.
    std::function<function_call(const function_problem&)> make;
};

// In the order of adding, which is the one in which the files are linked.
inline std::vector<function_rival>& all_function_rivals() {
    static std::vector<function_rival> rivals;
    return rivals;
}
// Always true: called to initialise a constant.
inline bool add_rival(std::string name, function_call (*make)(const function_problem&)) {
    all_function_rivals().push_back({std::move(name), make});
    return true;
}

}  // namespace bench
