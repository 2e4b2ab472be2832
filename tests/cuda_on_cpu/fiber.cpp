// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How fibers are made and switched: stacks with a page below them that faults, contexts for the
// first switch, jumps for the others where no sanitizer wants to know the stacks.
#include "fiber.hpp"

#include <new>

#include <sys/mman.h>

#if defined(WEFT_ADDRESS_SANITIZER)
#include <sanitizer/common_interface_defs.h>
#endif

namespace cuda_on_cpu {

namespace {

constexpr std::size_t stack_bytes = 256 * 1024;
constexpr std::size_t guard_bytes = 4096;

}  // namespace

fiber::fiber() : started_(true) { arrive_in_thread(); }

void fiber::arrive_in_thread() {
#if defined(WEFT_THREAD_SANITIZER)
    sanitizer_ = __tsan_get_current_fiber();
#endif
}

fiber::fiber(void (*body)()) : bytes_(stack_bytes - guard_bytes) {
    stack_ = mmap(nullptr, stack_bytes, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (stack_ == MAP_FAILED) throw std::bad_alloc();
    mprotect(stack_, guard_bytes, PROT_NONE);
    bottom_ = static_cast<char*>(stack_) + guard_bytes;
    getcontext(&context_);
    context_.uc_stack.ss_sp = static_cast<char*>(stack_) + guard_bytes;
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

#else

namespace {
// In a function of its own: no function may contain both ends of a jump.
[[noreturn]] [[gnu::noinline]] void jump(void** to) { __builtin_longjmp(to, 1); }
}  // namespace

void fiber::switch_to(fiber& other) {
    if (__builtin_setjmp(jump_) != 0) return;
    if (other.started_) jump(other.jump_);
    other.started_ = true;
    setcontext(&other.context_);
}
void fiber::arrive() {}

#endif

}  // namespace cuda_on_cpu
