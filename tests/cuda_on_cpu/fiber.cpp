// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How fibers are made and switched: stacks with a page below them that faults, and the exchange of
// the stack pointers, which takes nanoseconds; on processors that we do not know, the system's
// contexts, which ask the kernel at each switch.
#include "fiber.hpp"

#include <cstdint>
#include <new>

#include <sys/mman.h>

#if defined(WEFT_ADDRESS_SANITIZER)
#include <sanitizer/common_interface_defs.h>
#endif

namespace cuda_on_cpu {

namespace {

constexpr std::size_t stack_bytes = 256 * 1024;
constexpr std::size_t guard_bytes = 4096;

void* new_stack() {
    void* const stack = mmap(nullptr, stack_bytes, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (stack == MAP_FAILED) throw std::bad_alloc();
    mprotect(stack, guard_bytes, PROT_NONE);
    return static_cast<char*>(stack) + guard_bytes;
}

#if defined(__x86_64__)

// Pushes what a function has to preserve, goes to the other stack, pops what was pushed there.
[[gnu::naked, gnu::noinline]] WEFT_UNSEEN void exchange_stacks(void** /*left*/, void* /*to*/) {
    asm("pushq %rbp\n\t"
        "pushq %rbx\n\t"
        "pushq %r12\n\t"
        "pushq %r13\n\t"
        "pushq %r14\n\t"
        "pushq %r15\n\t"
        "movq %rsp, (%rdi)\n\t"
        "movq %rsi, %rsp\n\t"
        "popq %r15\n\t"
        "popq %r14\n\t"
        "popq %r13\n\t"
        "popq %r12\n\t"
        "popq %rbx\n\t"
        "popq %rbp\n\t"
        "ret");
}

#endif

}  // namespace

#if defined(__x86_64__)

// As if it had left from the beginning of `body`: six registers, where that is, no caller.
void fiber::place::begin(void* bottom, std::size_t bytes, void (*body)()) {
    auto* const top = reinterpret_cast<std::uintptr_t*>(static_cast<char*>(bottom) + bytes);
    top[-2] = reinterpret_cast<std::uintptr_t>(body);
    left = top - 8;
}
void fiber::place::go_to(place& other) { exchange_stacks(&left, other.left); }

#else

void fiber::place::begin(void* bottom, std::size_t bytes, void (*body)()) {
    getcontext(&left);
    left.uc_stack.ss_sp = bottom;
    left.uc_stack.ss_size = bytes;
    left.uc_link = nullptr;
    makecontext(&left, body, 0);
}
void fiber::place::go_to(place& other) { swapcontext(&left, &other.left); }

#endif

fiber::fiber() { arrive_in_thread(); }

fiber::fiber(void (*body)()) : bottom_(new_stack()), bytes_(stack_bytes - guard_bytes) {
    place_.begin(const_cast<void*>(bottom_), bytes_, body);
#if defined(WEFT_THREAD_SANITIZER)
    sanitizer_ = __tsan_create_fiber(0);
#endif
}

#if defined(WEFT_ADDRESS_SANITIZER)

namespace {
thread_local fiber* left = nullptr;  // the fiber that the running one was switched to from
}

void fiber::switch_to(fiber& other) {
    left = this;
    __sanitizer_start_switch_fiber(&sanitizer_, other.bottom_, other.bytes_);
    place_.go_to(other.place_);
    arrive();
}
void fiber::arrive() {
    fiber& before = *left;
    // Tells the bounds of the stack that was left: how those of the thread's own become known.
    __sanitizer_finish_switch_fiber(sanitizer_, &before.bottom_, &before.bytes_);
}
void fiber::arrive_in_thread() {}

#else

void fiber::switch_to(fiber& other) {
#if defined(WEFT_THREAD_SANITIZER)
    __tsan_switch_to_fiber(other.sanitizer_, __tsan_switch_to_fiber_no_sync);
#endif
    place_.go_to(other.place_);
}
void fiber::arrive() {}
void fiber::arrive_in_thread() {
#if defined(WEFT_THREAD_SANITIZER)
    sanitizer_ = __tsan_get_current_fiber();
#endif
}

#endif

}  // namespace cuda_on_cpu
