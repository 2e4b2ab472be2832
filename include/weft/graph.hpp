// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Graphs without a runtime: nodes, scopes, variables, all ops. What a file needs that builds graphs
// for sessions elsewhere. The headers with messages for users come first, so that a compiler's
// include stack is short.
#pragma once

#include <weft/expr/broadcast.hpp>

#include <weft/expr/expression.hpp>

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/program.hpp>

#include <weft/ops/require.hpp>

#include <weft/ops/axes.hpp>
#include <weft/ops/where.hpp>

#include <weft/ops/elementwise.hpp>
#include <weft/ops/structured.hpp>

#include <weft/graph/lower.hpp>
#include <weft/graph/naming.hpp>
#include <weft/graph/variable.hpp>

#include <weft/graph/call.hpp>

#include <weft/expr.hpp>
#include <weft/graph/graph.hpp>

#if WEFT_HAS_CUDA
#include <weft/cuda/kernels.hpp>
#endif
