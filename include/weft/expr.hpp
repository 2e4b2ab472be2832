// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Expressions without graphs: tensors, the recipes that operators make, and the kernels of
// element-wise ops. The cheapest header that knows every element-wise function; it includes no
// string, memory or thread header of the standard library.
#pragma once

#include <weft/expr/broadcast.hpp>

#include <weft/expr/expression.hpp>

#include <weft/kernel/kernel.hpp>

#include <weft/kernel/evaluate.hpp>
#include <weft/ops/elementwise.hpp>
