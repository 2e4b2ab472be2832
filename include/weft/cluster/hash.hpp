// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A 128-bit hash of bytes, for frames, plans and graphs: two lanes of 64 bits, multiplied, rotated
// and mixed as MurmurHash3 (x64, 128 bits, in the public domain) does, with its constants. Equal on
// all machines of the same byte order. Finds accidents, not attacks.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace weft {

struct hash128 {
    std::uint64_t low = 0, high = 0;

    friend bool operator==(const hash128&, const hash128&) = default;
};

// Hashes what is added, as if it were one text: add lengths where parts could run together.
class hasher {
public:
    explicit hasher(std::uint64_t seed = 0) : low_(seed), high_(seed) {}

    void add(std::span<const std::byte> bytes) {
        const std::byte* from = bytes.data();
        std::size_t left = bytes.size();
        if (left == 0) return;
        total_ += left;
        if (held_ != 0) {
            const std::size_t n = left < 16 - held_ ? left : 16 - held_;
            std::memcpy(rest_ + held_, from, n);
            held_ += n;
            from += n;
            left -= n;
            if (held_ < 16) return;
            add_block(rest_);
        }
        for (; left >= 16; from += 16, left -= 16) add_block(from);
        if (left != 0) std::memcpy(rest_, from, left);
        held_ = left;
    }
    void add(std::uint64_t word) { add(std::as_bytes(std::span(&word, 1))); }
    // Its length, then its letters.
    void add(std::string_view text) {
        add(std::uint64_t{text.size()});
        add(std::as_bytes(std::span(text)));
    }

    hash128 finish() const {
        hasher last = *this;
        if (held_ != 0) {
            std::memset(last.rest_ + held_, 0, 16 - held_);
            last.add_block(last.rest_);
        }
        std::uint64_t a = last.low_ ^ total_, b = last.high_ ^ total_;
        a += b;
        b += a;
        a = mixed(a);
        b = mixed(b);
        a += b;
        return {a, b + a};
    }

private:
    void add_block(const std::byte* from) {
        constexpr std::uint64_t first = 0x87c37b91114253d5, second = 0x4cf5ad432745937f;
        std::uint64_t words[2];
        std::memcpy(words, from, 16);
        low_ ^= std::rotl(words[0] * first, 31) * second;
        low_ = (std::rotl(low_, 27) + high_) * 5 + 0x52dce729;
        high_ ^= std::rotl(words[1] * second, 33) * first;
        high_ = (std::rotl(high_, 31) + low_) * 5 + 0x38495ab5;
    }
    static std::uint64_t mixed(std::uint64_t word) {
        word = (word ^ (word >> 33)) * 0xff51afd7ed558ccd;
        word = (word ^ (word >> 33)) * 0xc4ceb9fe1a85ec53;
        return word ^ (word >> 33);
    }

    std::uint64_t low_, high_, total_ = 0;
    std::size_t held_ = 0;  // bytes in rest_
    std::byte rest_[16];
};

}  // namespace weft
