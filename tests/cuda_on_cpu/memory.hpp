// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Memory of the emulated devices, and pinned memory of the host: ordinary memory between guards,
// all ones (NaN) when it is new and poison once it is freed. Freed memory is kept for a while, so
// that a late write is found. AddressSanitizer also sees what reads there. Knows no stream: the
// API functions say when a fill or a release happens.
#pragma once

#include "runtime_types.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace cuda_on_cpu {

struct device_state;

struct allocation {
    std::byte* bytes = nullptr;
    std::size_t size = 0;
    std::size_t whole = 0;   // with both guards
    cudaMemoryType type = cudaMemoryTypeDevice;
    device_state* device = nullptr;   // null for the host's
    std::atomic<bool> free_asked = false;
    std::atomic<bool> released = false;
};

// Null where the device has no room. Its bytes are still to be filled.
allocation* allocate(cudaMemoryType type, device_state* device, std::size_t bytes);
// New memory; and the end of it, after which only its address remains in use for a while.
void fill_new(allocation& memory);
void release(allocation& memory);
// Makes what memory holds worthless, without giving it back.
void spoil(allocation& memory);

// The allocation that has this address inside, null if there is none; and whether `bytes` from
// there on belong to it.
allocation* find(const void* address);
bool holds(const allocation& memory, const void* address, std::size_t bytes);

}  // namespace cuda_on_cpu
