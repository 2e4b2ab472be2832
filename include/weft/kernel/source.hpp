// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// source<T>: an input that a kernel reads block by block. It is either a tensor in memory or a
// fused element-wise expression that is evaluated as it is read, a cache-sized block at a time; the
// kernel that reads it is compiled once per element type either way.
#pragma once

#include <weft/core/view.hpp>

#include <cstring>

namespace weft {

// Elements that a kernel reads at a time from a source, at most: 4 to 16 KiB, half of the first
// cache.
inline constexpr std::size_t source_block = 2048;

template <class T>
class source {
public:
    // A tensor in memory.
    source(const T* data, const dims& shape) : shape_(shape), data_(data) {}
    // An expression: `read(object, first, last, to)` evaluates a range of its elements.
    source(const void* object, void (*read)(const void*, std::size_t, std::size_t, T*),
           const dims& shape)
        : shape_(shape), object_(object), read_(read) {}

    const dims& shape() const { return shape_; }
    std::size_t size() const { return shape_.size(); }
    // The tensor's elements, or null where the source is an expression.
    const T* data() const { return data_; }

    // Elements [first, last), at most source_block of them: where they are, or evaluated to
    // `buffer`.
    const T* block(std::size_t first, std::size_t last, T* buffer) const {
        if (read_ == nullptr) return data_ + first;
        read_(object_, first, last, buffer);
        return buffer;
    }
    // Elements [first, last), any number of them, written to `to`.
    void copy_to(std::size_t first, std::size_t last, T* to) const {
        if (read_ != nullptr) return read_(object_, first, last, to);
        if (first < last)
            std::memcpy(static_cast<void*>(to), data_ + first, (last - first) * sizeof(T));
    }

private:
    dims shape_;
    const T* data_ = nullptr;
    const void* object_ = nullptr;
    void (*read_)(const void*, std::size_t, std::size_t, T*) = nullptr;
};

}  // namespace weft
