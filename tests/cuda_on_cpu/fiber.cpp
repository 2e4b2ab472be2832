// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How fibers are made and switched: stacks with a page below them that faults, and the system's
// contexts; but where no sanitizer wants to know the stacks, and the processor is one we know, an
// exchange of stack pointers, as the system would ask the kernel at each switch.
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

}  // namespace

fiber::fiber() { arrive_in_thread(); }

#if defined(WEFT_EXCHANGES_STACKS)

namespace {

// Pushes what a function has to preserve, goes to the other stack, pops what was pushed there.
[[gnu::naked, gnu::noinline]] void exchange_stacks(void** /*left*/, void* /*to*/) {
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

}  // namespace

// As if it had left from the beginning of `body`: six registers, where that is, no caller.
fiber::fiber(void (*body)()) {
    auto* const top = reinterpret_cast<std::uintptr_t*>(static_cast<char*>(new_stack()) +
                                                        stack_bytes - guard_bytes);
    top[-2] = reinterpret_cast<std::uintptr_t>(body);
    left_ = top - 8;
}
void fiber::switch_to(fiber& other) { exchange_stacks(&left_, other.left_); }
void fiber::arrive() {}
void fiber::arrive_in_thread() {}

#else

fiber::fiber(void (*body)()) : bottom_(new_stack()), bytes_(stack_bytes - guard_bytes) {
    getcontext(&context_);
    context_.uc_stack.ss_sp = const_cast<void*>(bottom_);
    context_.uc_stack.ss_size = bytes_;
    context_.uc_link = nullptr;
    makecontext(&context_, body, 0);
#if defined(WEFT_THREAD_SANITIZER)
    sanitizer_ = __tsan_create_fiber(0);
#endif
}

#if defined(WEFT_THREAD_SANITIZER)

void fiber::switch_to(fiber& other) {
    __tsan_switch_to_fiber(other.sanitizer_, __tsan_switch_to_fiber_no_sync);
    swapcontext(&context_, &other.context_);
}
void fiber::arrive() {}
void fiber::arrive_in_thread() { sanitizer_ = __tsan_get_current_fiber(); }

#elif defined(WEFT_ADDRESS_SANITIZER)

namespace {
thread_local fiber* left = nullptr;  // the fiber that the running one was switched to from
}

void fiber::switch_to(fiber& other) {
    left = this;
    __sanitizer_start_switch_fiber(&sanitizer_, other.bottom_, other.bytes_);
    swapcontext(&context_, &other.context_);
    arrive();
}
void fiber::arrive() {
    fiber& before = *left;
    // Tells the bounds of the stack that was left: how those of the thread's own become known.
    __sanitizer_finish_switch_fiber(sanitizer_, &before.bottom_, &before.bytes_);
}
void fiber::arrive_in_thread() {}

#else

void fiber::switch_to(fiber& other) { swapcontext(&context_, &other.context_); }
void fiber::arrive() {}
void fiber::arrive_in_thread() {}

#endif
#endif

}  // namespace cuda_on_cpu
