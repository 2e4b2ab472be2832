// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The parts of this program, each with a file of its own. They use the current GPU, which is /gpu:0
// of a session, write a row for each thing as soon as it is measured, and throw where something
// could not be.
#pragma once

#include "in_turn.hpp"

namespace bench {

// Expressions, sums, softmax and layer norm, beside a copy within the GPU that moves as many bytes.
void measure_passes(own_stream& on, const row_writer& to);
// Matrices, beside cublasLt called bare, and kernels of their own for what follows.
void measure_products(own_stream& on, const row_writer& to);
// Plans, beside the same kernels launched by hand and a CUDA graph by hand.
void measure_plans(own_stream& on, const row_writer& to);
// A network 784-512-512-10, forward.
void measure_network(own_stream& on, const row_writer& to);

}  // namespace bench
