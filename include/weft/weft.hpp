// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Everything: graphs, sessions and all ops. For expressions alone <weft/expr.hpp> is enough, for
// building graphs <weft/graph.hpp>. The headers with messages for users come first, so that a
// compiler's include stack is short.
#pragma once

#include <weft/expr/broadcast.hpp>

#include <weft/expr/expression.hpp>

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/program.hpp>

#include <weft/ops/require.hpp>
#include <weft/ops/window.hpp>

#include <weft/ops/axes.hpp>
#include <weft/ops/concat.hpp>
#include <weft/ops/conv2d.hpp>
#include <weft/ops/reduction.hpp>
#include <weft/ops/reshape.hpp>
#include <weft/ops/slice.hpp>
#include <weft/ops/source.hpp>
#include <weft/ops/split.hpp>
#include <weft/ops/stack.hpp>
#include <weft/ops/transpose.hpp>
#include <weft/ops/where.hpp>

#include <weft/ops/broadcast_to.hpp>
#include <weft/ops/layer_norm.hpp>
#include <weft/ops/matmul.hpp>
#include <weft/ops/scatter_add.hpp>
#include <weft/ops/softmax_cross_entropy.hpp>

#include <weft/ops/elementwise.hpp>
#include <weft/ops/structured.hpp>

#include <weft/graph/lower.hpp>
#include <weft/graph/naming.hpp>
#include <weft/graph/variable.hpp>

#include <weft/graph/call.hpp>

#include <weft/session/feeds.hpp>

#include <weft/graph.hpp>
#include <weft/session/session.hpp>
