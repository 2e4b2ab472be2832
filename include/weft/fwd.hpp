// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Names only: every public class of weft, declared. Include it where a header mentions weft's types
// without using them. Everything that is a default argument of a public template is decided here,
// so that no two headers can disagree about it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace weft {

// A dimension that is known when the graph runs, not when it is compiled.
inline constexpr std::size_t dyn = static_cast<std::size_t>(-1);

// Element types beside the built-in ones.
struct half;
struct bfloat16;

// Values.
template <class T, std::size_t... Dims>
class tensor;
template <class T, std::size_t... Dims>
class tensor_view;
struct dims;

// Device kinds. A kind is a type with a static `name`; a device is one instance of a kind.
struct cpu;
struct gpu;
template <class... Kinds>
struct device_kinds;
using default_kinds = device_kinds<cpu, gpu>;

// Expressions, kernels.
template <class Op, class... Args>
struct expr;
template <class Op, class Device, class... T>
struct kernel;
template <class Op, class Device, class... T>
struct missing;
template <class Device>
class context;
using cpu_context = context<cpu>;
using gpu_context = context<gpu>;

// Graphs.
template <class V, class Kinds = default_kinds>
class node;
template <class V, class Kinds = default_kinds>
class variable;
class graph_base;
template <class Kinds>
class basic_graph;
using graph = basic_graph<default_kinds>;
class device_scope;
class control_dependencies;
class name_scope;
class colocate_with;
struct node_record;

// Graphs that the compiler builds.
class graph_recorder;
template <class Kinds>
struct recording;

// Running.
class error;
class session;
struct session_options;
struct run_options;
class tracer;
struct run_stats;

}  // namespace weft
