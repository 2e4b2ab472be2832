// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Looking inside, and files: tracer and run_stats for run_options, graphs and plans as pictures,
// placements that are read, written and compared, checkpoints. It comes beside <weft/weft.hpp>, for
// the files of a program that need it, so that all others are spared it.
#pragma once

#include <weft/io/dot.hpp>
#include <weft/io/placement_file.hpp>
#include <weft/io/safetensors.hpp>
#include <weft/io/saver.hpp>
#include <weft/io/text_file.hpp>
#include <weft/io/trace_file.hpp>
#include <weft/placement/placement_diff.hpp>
#include <weft/runtime/run_stats.hpp>
#include <weft/runtime/tracer.hpp>
