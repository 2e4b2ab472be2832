// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Writes what a tracer has collected to a file that ui.perfetto.dev and chrome://tracing open: a
// drag of the file onto the page is enough. The file is there as a whole or not at all. It knows
// nothing of sessions.
#pragma once

#include <weft/io/text_file.hpp>
#include <weft/runtime/tracer.hpp>

#include <string>

namespace weft {

// Replaces a file that is there. Throws error as write_text_file() does. Runs that go on meanwhile
// are in it if they have ended.
inline void write_trace(const std::string& path, const tracer& of) {
    write_text_file(path, of.to_chrome_json());
}

}  // namespace weft
