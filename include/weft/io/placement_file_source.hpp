// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The definitions of io/placement_file.hpp, with the C library's files: their errors come with a
// reason. Where a program is compiled separately this is compiled once; it knows nothing of the
// text that goes through it.
#pragma once

#include <weft/core/error.hpp>
#include <weft/io/placement_file.hpp>
#include <weft/io/text_file.hpp>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

namespace weft {

namespace detail {

struct close_file {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using open_file = std::unique_ptr<std::FILE, close_file>;

inline std::string system_reason(int code) { return std::generic_category().message(code); }

}  // namespace detail

WEFT_SOURCE placement_file read_placement(const std::string& path) {
    const detail::open_file file(std::fopen(path.c_str(), "rb"));
    if (!file)
        throw error(errno == ENOENT ? errc::not_found : errc::failed_precondition,
                    "cannot read placement file '" + path + "': " + detail::system_reason(errno));
    std::string text;
    char block[4096];
    while (const std::size_t bytes = std::fread(block, 1, sizeof block, file.get()))
        text.append(block, bytes);
    if (std::ferror(file.get()))
        throw error(errc::failed_precondition,
                    "cannot read placement file '" + path + "': " + detail::system_reason(errno));
    return placement_file::parse(text, path);
}

WEFT_SOURCE void write_placement(const std::string& path, const placement_file& file) {
    write_text_file(path, file.to_string());
}

}  // namespace weft
