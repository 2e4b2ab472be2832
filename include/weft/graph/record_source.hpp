// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The special members of records, each compiled once: a record has a dozen members that own memory,
// and inlined they would be most of the code that makes a node. What a member means is
// record.hpp's. Nothing here can fail.
#pragma once

#include <weft/graph/record.hpp>

namespace weft {

WEFT_SOURCE node_record::node_record() = default;
WEFT_SOURCE node_record::node_record(node_record&&) noexcept = default;
WEFT_SOURCE node_record& node_record::operator=(node_record&&) noexcept = default;
WEFT_SOURCE node_record::~node_record() = default;

WEFT_SOURCE void node_record::own(owned_bytes bytes) { storage.push_back(std::move(bytes)); }

}  // namespace weft
