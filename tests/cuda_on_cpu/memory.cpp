// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Allocations by address, and those that were released, oldest first, until they are given back.
#include "memory.hpp"

#include "machine.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <shared_mutex>

#if defined(WEFT_ADDRESS_SANITIZER)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, bytes) (static_cast<void>(address))
#define ASAN_UNPOISON_MEMORY_REGION(address, bytes) (static_cast<void>(address))
#endif

namespace cuda_on_cpu {

namespace {

constexpr std::size_t line = 256;   // alignment of allocations, and bytes of a guard
constexpr std::size_t kept_bytes = std::size_t{64} << 20;
constexpr unsigned char fresh = 0xff;
constexpr unsigned char poison = 0xfe;

struct memory_state {
    std::shared_mutex mutex;
    std::map<std::uintptr_t, allocation*> live;   // and released ones that nobody has looked at
    std::deque<allocation*> kept;
    std::size_t kept_size = 0;
    std::mutex finding_mutex;
    std::string finding;

    ~memory_state() {
        for (auto& [address, memory] : live) give_back(memory);
        for (allocation* memory : kept) give_back(memory);
    }
    static void give_back(allocation* memory) {
        std::byte* const base = memory->bytes - line;
        ASAN_UNPOISON_MEMORY_REGION(base, memory->whole);
        std::free(base);
        delete memory;
    }
};

memory_state& memory() {
    static memory_state state;
    return state;
}

std::size_t rounded(std::size_t bytes) { return (bytes + line - 1) / line * line; }

// Looks at bytes that no sanitizer wants to be looked at.
__attribute__((no_sanitize("address", "thread"))) bool is_poison(const std::byte* bytes,
                                                                std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
        if (static_cast<unsigned char>(bytes[i]) != poison) return false;
    return true;
}

void find_fault(const char* what, const allocation& of) {
    char text[160];
    std::snprintf(text, sizeof text, "%s an allocation of %zu bytes was overwritten", what,
                  of.size);
    const std::lock_guard lock(memory().finding_mutex);
    if (memory().finding.empty()) memory().finding = text;
}

void check_guards(const allocation& of) {
    if (!is_poison(of.bytes - line, line)) find_fault("memory before", of);
    const std::byte* const end = of.bytes - line + of.whole;
    if (!is_poison(of.bytes + of.size, static_cast<std::size_t>(end - of.bytes) - of.size))
        find_fault("memory behind", of);
}

// Takes what was released out of the map; called with the lock held.
void collect(memory_state& state) {
    for (auto each = state.live.begin(); each != state.live.end();) {
        if (!each->second->released.load(std::memory_order_acquire)) {
            ++each;
            continue;
        }
        state.kept.push_back(each->second);
        state.kept_size += each->second->whole;
        each = state.live.erase(each);
    }
    while (state.kept_size > kept_bytes) {
        allocation* const oldest = state.kept.front();
        state.kept.pop_front();
        state.kept_size -= oldest->whole;
        if (!is_poison(oldest->bytes, oldest->size)) find_fault("after its end,", *oldest);
        memory_state::give_back(oldest);
    }
}

}  // namespace

allocation* allocate(cudaMemoryType type, device_state* device, std::size_t bytes) {
    memory_state& state = memory();
    const std::unique_lock lock(state.mutex);
    collect(state);
    const std::size_t total = machine().is.memory;
    if (bytes > total) return nullptr;
    const std::size_t inside = rounded(bytes == 0 ? 1 : bytes);
    if (device != nullptr) {
        const std::size_t used = device->used.load(std::memory_order_relaxed) + inside;
        if (used > total) return nullptr;
        device->used.fetch_add(inside, std::memory_order_relaxed);
        if (used > device->most_used) device->most_used = used;
    }
    const std::size_t whole = inside + 2 * line;
    auto* const base = static_cast<std::byte*>(std::aligned_alloc(line, whole));
    if (base == nullptr) {
        if (device != nullptr) device->used.fetch_sub(inside, std::memory_order_relaxed);
        return nullptr;
    }
    auto* const made = new allocation;
    made->bytes = base + line;
    made->size = bytes;
    made->whole = whole;
    made->type = type;
    made->device = device;
    std::memset(base, poison, line);
    std::memset(made->bytes + bytes, poison, whole - line - bytes);
    ASAN_POISON_MEMORY_REGION(base, line);
    ASAN_POISON_MEMORY_REGION(made->bytes + bytes, whole - line - bytes);
    state.live[reinterpret_cast<std::uintptr_t>(made->bytes)] = made;
    return made;
}

void fill_new(allocation& of) { std::memset(of.bytes, fresh, of.size); }

void spoil(allocation& of) { std::memset(of.bytes, poison, of.size); }

void release(allocation& of) {
    check_guards(of);
    spoil(of);
    ASAN_POISON_MEMORY_REGION(of.bytes, of.size);
    if (of.device != nullptr)
        of.device->used.fetch_sub(of.whole - 2 * line, std::memory_order_relaxed);
    of.released.store(true, std::memory_order_release);
}

allocation* find(const void* address) {
    memory_state& state = memory();
    const std::shared_lock lock(state.mutex);
    const auto at = reinterpret_cast<std::uintptr_t>(address);
    auto after = state.live.upper_bound(at);
    if (after == state.live.begin()) return nullptr;
    allocation* const found = (--after)->second;
    const bool inside = at <= after->first + found->size;
    return inside && !found->released.load(std::memory_order_relaxed) ? found : nullptr;
}

bool holds(const allocation& of, const void* address, std::size_t bytes) {
    const auto offset = static_cast<std::size_t>(static_cast<const std::byte*>(address) - of.bytes);
    return bytes <= of.size - offset;
}

std::size_t live_allocations() {
    memory_state& state = memory();
    const std::unique_lock lock(state.mutex);
    collect(state);
    return state.live.size();
}

std::string violation() {
    memory_state& state = memory();
    const std::unique_lock lock(state.mutex);
    collect(state);
    for (const auto& [address, each] : state.live) check_guards(*each);
    for (const allocation* each : state.kept)
        if (!is_poison(each->bytes, each->size)) find_fault("after its end,", *each);
    const std::lock_guard finding_lock(state.finding_mutex);
    return std::exchange(state.finding, {});
}

}  // namespace cuda_on_cpu
