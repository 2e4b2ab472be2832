// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// constant_list<T>: a list that grows while the compiler evaluates a constant. It works at run time,
// too, but is made for few steps: std::vector takes several times as many, and clang counts them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace weft {

// T is default-constructible and copied by assignment. Not copyable; indices are not checked.
template <class T>
class constant_list {
public:
    constexpr constant_list() = default;
    // n elements.
    constexpr explicit constant_list(std::size_t n)
        : data_(new T[n + 1]{}),
          size_(static_cast<std::uint32_t>(n)),
          capacity_(static_cast<std::uint32_t>(n + 1)) {}
    constant_list(const constant_list&) = delete;
    constant_list& operator=(const constant_list&) = delete;
    constexpr ~constant_list() { delete[] data_; }

    constexpr std::uint32_t size() const { return size_; }
    constexpr const T* data() const { return data_; }
    constexpr T& operator[](std::uint32_t i) { return data_[i]; }
    constexpr const T& operator[](std::uint32_t i) const { return data_[i]; }
    constexpr void push_back(const T& value) {
        if (size_ == capacity_) grow();
        data_[size_++] = value;
    }
    // Drops all from the n-th on.
    constexpr void shorten(std::uint32_t n) { size_ = n; }

private:
    constexpr void grow() {
        capacity_ = capacity_ == 0 ? 32 : 4 * capacity_;
        T* const larger = new T[capacity_]{};
        for (std::uint32_t i = 0; i < size_; ++i) larger[i] = data_[i];
        delete[] data_;
        data_ = larger;
    }

    T* data_ = nullptr;
    std::uint32_t size_ = 0, capacity_ = 0;
};

}  // namespace weft
