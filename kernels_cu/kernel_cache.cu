// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The files of the kernel cache: a line that says what it is, a hash of what follows, the length of
// the symbol's name, the name, the cubin.
#include "kernel_cache.hpp"

#include <weft/io/file_beside.hpp>

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace weft::cuda {

namespace {

constexpr std::string_view title = "weft kernel 1\n";

std::string hash_text(const hash128& hash) {
    char text[33];
    std::snprintf(text, sizeof text, "%016llx%016llx",
                  static_cast<unsigned long long>(hash.high),
                  static_cast<unsigned long long>(hash.low));
    return text;
}

std::string hash_text(std::string_view bytes) {
    hasher of;
    of.add(bytes);
    return hash_text(of.finish());
}

}  // namespace

std::string kernel_cache::path(const hash128& key) const {
    return folder_ + '/' + hash_text(key) + ".kernel";
}

bool kernel_cache::find(const hash128& key, nvrtc::compiled_kernel& out) const {
    if (folder_.empty()) return false;
    std::ifstream file(path(key), std::ios::binary);
    const std::string all((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    std::string_view rest = all;
    constexpr std::size_t hash_letters = 32;
    if (!rest.starts_with(title) || rest.size() < title.size() + hash_letters) return false;
    rest.remove_prefix(title.size());
    const std::string_view hash = rest.substr(0, hash_letters);
    rest.remove_prefix(hash_letters);
    std::uint64_t letters = 0;
    if (hash != hash_text(rest) || rest.size() < sizeof letters) return false;
    std::memcpy(&letters, rest.data(), sizeof letters);
    rest.remove_prefix(sizeof letters);
    if (letters > rest.size()) return false;
    out.symbol = rest.substr(0, letters);
    out.cubin = rest.substr(letters);
    return true;
}

void kernel_cache::keep(const hash128& key, const nvrtc::compiled_kernel& kernel) const {
    if (folder_.empty()) return;
    std::error_code ignored;
    std::filesystem::create_directories(folder_, ignored);
    const std::uint64_t letters = kernel.symbol.size();
    std::string rest(sizeof letters, '\0');
    std::memcpy(rest.data(), &letters, sizeof letters);
    (rest += kernel.symbol) += kernel.cubin;
    try {
        file_beside file(path(key));
        file.write(title);
        file.write(hash_text(rest));
        file.write(rest);
        file.take_place();
    } catch (const error&) {  // it is compiled again next time
    }
}

}  // namespace weft::cuda
