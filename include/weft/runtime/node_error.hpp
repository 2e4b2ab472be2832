// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The error of a node: what a shape rule or a kernel says, with the node's name, op, device and the
// line that made it. The one place that knows how such a text looks; it knows nothing of
// plans and runs.
#pragma once

#include <weft/graph/record.hpp>

namespace weft {

namespace detail {

// A failure of a shape rule or a kernel as the error that a user sees.
inline error node_error(errc code, const char* what, const node_record& node,
                        const std::string& device) {
    std::string text = what;
    text += "\n  in node '" + node.name + "' (" + node.op + ')';
    if (!device.empty()) text += " on " + device;
    text += ", made at " + to_string(node.where);
    return error(code, text, node.name, node.where);
}

}  // namespace detail

}  // namespace weft
