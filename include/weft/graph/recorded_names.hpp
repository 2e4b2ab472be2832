// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The names in use in a graph that the compiler records: a hash table for constant evaluation. It
// knows where names are in the recorder's characters, not what they mean.
#pragma once

#include <weft/core/constant_list.hpp>
#include <weft/graph/recorded.hpp>

namespace weft {

// Each name has the last number that was put behind it.
class recorded_names {
public:
    static constexpr std::uint32_t none = static_cast<std::uint32_t>(-1);
    static constexpr std::uint32_t empty_hash = 2166136261u;
    // FNV-1a, character by character.
    static constexpr std::uint32_t next_hash(std::uint32_t hash, char c) {
        return (hash ^ static_cast<unsigned char>(c)) * 16777619u;
    }

    constexpr std::uint32_t find(const constant_list<char>& characters, recorded_text text,
                                 std::uint32_t hash) const {
        if (buckets_ == 0) return none;
        for (std::uint32_t at = heads_[hash & (buckets_ - 1)]; at != 0; at = entries_[at - 1].next)
            if (entries_[at - 1].hash == hash && same(characters, entries_[at - 1].text, text))
                return at - 1;
        return none;
    }
    constexpr recorded_text add(recorded_text text, std::uint32_t hash) {
        entries_.push_back({text, hash, 0, 0});
        if (entries_.size() > buckets_)
            rehash();
        else
            insert(entries_.size() - 1);
        return text;
    }
    constexpr std::uint32_t next_number(std::uint32_t at) { return ++entries_[at].number; }

private:
    struct entry {
        recorded_text text;
        std::uint32_t hash, number, next;  // next: one more than its place, 0 for none
    };

    static constexpr bool same(const constant_list<char>& characters, recorded_text a,
                               recorded_text b) {
        if (a.length != b.length) return false;
        for (std::uint32_t i = 0; i < a.length; ++i)
            if (characters[a.first + i] != characters[b.first + i]) return false;
        return true;
    }
    constexpr void insert(std::uint32_t at) {
        std::uint32_t& head = heads_[entries_[at].hash & (buckets_ - 1)];
        entries_[at].next = head;
        head = at + 1;
    }
    constexpr void rehash() {
        buckets_ = buckets_ == 0 ? 64 : 4 * buckets_;
        heads_.shorten(0);
        for (std::uint32_t i = 0; i < buckets_; ++i) heads_.push_back(0);
        for (std::uint32_t at = 0; at < entries_.size(); ++at) insert(at);
    }

    constant_list<entry> entries_{};
    constant_list<std::uint32_t> heads_{};
    std::uint32_t buckets_ = 0;
};

}  // namespace weft
