#pragma once

// The headers with messages for users come first, so that a compiler's include stack is short.
#include <weft/expr/broadcast.hpp>
#include <weft/expr/expression.hpp>
#include <weft/kernel/kernel.hpp>
#include <weft/kernel/program.hpp>
#include <weft/ops/elementwise.hpp>
#include <weft/ops/structured.hpp>
#include <weft/graph/lower.hpp>
#include <weft/graph/variable.hpp>
#include <weft/graph/call.hpp>
#include <weft/session/feeds.hpp>

#include <weft/graph.hpp>
#include <weft/session/session.hpp>
