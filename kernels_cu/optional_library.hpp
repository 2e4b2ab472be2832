// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A library of the toolkit that is opened when it is first needed: this one is linked against none
// of them, works without, and tests put functions of their own in a library's place. It knows no
// library's name.
#pragma once

#include <dlfcn.h>

#include <cstring>
#include <initializer_list>
#include <string>

namespace weft::cuda {

// Where kernels are compiled as C++ there is no GPU for a library, also if it is there.
#if defined(__CUDACC__)
inline constexpr bool has_gpus = true;
#else
inline constexpr bool has_gpus = false;
#endif

// The first of these that the loader finds, or that stands in the toolkit's usual folder; null:
// none does. It stays open.
inline void* open_library(std::initializer_list<const char*> names) {
    for (const char* folder : {"", "/usr/local/cuda/lib64/"})
        for (const char* name : names)
            if (void* const found = dlopen((std::string(folder) + name).c_str(),
                                           RTLD_NOW | RTLD_LOCAL))
                return found;
    return nullptr;
}

template <class F>
bool find_function(void* from, const char* name, F& to) {
    void* const address = dlsym(from, name);
    static_assert(sizeof to == sizeof address);
    std::memcpy(&to, &address, sizeof to);
    return address != nullptr;
}

// A table of functions that is looked for once. Not for two threads at once: who holds it has a
// lock for more than this.
template <class Functions>
class optional_functions {
public:
    // Null where `find` returns false.
    const Functions* get(bool (*find)(Functions&)) {
        if (!was_looked_for_) {
            was_looked_for_ = true;
            if (has_gpus && find(own_)) table_ = &own_;
        }
        return table_;
    }
    // Without looking.
    const Functions* current() const { return table_; }
    void replace(const Functions* table) {
        was_looked_for_ = true;
        table_ = table;
    }

private:
    bool was_looked_for_ = false;
    const Functions* table_ = nullptr;
    Functions own_{};
};

}  // namespace weft::cuda
