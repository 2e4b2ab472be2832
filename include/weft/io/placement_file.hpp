// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Placement files on disk. A file is written beside its name and then renamed, so that a reader,
// and whoever is interrupted, has the old text or the new one, never a part. The format is that of
// placement/placement_file.hpp.
#pragma once

#include <weft/placement/placement_file.hpp>

#include <string>

namespace weft {

// Throws error not_found where there is no such file, failed_precondition where it cannot be read,
// and what placement_file::parse throws, which then names the path.
placement_file read_placement(const std::string& path);

// Replaces what is there, as write_text_file() does, and throws what that throws.
void write_placement(const std::string& path, const placement_file& file);

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/io/placement_file_source.hpp>
#endif
