// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// All element-wise ops: arithmetic, comparison, logic, elementary functions, activation functions,
// selection and conversion. Includes only; an op's own header says what it does at its edges and
// how accurate it is.
#pragma once

#include <weft/ops/abs.hpp>
#include <weft/ops/add.hpp>
#include <weft/ops/cast.hpp>
#include <weft/ops/ceil.hpp>
#include <weft/ops/clamp.hpp>
#include <weft/ops/compare.hpp>
#include <weft/ops/cos.hpp>
#include <weft/ops/div.hpp>
#include <weft/ops/elu.hpp>
#include <weft/ops/erf.hpp>
#include <weft/ops/exp.hpp>
#include <weft/ops/expm1.hpp>
#include <weft/ops/floor.hpp>
#include <weft/ops/gelu.hpp>
#include <weft/ops/gelu_tanh.hpp>
#include <weft/ops/is_finite.hpp>
#include <weft/ops/is_nan.hpp>
#include <weft/ops/leaky_relu.hpp>
#include <weft/ops/log.hpp>
#include <weft/ops/log1p.hpp>
#include <weft/ops/logical.hpp>
#include <weft/ops/maximum.hpp>
#include <weft/ops/minimum.hpp>
#include <weft/ops/mod.hpp>
#include <weft/ops/mul.hpp>
#include <weft/ops/neg.hpp>
#include <weft/ops/pow.hpp>
#include <weft/ops/reciprocal.hpp>
#include <weft/ops/relu.hpp>
#include <weft/ops/round.hpp>
#include <weft/ops/rsqrt.hpp>
#include <weft/ops/sigmoid.hpp>
#include <weft/ops/sign.hpp>
#include <weft/ops/sin.hpp>
#include <weft/ops/softplus.hpp>
#include <weft/ops/sqrt.hpp>
#include <weft/ops/square.hpp>
#include <weft/ops/sub.hpp>
#include <weft/ops/tanh.hpp>
#include <weft/ops/where.hpp>
