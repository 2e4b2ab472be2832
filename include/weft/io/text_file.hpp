// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Writes a text to a file as a whole: whoever reads the file sees the former text or the new one,
// and a disk that is full costs nothing but the new one. The system decides when it is on disk.
// It does not know what it writes.
#pragma once

#include <weft/io/file_beside.hpp>

#include <string>
#include <string_view>

namespace weft {

// Writes `text` to the file at `path`, which is replaced if it is there. Throws error not_found
// where there is no such folder, resource_exhausted where the disk is full, failed_precondition
// where it must not be written.
inline void write_text_file(const std::string& path, std::string_view text) {
    file_beside file(path);
    file.write(text);
    file.take_place();
}

}  // namespace weft
