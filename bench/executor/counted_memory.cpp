// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The program's operator new and delete, which count while a counted_memory is alive.
#include "executor/counted_memory.hpp"

#include <cstdlib>
#include <malloc.h>
#include <new>

namespace {

void* counted(void* made) {
    if (made == nullptr) throw std::bad_alloc();
    if (bench::counted_memory::counts())
        bench::counted_memory::add(static_cast<std::ptrdiff_t>(malloc_usable_size(made)));
    return made;
}
void release(void* made) noexcept {
    if (made != nullptr && bench::counted_memory::counts())
        bench::counted_memory::add(-static_cast<std::ptrdiff_t>(malloc_usable_size(made)));
    std::free(made);
}

}  // namespace

void* operator new(std::size_t bytes) { return counted(std::malloc(bytes)); }
void* operator new(std::size_t bytes, std::align_val_t align) {
    const auto to = static_cast<std::size_t>(align);
    return counted(std::aligned_alloc(to, (bytes + to - 1) / to * to));
}
void operator delete(void* made) noexcept { release(made); }
void operator delete(void* made, std::size_t) noexcept { release(made); }
void operator delete(void* made, std::align_val_t) noexcept { release(made); }
void operator delete(void* made, std::size_t, std::align_val_t) noexcept { release(made); }
