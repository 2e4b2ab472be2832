// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Programs for NVRTC. The headers that it reads are kept in this file, as Meson has made it: those
// that the kernels of this library were compiled from. Without them nothing is compiled.
#include "nvrtc.hpp"

#include "optional_library.hpp"

#include <cstring>
#include <mutex>
#include <utility>
#include <vector>

namespace weft::cuda::nvrtc {

namespace {

struct embedded_header {
    const char* name;
    const char* text;
};
#if __has_include(<weft_embedded_headers.hpp>)
#include <weft_embedded_headers.hpp>
constexpr bool are_embedded = true;
#else
constexpr embedded_header embedded_headers[] = {{"", ""}};
constexpr bool are_embedded = false;
#endif

constexpr const char* common_options[] = {"--std=c++20", "-default-device", "-w", "-DWEFT_CUDA",
                                          "-DWEFT_SEPARATE_COMPILATION"};

struct library {
    std::mutex mutex;
    optional_functions<functions> table;
};
library& the_library() {
    static library* const one = new library;  // outlives whatever runs at exit
    return *one;
}

bool make(const functions& f, program& made, const std::string& source) {
    std::vector<const char*> names, texts;
    for (const embedded_header& header : embedded_headers) {
        names.push_back(header.name);
        texts.push_back(header.text);
    }
    return f.create(&made, source.c_str(), "expression.cu", static_cast<int>(names.size()),
                    texts.data(), names.data()) == 0;
}

bool take_result(const functions& f, program from, const std::string& name, compiled_kernel& out) {
    const char* lowered = nullptr;
    std::size_t bytes = 0;
    if (f.lowered_name(from, name.c_str(), &lowered) != 0 || f.cubin_size(from, &bytes) != 0)
        return false;
    out.symbol = lowered;
    out.cubin.resize(bytes);
    return bytes > 0 && f.cubin(from, out.cubin.data()) == 0;
}

std::string log_of(const functions& f, program from) {
    std::size_t bytes = 0;
    if (f.log_size(from, &bytes) != 0 || bytes < 2) return "NVRTC does not say why";
    std::string text(bytes, '\0');
    if (f.log(from, text.data()) != 0) return "NVRTC does not say why";
    text.resize(std::strlen(text.c_str()));
    return text;
}

}  // namespace

bool find(functions& f) {
    void* const lib = open_library({"libnvrtc.so.13"});
    return lib != nullptr && find_function(lib, "nvrtcVersion", f.version) &&
           find_function(lib, "nvrtcCreateProgram", f.create) &&
           find_function(lib, "nvrtcDestroyProgram", f.destroy) &&
           find_function(lib, "nvrtcAddNameExpression", f.add_name) &&
           find_function(lib, "nvrtcCompileProgram", f.compile) &&
           find_function(lib, "nvrtcGetProgramLogSize", f.log_size) &&
           find_function(lib, "nvrtcGetProgramLog", f.log) &&
           find_function(lib, "nvrtcGetLoweredName", f.lowered_name) &&
           find_function(lib, "nvrtcGetCUBINSize", f.cubin_size) &&
           find_function(lib, "nvrtcGetCUBIN", f.cubin);
}

const functions* loaded() {
    library& lib = the_library();
    const std::lock_guard lock(lib.mutex);
    return lib.table.get(find);
}

void replace(const functions* table) {
    library& lib = the_library();
    const std::lock_guard lock(lib.mutex);
    lib.table.replace(table);
}

bool has_headers() { return are_embedded; }

std::string identity(const functions& f) {
    int major = 0, minor = 0;
    static_cast<void>(f.version(&major, &minor));
    std::string text = std::to_string(major) + '.' + std::to_string(minor);
    for (const char* option : common_options) (text += ' ') += option;
    for (const embedded_header& header : embedded_headers)
        ((text += '\n') += header.name) += header.text;
    return text;
}

bool compile(const functions& f, const std::string& source, const std::string& name,
             int architecture, compiled_kernel& out, std::string& log) {
    program made = nullptr;
    if (!make(f, made, source)) {
        log = "NVRTC makes no program";
        return false;
    }
    const std::string target = "--gpu-architecture=sm_" + std::to_string(architecture);
    std::vector<const char*> options(std::begin(common_options), std::end(common_options));
    options.push_back(target.c_str());
    const bool done =
        f.add_name(made, name.c_str()) == 0 &&
        f.compile(made, static_cast<int>(options.size()), options.data()) == 0 &&
        take_result(f, made, name, out);
    if (!done) log = log_of(f, made);
    static_cast<void>(f.destroy(&made));
    return done;
}

}  // namespace weft::cuda::nvrtc
