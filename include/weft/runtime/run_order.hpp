// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The order in which the steps of a run began, by name: recorded in one run, kept in a file or a
// bug report, and given to another run, which then runs its steps one after the other in that
// order. Orders can also be made from a seed, to find what depends on luck. It knows no thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace weft {

// Steps by name: a node's, and "x -> /gpu:0" for the copy of x to another device; further copies of
// a variable to the same device are numbered, "v -> /gpu:0 (2)".
struct run_order {
    std::vector<std::string> steps;
};

}  // namespace weft
