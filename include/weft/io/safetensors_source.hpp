// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The definitions of io/safetensors.hpp, with the system's own calls: what a file claims is
// compared with its size before anything is allocated for it, and a file that becomes shorter
// meanwhile is an error. POSIX. Where a program is compiled separately this is compiled once.
#pragma once

#include <weft/core/error.hpp>
#include <weft/io/safetensors.hpp>

#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>
#include <system_error>
#include <utility>

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace weft {

static_assert(std::endian::native == std::endian::little,
              "weft: safetensors files are little-endian, and so must be the machine");

WEFT_SOURCE void safetensors_file::refuse(errc code, const std::string& what) const {
    throw error(code, "cannot read the safetensors file '" + path_ + "': " + what);
}

WEFT_SOURCE safetensors_file::safetensors_file(std::string path) : path_(std::move(path)) {
    // Not blocking: a pipe without a writer is refused below.
    file_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    const int cause = errno;
    if (file_ < 0)
        refuse(cause == ENOENT || cause == ENOTDIR ? errc::not_found : errc::failed_precondition,
               std::generic_category().message(cause));
    try {
        struct stat status {};
        if (::fstat(file_, &status) != 0 || !S_ISREG(status.st_mode))
            refuse(errc::failed_precondition, "it is no regular file");
        const auto bytes = static_cast<std::uint64_t>(status.st_size);
        if (bytes < safetensors_header::first_byte)
            refuse(errc::invalid_argument,
                   "it has " + std::to_string(bytes) +
                       " bytes, and the length of its header alone takes 8");
        std::uint64_t length = 0;
        read_bytes(0, &length, sizeof length);
        const std::uint64_t room = bytes - safetensors_header::first_byte;
        if (length > room || length > safetensors_header::most_bytes)
            refuse(errc::invalid_argument,
                   "byte 0 says that its header has " + std::to_string(length) + " bytes, of " +
                       std::to_string(room) + " that there are and " +
                       std::to_string(safetensors_header::most_bytes) + " that there may be");
        std::string text(static_cast<std::size_t>(length), '\0');
        read_bytes(safetensors_header::first_byte, text.data(), text.size());
        first_data_byte_ = safetensors_header::first_byte + length;
        header_ = safetensors_header::parse(text, room - length, path_);
        by_name_.resize(header_.tensors.size());
        std::iota(by_name_.begin(), by_name_.end(), 0u);
        std::sort(by_name_.begin(), by_name_.end(), [&](std::uint32_t a, std::uint32_t b) {
            return header_.tensors[a].name < header_.tensors[b].name;
        });
    } catch (...) {
        ::close(file_);
        throw;
    }
}
WEFT_SOURCE safetensors_file::~safetensors_file() { ::close(file_); }

WEFT_SOURCE const safetensors_entry* safetensors_file::find(std::string_view name) const {
    const auto found = std::lower_bound(
        by_name_.begin(), by_name_.end(), name,
        [&](std::uint32_t i, std::string_view of) { return header_.tensors[i].name < of; });
    if (found == by_name_.end() || header_.tensors[*found].name != name) return nullptr;
    return &header_.tensors[*found];
}

WEFT_SOURCE void safetensors_file::read_bytes(std::uint64_t at, void* to, std::size_t bytes) const {
    auto* out = static_cast<char*>(to);
    while (bytes > 0) {
        const auto got = ::pread(file_, out, bytes, static_cast<off_t>(at));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0)
            refuse(errc::failed_precondition,
                   std::generic_category().message(errno) + " at byte " + std::to_string(at));
        if (got == 0)
            refuse(errc::failed_precondition,
                   "it has become shorter, and ends at byte " + std::to_string(at));
        out += got;
        at += static_cast<std::uint64_t>(got);
        bytes -= static_cast<std::size_t>(got);
    }
}

WEFT_SOURCE void safetensors_file::read(const safetensors_entry& of, void* to) const {
    const std::uint64_t at = first_data_byte_ + of.begin;
    if (of.bytes() == 0) return;
    read_bytes(at, to, of.bytes());
    if (of.element != dtype::boolean) return;
    // Any other byte would be no bool for the compiler.
    const auto* const elements = static_cast<unsigned char*>(to);
    for (std::size_t i = 0; i < of.bytes(); ++i) {
        const unsigned char element = elements[i];
        if (element <= 1) continue;
        std::memset(to, 0, of.bytes());
        refuse(errc::invalid_argument, "tensor '" + of.name + "' is BOOL, and its byte " +
                                           std::to_string(at + i) + " is " +
                                           std::to_string(element) + ", neither 0 nor 1");
    }
}

WEFT_SOURCE const safetensors_entry& safetensors_file::require(std::string_view name, dtype element,
                                                               const dims& shape) const {
    const safetensors_entry* const of = find(name);
    if (of == nullptr)
        refuse(errc::not_found, "there is no tensor '" + std::string(name) + "' in it");
    if (of->element != element || of->shape.rank != shape.rank ||
        first_mismatch(of->shape, shape) != shape.rank)
        refuse(errc::invalid_argument, "tensor '" + of->name + "' has elements of " +
                                           name_of(of->element) + " and shape " +
                                           dims_text(of->shape).chars + ", not " +
                                           name_of(element) + " and " + dims_text(shape).chars);
    return *of;
}

WEFT_SOURCE safetensors_writer::safetensors_writer(const std::string& path, safetensors_header of)
    : file_((of.lay_out(), path)) {
    const std::string text = of.to_string();
    if (text.size() > safetensors_header::most_bytes)
        throw error(errc::invalid_argument,
                    "the header of a safetensors file has at most 100000000 bytes, and that of '" +
                        path + "' would have " + std::to_string(text.size()));
    const std::uint64_t length = text.size();
    char bytes[sizeof length];
    std::memcpy(bytes, &length, sizeof length);
    file_.write({bytes, sizeof bytes});
    file_.write(text);
    left_ = of.tensors.empty() ? 0 : of.tensors.back().end;
}

WEFT_SOURCE void safetensors_writer::write(const void* bytes, std::size_t count) {
    if (count > left_)
        throw error(errc::out_of_range, "the tensors of this safetensors file have " +
                                            std::to_string(left_) + " bytes left, not " +
                                            std::to_string(count));
    left_ -= count;
    file_.write({static_cast<const char*>(bytes), count});
}

WEFT_SOURCE void safetensors_writer::finish() {
    if (left_ > 0)
        throw error(errc::failed_precondition, "the tensors of this safetensors file have " +
                                                   std::to_string(left_) +
                                                   " bytes that were not written");
    file_.take_place_on_disk();
}

WEFT_SOURCE void write_safetensors(const std::string& path, std::span<const named_tensor> tensors,
                                   const file_metadata& metadata) {
    std::vector<const named_tensor*> sorted;
    for (const named_tensor& one : tensors) sorted.push_back(&one);
    std::stable_sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) {
        return size_of(a->element) > size_of(b->element);
    });
    safetensors_header header{.metadata = metadata};
    for (const named_tensor* one : sorted)
        header.tensors.push_back({one->name, one->element, one->shape});
    safetensors_writer file(path, std::move(header));
    for (const named_tensor* one : sorted)
        file.write(one->data, one->shape.size() * size_of(one->element));
    file.finish();
}

}  // namespace weft
