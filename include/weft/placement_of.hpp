// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// placement_of<builder>(machine{...}): the placement of a graph as a constant, for static_assert.
// Not part of <weft/weft.hpp>, so that who does not ask the compiler does not pay for it; no
// session is needed. The header with messages for users comes first.
#pragma once

#include <weft/graph/recorded_model.hpp>

#include <weft/graph.hpp>
#include <weft/session/placement_of.hpp>
