// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Which instruction set kernels use: asked of the processor, once. Only what both compilers can ask
// for is: they know single features by the same names, levels of x86-64 only in newer versions.
// What it decides is never more than the program was compiled for.
#pragma once

#include <weft/kernel/instruction_set.hpp>

// Expressions of programs without variants include none of this.
#if WEFT_COMPILES_VARIANTS
#include <atomic>
#include <cstdlib>
#include <cstring>
#endif

namespace weft {

#if WEFT_COMPILES_VARIANTS
namespace detail {

// The compiler's own question looks at what the operating system saves, too.
inline bool processor_has(instruction_set set) {
    const bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                    __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
                    __builtin_cpu_supports("popcnt");
    if (set == instruction_set::x86_64_v3) return v3;
    if (set == instruction_set::x86_64_v4)
        return v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512vl");
    return set == instruction_set::of_flags;
}

inline instruction_set first_instruction_set() {
    constexpr instruction_set best_first[] = {instruction_set::x86_64_v4,
                                              instruction_set::x86_64_v3};
    const char* const wanted = std::getenv("WEFT_INSTRUCTION_SET");
    if (wanted != nullptr && std::strcmp(wanted, name_of(instruction_set::of_flags)) == 0)
        return instruction_set::of_flags;
    for (instruction_set set : best_first)
        if (wanted != nullptr && std::strcmp(wanted, name_of(set)) == 0 && processor_has(set))
            return set;
    for (instruction_set set : best_first)
        if (processor_has(set)) return set;
    return instruction_set::of_flags;
}

// Relaxed: who changes it is alone.
inline std::atomic<instruction_set>& current_instruction_set() {
    static std::atomic<instruction_set> set{first_instruction_set()};
    return set;
}

}  // namespace detail

WEFT_SOURCE instruction_set instruction_set_in_use() {
    return detail::current_instruction_set().load(std::memory_order_relaxed);
}

WEFT_SOURCE bool use_instruction_set(instruction_set set) {
    if (!detail::processor_has(set)) return false;
    detail::current_instruction_set().store(set, std::memory_order_relaxed);
    return true;
}
#else
WEFT_SOURCE instruction_set instruction_set_in_use() { return instruction_set::of_flags; }
WEFT_SOURCE bool use_instruction_set(instruction_set set) {
    return set == instruction_set::of_flags;
}
#endif

WEFT_SOURCE const char* name_of(instruction_set set) {
    switch (set) {
        case instruction_set::x86_64_v3: return "x86-64-v3";
        case instruction_set::x86_64_v4: return "x86-64-v4";
        default: return "flags";
    }
}

}  // namespace weft
