// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Functions compiled for more than one instruction set. With WEFT_DISPATCH, what a program's flags
// leave out of x86-64-v3 and v4 is compiled beside, from the same source, and picked by what the
// processor has; without it there is one variant, and nothing to pick. The functions inside need no
// attributes: they are inlined into the variants, and packs cross a call in memory whatever the
// caller may use (see pack.hpp).
#pragma once

#include <weft/config.hpp>

#include <cstddef>
#include <cstdint>

namespace weft {

// The instruction sets that kernels of this program are compiled for, in order: what its flags say,
// and what dispatch adds.
enum class instruction_set : std::uint8_t { of_flags, x86_64_v3, x86_64_v4 };
inline constexpr std::size_t variant_count = dispatches ? 3 : 1;

// Bytes of a register in each.
template <instruction_set Set>
inline constexpr int register_bytes_of = Set == instruction_set::x86_64_v4   ? 64
                                         : Set == instruction_set::x86_64_v3 ? 32
                                                                             : register_bytes;

// The one that kernels of this process use: the best that the processor has, or what the
// environment variable WEFT_INSTRUCTION_SET says, `flags`, `x86-64-v3` or `x86-64-v4`, if it has
// that. Nodes look when they are made, other kernels when they run.
instruction_set instruction_set_in_use();
// Takes another one from here on; false, and nothing happens, where the processor or the program
// lacks it. For tests: not while other threads make nodes or run kernels.
bool use_instruction_set(instruction_set set);
// As WEFT_INSTRUCTION_SET has it.
const char* name_of(instruction_set set);

// The variants of a function of signature R(A...). Code has
//   template <instruction_set Set> [[gnu::always_inline]] static R run(A...);
// which works on registers of register_bytes_of<Set>.
template <class Code, class Signature>
struct variants;
template <class Code, class R, class... A>
struct variants<Code, R(A...)> {
    [[gnu::noinline]] static R of_flags(A... a) {
        return Code::template run<instruction_set::of_flags>(a...);
    }
#if WEFT_COMPILES_VARIANTS
    [[gnu::noinline, gnu::target("arch=x86-64-v3")]] static R v3(A... a) {
        return Code::template run<instruction_set::x86_64_v3>(a...);
    }
    [[gnu::noinline, gnu::target("arch=x86-64-v4")]] static R v4(A... a) {
        return Code::template run<instruction_set::x86_64_v4>(a...);
    }
    static constexpr R (*all[])(A...) = {&of_flags, &v3, &v4};
#else
    static constexpr R (*all[])(A...) = {&of_flags};
#endif
    // The one in use.
    static R call(A... a) {
        if constexpr (dispatches)
            return all[static_cast<std::size_t>(instruction_set_in_use())](a...);
        else
            return of_flags(a...);
    }
};

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/kernel/instruction_set_source.hpp>
#endif
