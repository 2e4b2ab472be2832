// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The part of NVRTC that is used, as declarations of weft's own: the library, of 109 MB, is loaded
// when a kernel is first to be compiled, so neither its header nor the library itself is needed to
// build a program or to start it. Tests put functions of their own in the table. Knows no tree.
#pragma once

#include <cstddef>
#include <string>

namespace weft::cuda::nvrtc {

using program = struct program_of*;
using status = int;  // 0: success

struct functions {
    status (*version)(int* major, int* minor);
    status (*create)(program* made, const char* source, const char* name, int header_count,
                     const char* const* headers, const char* const* header_names);
    status (*destroy)(program* made);
    status (*add_name)(program of, const char* name);
    status (*compile)(program of, int option_count, const char* const* options);
    status (*log_size)(program of, std::size_t* bytes);
    status (*log)(program of, char* to);
    status (*lowered_name)(program of, const char* name, const char** lowered);
    status (*cubin_size)(program of, std::size_t* bytes);
    status (*cubin)(program of, char* to);
};

// The functions of the library; null where it is not found, or its version is another.
const functions* loaded();
// Whether the library is there, also where kernels are C++ and loaded() finds none.
bool find(functions& f);
// Others, or none; for tests.
void replace(const functions* table);

// A kernel for one architecture, and what it is called in there.
struct compiled_kernel {
    std::string symbol;
    std::string cubin;
};
// Compiles what `name` names in a program that sees the headers of weft, for sm_<architecture>.
// False: `log` has what the compiler said.
bool compile(const functions& f, const std::string& source, const std::string& name,
             int architecture, compiled_kernel& out, std::string& log);
// Whether the headers of weft are in this library.
bool has_headers();
// All that a result depends on besides the program, its name and the architecture.
std::string identity(const functions& f);

}  // namespace weft::cuda::nvrtc
