// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Everything of weft that is compiled without types of the program. Includes only: source.cpp
// compiles them where a program is built with WEFT_SEPARATE_COMPILATION; header-only programs have
// them by way of the headers that they belong to.
#pragma once

#include <weft/core/device_name_source.hpp>
#include <weft/core/error_source.hpp>
#include <weft/core/failure_source.hpp>
#include <weft/core/json_text_source.hpp>
#include <weft/core/shape_source.hpp>
#include <weft/kernel/bound_tree_source.hpp>
#include <weft/kernel/loop_source.hpp>
#include <weft/kernel/program_source.hpp>
#include <weft/kernel/registered_source.hpp>
#include <weft/graph/block_memory_source.hpp>
#include <weft/graph/call_source.hpp>
#include <weft/graph/device_function_source.hpp>
#include <weft/graph/graph_base_source.hpp>
#include <weft/graph/name_table_source.hpp>
#include <weft/graph/node_parts_source.hpp>
#include <weft/graph/record_source.hpp>
#include <weft/graph/scope_source.hpp>
#include <weft/graph/sources_source.hpp>
