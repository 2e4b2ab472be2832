// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A product of row-major matrices by cublasLt, as a program that knows only this library asks for
// it: its first proposal, 32 MiB to work in, no restriction but that float is not multiplied as
// TF32. What weft's own use of the library adds or leaves out is not in here.
#pragma once

#include "own_stream.hpp"

#include <kernels_cu/cublaslt.hpp>

#include <cstddef>

namespace bench {

struct product_sizes {
    std::size_t rows, depth, columns;
};

class bare_product {
public:
    // Of float or half. Throws where the library refuses.
    bare_product(own_stream& on, weft::dtype type, const product_sizes& sizes);
    bare_product(const bare_product&) = delete;
    bare_product& operator=(const bare_product&) = delete;
    ~bare_product();

    static bool is_possible() { return weft::cuda::cublaslt::loaded() != nullptr; }
    void operator()(const device_memory& a, const device_memory& b, const device_memory& out);

private:
    void require_success(int status, const char* what) const;

    own_stream& on_;
    const weft::cuda::cublaslt::functions* f_ = weft::cuda::cublaslt::loaded();
    weft::cuda::cublaslt::handle with_ = nullptr;
    weft::cuda::cublaslt::operation of_ = nullptr;
    weft::cuda::cublaslt::layout a_ = nullptr, b_ = nullptr, out_ = nullptr;
    weft::cuda::cublaslt::heuristic_result how_{};
    device_memory workspace_;
};

}  // namespace bench
