// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The definitions of io/placement_file.hpp, with the C library's files: their errors come with a
// reason. Where a program is compiled separately this is compiled once; it knows nothing of the
// text that goes through it.
#pragma once

#include <weft/core/error.hpp>
#include <weft/io/placement_file.hpp>

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

[[noreturn]] inline void throw_unwritten(const std::string& path, int code) {
    throw error(errc::failed_precondition,
                "cannot write placement file '" + path + "': " + system_reason(code));
}

// A new file beside `path`, which nobody else writes; its name goes to `name`.
inline open_file create_beside(const std::string& path, std::string& name) {
    for (int number = 0;; ++number) {
        name = path + ".new" + std::to_string(number);
        open_file file(std::fopen(name.c_str(), "wbx"));
        if (file) return file;
        // Leftovers of writers that were killed are in the way, not an error; a hundred of them
        // are.
        if (errno != EEXIST || number == 100) throw_unwritten(path, errno);
    }
}

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
    const std::string text = file.to_string();
    std::string beside;
    detail::open_file out = detail::create_beside(path, beside);
    const bool written = std::fwrite(text.data(), 1, text.size(), out.get()) == text.size();
    int code = written ? 0 : errno;
    if (std::fclose(out.release()) != 0 && code == 0) code = errno;
    if (code == 0 && std::rename(beside.c_str(), path.c_str()) != 0) code = errno;
    if (code == 0) return;
    std::remove(beside.c_str());
    detail::throw_unwritten(path, code);
}

}  // namespace weft
