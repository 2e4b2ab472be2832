// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Compiled kernels in a folder, a file for each, named by a hash of all that the kernel depends on.
// Several processes may use one folder: files are written beside their place and then renamed. A
// file that is damaged is none, and a folder that cannot be written keeps nothing; neither is an
// error, since the kernel can be compiled again.
#pragma once

#include "nvrtc.hpp"

#include <weft/cluster/hash.hpp>

namespace weft::cuda {

class kernel_cache {
public:
    // "": keeps nothing.
    explicit kernel_cache(std::string folder) : folder_(std::move(folder)) {}

    bool find(const hash128& key, nvrtc::compiled_kernel& out) const;
    void keep(const hash128& key, const nvrtc::compiled_kernel& kernel) const;
    std::string path(const hash128& key) const;

private:
    std::string folder_;
};

}  // namespace weft::cuda
