// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The element-wise expression that reads the result of an op's kernel, as that kernel sees it: once
// a piece of its result is final, and while it is still in the cache, the kernel has the expression
// evaluated on it. A kernel that has `static constexpr bool writes_back = true` is given a
// `const write_back&` as its last argument, or none, and does so for every element of its result,
// once; after others the expression is a second pass. No types: such a kernel is compiled once,
// whatever reads it.
#pragma once

#include <weft/kernel/bound_tree.hpp>

namespace weft {

class write_back {
public:
    // Nothing reads the result but its consumers.
    write_back() = default;
    // `around` reads the result and gives elements of so many bytes, to `out`.
    write_back(const bound_tree& around, void* out, std::size_t bytes)
        : around_(&around), out_(static_cast<char*>(out)), bytes_(bytes) {}

    // Elements [first, last) of the result are final. From any thread.
    void operator()(std::size_t first, std::size_t last) const {
        if (around_ != nullptr) around_->evaluate(first, last, out_ + first * bytes_);
    }
    // The same of `rows` pieces of `length` elements, `step` apart.
    void operator()(std::size_t first, std::size_t rows, std::size_t length,
                    std::size_t step) const {
        if (around_ == nullptr) return;
        if (length == step) return (*this)(first, first + rows * length);
        for (; rows > 0; --rows, first += step) (*this)(first, first + length);
    }

private:
    const bound_tree* around_ = nullptr;
    char* out_ = nullptr;
    std::size_t bytes_ = 0;
};

}  // namespace weft
