// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Fibers: stacks between which a thread switches by itself. The sanitizers are told of each switch.
// ThreadSanitizer takes fibers for threads, and their switches do not order what they do. Knows
// nothing of kernels.
#pragma once

#include "unseen.hpp"

#include <cstddef>

#if !defined(__x86_64__)
#include <ucontext.h>
#endif

namespace cuda_on_cpu {

#if defined(WEFT_THREAD_SANITIZER)
inline constexpr bool fibers_are_threads = true;
#else
inline constexpr bool fibers_are_threads = false;
#endif

// The thread's own stack, or one of another. Fibers that switch to each other are in one thread,
// but while none of them runs all may go to another.
class fiber {
public:
    // The stack that the calling thread is on.
    fiber();
    // A stack of its own, for good, on which `body` runs when it is first switched to; body must
    // not return.
    explicit fiber(void (*body)());
    fiber(const fiber&) = delete;
    fiber& operator=(const fiber&) = delete;

    // Leaves this fiber, which has to be the running one, for another; returns when something
    // switches back.
    WEFT_UNSEEN void switch_to(fiber& other);
    // What `body` begins with.
    [[gnu::noinline]] WEFT_UNSEEN void arrive();
    // This one stands for the stack that the calling thread is on.
    WEFT_UNSEEN void arrive_in_thread();

private:
    // Where a stack was left.
    struct place {
        WEFT_UNSEEN void begin(void* bottom, std::size_t bytes, void (*body)());
        WEFT_UNSEEN void go_to(place& other);
#if defined(__x86_64__)
        void* left = nullptr;
#else
        ucontext_t left = {};
#endif
    };
    place place_;
    const void* bottom_ = nullptr;   // of the stack; AddressSanitizer knows that of the thread's
    std::size_t bytes_ = 0;
    [[maybe_unused]] void* sanitizer_ = nullptr;   // its thread, or its second stack
};

}  // namespace cuda_on_cpu
