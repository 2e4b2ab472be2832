// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Pictures of graphs and plans in the language of Graphviz (`dot -Tsvg`): devices are boxes, nodes
// list the ops that are fused into them. The same graph or plan gives the same text. What comes in
// as a name may be any bytes.
#pragma once

#include <weft/config.hpp>

#include <string>

namespace weft {

class graph_base;
class plan_info;

struct dot_options {
    bool scopes = false;  // name scopes are boxes inside those of the devices
};

// Every node of the graph, in the box of the device it asks for; those that ask for none in no box.
// Control dependencies are dotted. Linear.
std::string to_dot(const graph_base& of, dot_options options = {});

// What runs, in the boxes of the devices where it runs. Besides, copies between devices are dashed,
// orders that carry no value dotted, and the critical path is bold: by the times that the last runs
// measured, by estimates for a plan that has not run. The session must be alive.
std::string to_dot(const plan_info& of, dot_options options = {});

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/io/dot_source.hpp>
#endif
