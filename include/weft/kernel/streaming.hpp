// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Stores that go past the caches, for results that are larger than those: what is written so does
// not have to be read first, nor does it push out what others need. They know no types; who uses
// them has the results in a buffer. Compiled once.
#pragma once

#include <weft/config.hpp>

#include <cstddef>

namespace weft {

// Bytes of the last level of cache of this machine; 32 MiB where it does not tell.
std::size_t last_cache_bytes();
// Copies bytes; other threads see them after finish_stores_past_caches() and whatever hands them
// over.
void store_past_caches(char* to, const char* from, std::size_t bytes);
void finish_stores_past_caches();

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/kernel/streaming_source.hpp>
#endif
