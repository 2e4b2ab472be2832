// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The version, and the only compiler conditionals of weft: what differs between g++, clang and
// nvcc, and the width of the vectors that element-wise loops are made of. Nothing else in weft asks
// which compiler this is. And the switch between header-only and separate compilation.
#pragma once

#define WEFT_VERSION_MAJOR 0
#define WEFT_VERSION_MINOR 1
#define WEFT_VERSION_PATCH 0

// Marks a function that also runs in device code when nvcc compiles it.
#if defined(__CUDACC__)
#define WEFT_HOST_DEVICE __host__ __device__
#else
#define WEFT_HOST_DEVICE
#endif

// Whether this is what nvcc makes of a file for the device, where nothing can be thrown.
#if defined(__CUDA_ARCH__)
#define WEFT_IS_DEVICE_CODE 1
#else
#define WEFT_IS_DEVICE_CODE 0
#endif

// The lanes of two vectors, by number. nvcc, for which vectors have one lane, cannot pass a pack of
// numbers on.
#if defined(__CUDACC__)
#define WEFT_SHUFFLE(a, b, ...) (a)
#else
#define WEFT_SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#endif

// Code that does not depend on types of the program is declared in NAME.hpp and defined in
// NAME_source.hpp, with WEFT_SOURCE before each definition. As it comes, weft is header-only:
// NAME.hpp includes NAME_source.hpp at its end. With WEFT_SEPARATE_COMPILATION it does not, the
// program compiles include/weft/source.cpp once, and its other files compile several times faster.
// Either all files of a program define it, or none; the library weft_cuda is used by both.
#if defined(WEFT_SEPARATE_COMPILATION)
#define WEFT_HEADER_ONLY 0
#define WEFT_SOURCE
#else
#define WEFT_HEADER_ONLY 1
#define WEFT_SOURCE inline
#endif

// Programs that use GPUs through CUDA define WEFT_CUDA in all files and link the library weft_cuda
// (kernels_cu/). Files that nvcc compiles get a kernel of their own for each fused expression;
// WEFT_CUDA=2 says that for a compiler that is given CUDA's keywords otherwise.
#if defined(WEFT_CUDA)
#define WEFT_HAS_CUDA 1
#if defined(__CUDACC__) || WEFT_CUDA == 2
#define WEFT_COMPILES_GPU 1
#else
#define WEFT_COMPILES_GPU 0
#endif
#else
#define WEFT_HAS_CUDA 0
#define WEFT_COMPILES_GPU 0
#endif

namespace weft {

// What this file has for GPUs. Files of one program may differ, so a template whose meaning depends
// on it has it for an argument: the linker would else keep the one or the other.
enum class gpu_code : unsigned char {
    emulated,  // no more than an emulated GPU needs
    linked,    // what the library weft_cuda has compiled
    compiled   // that, and kernels of this file's own
};
inline constexpr bool has_cuda = WEFT_HAS_CUDA;
#if WEFT_COMPILES_GPU
inline constexpr gpu_code gpu_code_here = gpu_code::compiled;
#elif WEFT_HAS_CUDA
inline constexpr gpu_code gpu_code_here = gpu_code::linked;
#else
inline constexpr gpu_code gpu_code_here = gpu_code::emulated;
#endif

// Tells the core that this thread only waits: for loops that look at memory again and again.
inline void relax_core() noexcept {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

// Stores a line of 64 bytes at an address that is a multiple of 64 past the caches, where the
// processor can do that; and orders such stores before all that follow.
inline void store_line_past_caches(char* to, const char* from) noexcept {
#if defined(__x86_64__)
    typedef long long quarter __attribute__((vector_size(16)));
    quarter line[4];
    __builtin_memcpy(&line, from, sizeof line);
    for (int i = 0; i < 4; ++i)
        asm volatile("movntdq %1, %0"
                     : "=m"(*reinterpret_cast<quarter*>(to + 16 * i))
                     : "x"(line[i]));
#else
    __builtin_memcpy(to, from, 64);
#endif
}
inline void order_stores_past_caches() noexcept {
#if defined(__x86_64__)
    asm volatile("sfence" ::: "memory");
#endif
}

// Whether memory of dropped tensors is kept for later ones: not where AddressSanitizer is to find
// who uses it afterwards.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool recycles_memory = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
inline constexpr bool recycles_memory = false;
#else
inline constexpr bool recycles_memory = true;
#endif
#else
inline constexpr bool recycles_memory = true;
#endif

// Bytes of one vector register of the instruction set this file is compiled for; 1 for nvcc, whose
// functions for host and device cannot hold vectors: its loops are scalar, for the host compiler to
// vectorise.
#if defined(__CUDACC__)
inline constexpr int register_bytes = 1;
#elif defined(__AVX512F__)
inline constexpr int register_bytes = 64;
#elif defined(__AVX__)
inline constexpr int register_bytes = 32;
#else
inline constexpr int register_bytes = 16;
#endif

// Whether kernels are also compiled for instruction sets that the program's flags leave out, to be
// picked when it runs: see kernel/instruction_set.hpp. Either all files of a program define
// WEFT_DISPATCH, or none. Flags that name AVX-512 leave nothing out.
#if defined(WEFT_DISPATCH) && defined(__x86_64__) && !defined(__AVX512F__) && !defined(__CUDACC__)
#define WEFT_COMPILES_VARIANTS 1
#else
#define WEFT_COMPILES_VARIANTS 0
#endif
inline constexpr bool dispatches = WEFT_COMPILES_VARIANTS;

// Whether that instruction set multiplies and adds with one rounding.
#if defined(__FMA__) && !defined(__CUDACC__)
inline constexpr bool has_fused_multiply_add = true;
#else
inline constexpr bool has_fused_multiply_add = false;
#endif

}  // namespace weft
