// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How bytes are stored past the caches. By the instructions themselves: compilers have different
// built-ins for them. Sixteen bytes at a time, which every x86-64 can; whole lines leave together.
// What is before the first whole line and after the last one is stored as usual.
#pragma once

#include <weft/kernel/streaming.hpp>

#include <cstdint>
#include <cstring>

#include <unistd.h>

namespace weft {

WEFT_SOURCE std::size_t last_cache_bytes() {
    static const std::size_t bytes = [] {
        const long told = sysconf(_SC_LEVEL3_CACHE_SIZE);
        return told > 0 ? static_cast<std::size_t>(told) : std::size_t{32} << 20;
    }();
    return bytes;
}

WEFT_SOURCE void store_past_caches(char* to, const char* from, std::size_t bytes) {
    // Up to the first whole line.
    std::size_t before = (64 - reinterpret_cast<std::uintptr_t>(to) % 64) % 64;
    if (before > bytes) before = bytes;
    std::memcpy(to, from, before);
    to += before;
    from += before;
    bytes -= before;
    for (; bytes >= 64; bytes -= 64, to += 64, from += 64) store_line_past_caches(to, from);
    std::memcpy(to, from, bytes);
}

WEFT_SOURCE void finish_stores_past_caches() { order_stores_past_caches(); }

}  // namespace weft
