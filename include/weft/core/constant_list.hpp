// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// constant_list<T>: a list that grows while the compiler evaluates a constant. It works at run
// time, too, but is made for few steps, which clang counts and which take g++ time: std::vector
// takes several times as many.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace weft {

// T has no constructors: what is not written has no value. Not copyable; indices are not checked.
template <class T>
class constant_list {
    static_assert(std::is_trivial_v<T>);

public:
    constexpr constant_list() = default;
    // n times a value.
    constexpr constant_list(std::size_t n, const T& value) {
        reserve(n);
        resize(n);
        for (std::size_t i = 0; i < n; ++i) data_[i] = value;
    }
    constant_list(const constant_list&) = delete;
    constant_list& operator=(const constant_list&) = delete;
    constexpr ~constant_list() { delete[] data_; }

    constexpr std::uint32_t size() const { return size_; }
    constexpr T* data() { return data_; }
    constexpr const T* data() const { return data_; }
    constexpr T& operator[](std::size_t i) { return data_[i]; }
    constexpr const T& operator[](std::size_t i) const { return data_[i]; }
    constexpr void push_back(const T& value) {
        if (size_ == capacity_) reserve(size_ + std::size_t{1});
        data_[size_++] = value;
    }
    // Drops what is behind the first n elements, or adds some without a value; there is room.
    constexpr void resize(std::size_t n) { size_ = static_cast<std::uint32_t>(n); }
    // Makes room for n elements in all.
    constexpr void reserve(std::size_t n) {
        if (n <= capacity_) return;
        std::size_t capacity = capacity_ == 0 ? 64 : 4 * std::size_t{capacity_};
        if (capacity < n) capacity = n;
        T* const larger = new T[capacity];
        for (std::uint32_t i = 0; i < size_; ++i) larger[i] = data_[i];
        delete[] data_;
        data_ = larger;
        capacity_ = static_cast<std::uint32_t>(capacity);
    }

private:
    T* data_ = nullptr;
    std::uint32_t size_ = 0, capacity_ = 0;
};

}  // namespace weft
