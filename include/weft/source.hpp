// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// All that weft defines without types of the program: what source.cpp compiles once for a program
// that defines WEFT_SEPARATE_COMPILATION (see config.hpp). Nobody else includes it, and header-only
// programs do not need it.
#pragma once

#include <weft/io/dot_source.hpp>
#include <weft/placement/report_source.hpp>
#include <weft/runtime/device_factory_source.hpp>
#include <weft/runtime/kernel_context_source.hpp>
#include <weft/runtime/log_source.hpp>
#include <weft/runtime/run_stats_source.hpp>
#include <weft/runtime/tracer_source.hpp>
#include <weft/session/core_source.hpp>
#include <weft/session/feeds_source.hpp>
#include <weft/session/run_source.hpp>
