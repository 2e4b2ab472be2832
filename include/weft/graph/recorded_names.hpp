// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The names in use in a graph that the compiler records: a hash table for constant evaluation, in
// which names are pieces of the recorder's characters. The recorder hashes a name while it writes
// it; what names mean is not known here.
#pragma once

#include <weft/core/constant_list.hpp>
#include <weft/graph/recorded.hpp>

namespace weft {

// Each name has the last number that was put behind it.
class recorded_names {
public:
    static constexpr std::uint32_t none = static_cast<std::uint32_t>(-1);
    // FNV-1a: for each character, hash = (hash ^ character) * factor.
    static constexpr std::uint32_t first_hash = 2166136261u, factor = 16777619u;

    // `text` is in `characters`, as all that were added.
    constexpr std::uint32_t find(const char* characters, recorded_text text,
                                 std::uint32_t hash) const {
        if (buckets_ == 0) return none;
        const entry* const entries = entries_.data();
        for (std::uint32_t at = heads_[hash & (buckets_ - 1)]; at != 0; at = entries[at - 1].next)
            if (entries[at - 1].hash == hash &&
                same(characters + entries[at - 1].text.first, entries[at - 1].text.length,
                     characters + text.first, text.length))
                return at - 1;
        return none;
    }
    constexpr void add(recorded_text text, std::uint32_t hash) {
        entries_.push_back({text, hash, 0, 0});
        if (entries_.size() > buckets_)
            rehash();
        else
            insert(entries_.size() - 1);
    }
    constexpr std::uint32_t next_number(std::uint32_t at) { return ++entries_[at].number; }

private:
    struct entry {
        recorded_text text;
        std::uint32_t hash, number, next;  // next: one more than its place, 0 for none
    };

    static constexpr bool same(const char* a, std::uint32_t a_length, const char* b,
                               std::uint32_t b_length) {
        if (a_length != b_length) return false;
        for (std::uint32_t i = 0; i < a_length; ++i)
            if (a[i] != b[i]) return false;
        return true;
    }
    constexpr void insert(std::uint32_t at) {
        std::uint32_t& head = heads_[entries_[at].hash & (buckets_ - 1)];
        entries_[at].next = head;
        head = at + 1;
    }
    constexpr void rehash() {
        buckets_ = buckets_ == 0 ? 256 : 4 * buckets_;
        heads_.reserve(buckets_);
        heads_.resize(buckets_);
        for (std::uint32_t i = 0; i < buckets_; ++i) heads_[i] = 0;
        for (std::uint32_t at = 0; at < entries_.size(); ++at) insert(at);
    }

    constant_list<entry> entries_{};
    constant_list<std::uint32_t> heads_{};
    std::uint32_t buckets_ = 0;
};

}  // namespace weft
