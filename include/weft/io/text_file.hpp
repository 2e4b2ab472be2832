// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Writes a file as a whole: beside its place first, then renamed, so that whoever reads it sees the
// former file or the new one, and a disk that is full costs nothing but the new one. POSIX. It does
// not know what it writes.
#pragma once

#include <weft/core/error.hpp>

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

namespace weft {

namespace detail {

// A file beside `path` that is removed unless it takes its place.
class file_beside {
public:
    explicit file_beside(const std::string& path) : path_(path) {
        // Relaxed: a number that no other thread of this process has.
        static std::atomic<std::uint32_t> last{0};
        name_ = path + ".new-" + std::to_string(getpid()) + '-' +
                std::to_string(last.fetch_add(1, std::memory_order_relaxed));
        file_ = ::open(name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (file_ < 0) refuse();
    }
    file_beside(const file_beside&) = delete;
    file_beside& operator=(const file_beside&) = delete;
    ~file_beside() {
        if (file_ >= 0) ::close(file_);
        if (!placed_) ::unlink(name_.c_str());
    }

    void write(std::string_view text) {
        while (!text.empty()) {
            const auto written = ::write(file_, text.data(), text.size());
            if (written < 0 && errno != EINTR) refuse();
            if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
        }
    }
    void take_place() {
        const int closed = ::close(std::exchange(file_, -1));
        if (closed != 0 || ::rename(name_.c_str(), path_.c_str()) != 0) refuse();
        placed_ = true;
    }

private:
    [[noreturn]] void refuse() const {
        const int cause = errno;
        errc code = errc::failed_precondition;
        if (cause == ENOENT || cause == ENOTDIR) code = errc::not_found;
        if (cause == ENOSPC || cause == EDQUOT || cause == EMFILE || cause == ENFILE)
            code = errc::resource_exhausted;
        throw error(code, "cannot write the file '" + path_ + "': " +
                              std::generic_category().message(cause) +
                              "; give a path in a folder that exists and can be written to");
    }

    const std::string path_;
    std::string name_;
    int file_ = -1;
    bool placed_ = false;
};

}  // namespace detail

// Writes `text` to the file at `path`, which is replaced if it is there. Throws error not_found
// where there is no such folder, resource_exhausted where the disk is full, failed_precondition
// where it must not be written.
inline void write_text_file(const std::string& path, std::string_view text) {
    detail::file_beside file(path);
    file.write(text);
    file.take_place();
}

}  // namespace weft
