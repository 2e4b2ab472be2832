// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What nvcc compiles of the example 09_gpus: the kernel of its expression, all of it in one pass.
// Without this file the program runs as well, one op after the other.
#include "09_gpus.hpp"

WEFT_INSTANTIATE_GPU(decltype(model(std::declval<const vector_node&>(),
                                    std::declval<const vector_node&>())));
