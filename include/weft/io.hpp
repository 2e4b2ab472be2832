// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Files: placements, read, written and compared. Not part of <weft/weft.hpp>: programs without
// files need not pay for them. Includes only; each header below says what it does and what it
// throws.
#pragma once

#include <weft/io/placement_file.hpp>
#include <weft/placement/placement_diff.hpp>
