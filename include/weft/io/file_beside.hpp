// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A file that is written beside its place and renamed when it is complete, so that whoever reads
// that place sees the former file or the new one, never a part, and a failure leaves the former one
// as it was. POSIX. It does not know what goes into it.
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

// Removed unless it takes its place. Members throw error not_found where there is no such folder,
// resource_exhausted where the disk is full, failed_precondition where it must not be written. One
// thread at a time; several may write files for the same place.
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
    // Replaces what is there.
    void take_place() {
        const int closed = ::close(std::exchange(file_, -1));
        if (closed != 0 || ::rename(name_.c_str(), path_.c_str()) != 0) refuse();
        placed_ = true;
    }
    // The same so that a loss of power behind it does not undo it: waits for the disk.
    void take_place_on_disk() {
        if (::fsync(file_) != 0) refuse();
        take_place();
        sync_folder();
    }

private:
    [[noreturn]] void refuse() const {
        const int cause = errno;
        errc code = errc::failed_precondition;
        if (cause == ENOENT || cause == ENOTDIR) code = errc::not_found;
        if (cause == ENOSPC || cause == EDQUOT || cause == EFBIG || cause == EMFILE ||
            cause == ENFILE)
            code = errc::resource_exhausted;
        throw error(code, "cannot write the file '" + path_ +
                              "': " + std::generic_category().message(cause) +
                              "; give a path in a folder that exists and can be written to");
    }
    // The name is in the folder, which has to be written as well.
    void sync_folder() const {
        const std::size_t slash = path_.rfind('/');
        const std::string folder = slash == path_.npos ? "." : path_.substr(0, slash + 1);
        const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (opened < 0) {
            if (errno == EACCES) return;  // it may be written and not read: the system has to do
            refuse();
        }
        const bool failed = ::fsync(opened) != 0 && errno != EINVAL;  // not on this file system
        const int cause = errno;
        ::close(opened);
        errno = cause;
        if (failed) refuse();
    }

    const std::string path_;
    std::string name_;
    int file_ = -1;
    bool placed_ = false;
};

}  // namespace weft
