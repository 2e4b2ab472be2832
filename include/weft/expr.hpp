#pragma once

#include <weft/expr/broadcast.hpp>
#include <weft/expr/expression.hpp>
#include <weft/kernel/kernel.hpp>
#include <weft/kernel/evaluate.hpp>
#include <weft/ops/elementwise.hpp>
