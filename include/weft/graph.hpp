#pragma once

#include <weft/expr/broadcast.hpp>
#include <weft/expr/expression.hpp>
#include <weft/kernel/kernel.hpp>
#include <weft/expr.hpp>
#include <weft/graph/lower.hpp>
#include <weft/graph/variable.hpp>
#include <weft/graph/call.hpp>
#include <weft/graph/graph.hpp>
