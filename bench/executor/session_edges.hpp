// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Rows of what no peer has: values that a run feeds and fetches, edges between devices, and a graph
// of typed operations. Apart from side_by_side.hpp, because they measure weft alone and compile all
// of it.
#pragma once

namespace bench {

// Registers them.
void add_session_edges();

}  // namespace bench
