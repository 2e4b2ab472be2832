// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// One step of a reduction over memory: element by element, of any type that messages have. For
// engines that cannot do it themselves: those within a process, and MPI for elements of 16 bits,
// which are computed in float. Must not know who sends what to whom.
#pragma once

#include <weft/cluster/transport.hpp>
#include <weft/config.hpp>

namespace weft {

// to[i] = to[i] op from[i]. The memories do not overlap.
void reduce_into(reduce_type type, reduce_op op, const void* from, void* to, std::size_t count);

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/cluster/reduce_source.hpp>
#endif
