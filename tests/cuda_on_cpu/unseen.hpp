// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Which sanitizer is on, and what ThreadSanitizer is told. Streams and fibers are built from locks
// and jumps that order more than a GPU does: those are hidden from it, and the order that CUDA
// promises is stated instead. Without ThreadSanitizer nothing of this does anything.
#pragma once

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define WEFT_THREAD_SANITIZER 1
#endif
#if __has_feature(address_sanitizer)
#define WEFT_ADDRESS_SANITIZER 1
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define WEFT_THREAD_SANITIZER 1
#endif
#if defined(__SANITIZE_ADDRESS__)
#define WEFT_ADDRESS_SANITIZER 1
#endif

#if defined(WEFT_THREAD_SANITIZER)
#include <sanitizer/tsan_interface.h>

extern "C" {
void AnnotateIgnoreSyncBegin(const char* file, int line);
void AnnotateIgnoreSyncEnd(const char* file, int line);
void AnnotateIgnoreReadsBegin(const char* file, int line);
void AnnotateIgnoreReadsEnd(const char* file, int line);
void AnnotateIgnoreWritesBegin(const char* file, int line);
void AnnotateIgnoreWritesEnd(const char* file, int line);
}
#endif

// A function that ThreadSanitizer does not look into.
#define WEFT_UNSEEN __attribute__((no_sanitize("thread")))

namespace cuda_on_cpu {

// What was done before order_before(place) comes before what is done after a later
// order_after(place).
#if defined(WEFT_THREAD_SANITIZER)
inline void order_after(void* place) { __tsan_acquire(place); }
inline void order_before(void* place) { __tsan_release(place); }
#else
inline void order_after(void*) {}
inline void order_before(void*) {}
#endif

// While there is one, its thread's accesses are not looked at, and locks and atomics order nothing.
class unseen_scope {
public:
#if defined(WEFT_THREAD_SANITIZER)
    unseen_scope() {
        AnnotateIgnoreSyncBegin(__FILE__, __LINE__);
        AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
        AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
    }
    ~unseen_scope() {
        AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
        AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
        AnnotateIgnoreSyncEnd(__FILE__, __LINE__);
    }
#else
    unseen_scope() {}   // not trivial, or compilers warn of objects that nothing uses
    ~unseen_scope() {}
#endif
    unseen_scope(const unseen_scope&) = delete;
    unseen_scope& operator=(const unseen_scope&) = delete;
};

}  // namespace cuda_on_cpu
