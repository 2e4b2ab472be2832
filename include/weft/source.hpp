// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// All that weft defines without types of the program: what source.cpp compiles once for a program
// that defines WEFT_SEPARATE_COMPILATION (see config.hpp). Nobody else includes it, and header-only
// programs do not need it.
#pragma once

// First: it replaces what others instantiate.
#include <weft/runtime/onednn_source.hpp>

#include <weft/core/device_name_source.hpp>
#include <weft/core/error_source.hpp>
#include <weft/core/failure_source.hpp>
#include <weft/core/json_text_source.hpp>
#include <weft/core/shape_source.hpp>
#include <weft/kernel/bound_tree_source.hpp>
#include <weft/kernel/instruction_set_source.hpp>
#include <weft/kernel/launch_source.hpp>
#include <weft/kernel/loop_source.hpp>
#include <weft/kernel/program_source.hpp>
#include <weft/kernel/registered_source.hpp>
#include <weft/kernel/streaming_source.hpp>
#include <weft/ops/conv2d_elements_source.hpp>
#include <weft/ops/conv2d_shape_source.hpp>
#include <weft/ops/matmul_elements_source.hpp>
#include <weft/ops/pool2d_elements_source.hpp>
#include <weft/graph/block_memory_source.hpp>
#include <weft/graph/call_source.hpp>
#include <weft/graph/device_function_source.hpp>
#include <weft/graph/graph_base_source.hpp>
#include <weft/graph/name_table_source.hpp>
#include <weft/graph/node_parts_source.hpp>
#include <weft/graph/record_source.hpp>
#include <weft/graph/scope_source.hpp>
#include <weft/graph/sources_source.hpp>
#include <weft/ops/transpose_source.hpp>
#include <weft/placement/placement_diff_source.hpp>
#include <weft/placement/placement_file_source.hpp>
#include <weft/placement/report_source.hpp>
#include <weft/runtime/device_factory_source.hpp>
#include <weft/runtime/kernel_context_source.hpp>
#include <weft/runtime/log_source.hpp>
#include <weft/runtime/run_stats_source.hpp>
#include <weft/runtime/tracer_source.hpp>
#include <weft/session/core_source.hpp>
#include <weft/session/feeds_source.hpp>
#include <weft/session/held_variables_source.hpp>
#include <weft/session/run_source.hpp>
#include <weft/io/placement_file_source.hpp>
#include <weft/io/dot_source.hpp>
#include <weft/io/safetensors_header_source.hpp>
#include <weft/io/safetensors_source.hpp>
#include <weft/io/saver_source.hpp>
#include <weft/cluster/source.hpp>
