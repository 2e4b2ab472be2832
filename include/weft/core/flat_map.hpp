// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// flat_map<Key, T>: a hash map in two arrays, entries in the order of insertion and an index with
// linear probing. It only grows; references to values are valid until the next insertion.
// <unordered_map> is 4,500 lines more for every program to compile, and allocates for each entry.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>  // std::hash
#include <type_traits>
#include <utility>
#include <vector>

namespace weft {

template <class Key, class T>
class flat_map {
    // What is looked for: a string by a view of it.
    using lookup = std::conditional_t<std::is_convertible_v<const Key&, std::string_view>,
                                      std::string_view, Key>;

public:
    struct entry {
        Key key;
        T value;
    };

    std::size_t size() const { return entries_.size(); }
    auto begin() const { return entries_.begin(); }
    auto end() const { return entries_.end(); }
    void reserve(std::size_t n) {
        entries_.reserve(n);
        if (2 * n > index_.size()) rehash(2 * n);
    }

    // The value of a key; null if there is none.
    T* find(const lookup& key) {
        if (index_.empty()) return nullptr;
        const std::uint32_t at = index_[place_of(key)];
        return at == empty ? nullptr : &entries_[at].value;
    }
    const T* find(const lookup& key) const { return const_cast<flat_map*>(this)->find(key); }
    bool contains(const lookup& key) const { return find(key) != nullptr; }
    // The value of a key that is there.
    T& at(const Key& key) { return *find(key); }
    const T& at(const Key& key) const { return *find(key); }

    // The value of a key, T{} if it is new.
    T& operator[](const Key& key) {
        if (T* const found = find(key)) return *found;
        return *emplace(key, T{}).first;
    }
    // Adds a value unless the key is there; the value that is there now, and whether it is new.
    std::pair<T*, bool> emplace(const Key& key, T value) {
        if (2 * (entries_.size() + 1) > index_.size()) rehash(4 * (entries_.size() + 1));
        std::uint32_t& at = index_[place_of(key)];
        const bool is_new = at == empty;
        if (is_new) {
            entries_.push_back({key, std::move(value)});
            at = static_cast<std::uint32_t>(entries_.size() - 1);
        }
        return {&entries_[at].value, is_new};
    }

private:
    static constexpr std::uint32_t empty = static_cast<std::uint32_t>(-1);

    static std::size_t hash_of(std::uint32_t key) { return key * std::size_t{0x9e3779b97f4a7c15u}; }
    static std::size_t hash_of(std::string_view key) {
        return std::hash<std::string_view>{}(key)*std::size_t{0x9e3779b97f4a7c15u};
    }
    // Where the key's number is in the index, or would be. At least half of the index is empty.
    std::size_t place_of(const lookup& key) const {
        const std::size_t mask = index_.size() - 1;
        std::size_t at = hash_of(key) >> 32 & mask;
        while (index_[at] != empty && !(entries_[index_[at]].key == key)) at = (at + 1) & mask;
        return at;
    }
    void rehash(std::size_t wanted) {
        std::size_t size = 16;
        while (size < wanted) size *= 2;
        index_.assign(size, empty);
        for (std::size_t i = 0; i < entries_.size(); ++i)
            index_[place_of(entries_[i].key)] = static_cast<std::uint32_t>(i);
    }

    std::vector<entry> entries_;
    std::vector<std::uint32_t> index_;  // numbers of entries, or `empty`; 2^n of them
};

}  // namespace weft
