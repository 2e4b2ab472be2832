// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Every op that has a kernel of its own: reductions, linear algebra, softmax and its kin, arrays,
// sources. Includes only; each op is in the header of its name. Element-wise ops are in
// elementwise.hpp. Users include <weft/graph.hpp> or <weft/weft.hpp>.
#pragma once

#include <weft/ops/all.hpp>
#include <weft/ops/any.hpp>
#include <weft/ops/argmax.hpp>
#include <weft/ops/argmin.hpp>
#include <weft/ops/avg_pool2d.hpp>
#include <weft/ops/bernoulli.hpp>
#include <weft/ops/broadcast_to.hpp>
#include <weft/ops/concat.hpp>
#include <weft/ops/conv2d.hpp>
#include <weft/ops/cumsum.hpp>
#include <weft/ops/expand_dims.hpp>
#include <weft/ops/eye.hpp>
#include <weft/ops/full.hpp>
#include <weft/ops/gather.hpp>
#include <weft/ops/identity.hpp>
#include <weft/ops/iota.hpp>
#include <weft/ops/layer_norm.hpp>
#include <weft/ops/log_softmax.hpp>
#include <weft/ops/logsumexp.hpp>
#include <weft/ops/matmul.hpp>
#include <weft/ops/max.hpp>
#include <weft/ops/max_pool2d.hpp>
#include <weft/ops/mean.hpp>
#include <weft/ops/min.hpp>
#include <weft/ops/normal.hpp>
#include <weft/ops/one_hot.hpp>
#include <weft/ops/ones.hpp>
#include <weft/ops/pad.hpp>
#include <weft/ops/prod.hpp>
#include <weft/ops/reshape.hpp>
#include <weft/ops/scatter_add.hpp>
#include <weft/ops/shape.hpp>
#include <weft/ops/slice.hpp>
#include <weft/ops/softmax.hpp>
#include <weft/ops/softmax_cross_entropy.hpp>
#include <weft/ops/split.hpp>
#include <weft/ops/squeeze.hpp>
#include <weft/ops/stack.hpp>
#include <weft/ops/sum.hpp>
#include <weft/ops/transpose.hpp>
#include <weft/ops/uniform.hpp>
#include <weft/ops/zeros.hpp>
