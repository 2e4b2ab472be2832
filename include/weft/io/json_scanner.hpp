// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A reader for the part of JSON that headers of files have: objects, strings and whole numbers,
// and nothing else. It goes from the first byte to the last, never beyond, and allocates nothing
// but the strings that it gives. It does not know what it reads.
#pragma once

#include <weft/core/json_text.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace weft {

// What a json_scanner throws: what is wrong, at a byte of the text.
struct malformed_json {
    std::size_t at;
    std::string what;
};

class json_scanner {
public:
    explicit json_scanner(std::string_view text) : text_(text) {}
    json_scanner(const json_scanner&) = delete;
    json_scanner& operator=(const json_scanner&) = delete;

    std::string_view text() const { return text_; }
    std::size_t at() const { return at_; }
    [[noreturn]] void refuse_here(const std::string& what) const {
        throw malformed_json{at_, what};
    }
    [[noreturn]] void expected(const char* what) const {
        std::string found = "the end";
        if (at_ < text_.size()) {
            const auto c = static_cast<unsigned char>(text_[at_]);
            found = c > 0x20 && c < 0x7f ? std::string("'") + text_[at_] + '\''
                                         : "the byte " + std::to_string(c);
        }
        refuse_here("found " + found + ", expected " + what);
    }
    // The next character that is no space; 0 at the end.
    char next() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' ||
                                      text_[at_] == '\r' || text_[at_] == '\t'))
            ++at_;
        return at_ < text_.size() ? text_[at_] : '\0';
    }
    bool take(char c) {
        if (next() != c) return false;
        ++at_;
        return true;
    }
    void take(char c, const char* what) {
        if (!take(c)) expected(what);
    }
    // An object; calls member(name, where it is) behind each colon.
    template <class Member>
    void members(Member member) {
        take('{', "'{'");
        if (take('}')) return;
        do {
            next();
            const std::size_t at = at_;
            std::string name = string();
            take(':', "':'");
            member(std::move(name), at);
        } while (take(','));
        take('}', "',' or '}'");
    }
    std::string string() {
        take('"', "'\"'");
        std::string out;
        while (at_ < text_.size() && text_[at_] != '"') {
            if (text_[at_] == '\\') {
                ++at_;
                escape(out);
                continue;
            }
            const std::size_t length = utf8_length(text_.substr(at_));
            if (length == 0) refuse_here("this is not UTF-8");
            if (static_cast<unsigned char>(text_[at_]) < 0x20) expected("'\"'");
            out += text_.substr(at_, length);
            at_ += length;
        }
        if (at_ == text_.size()) expected("'\"'");
        ++at_;
        return out;
    }
    std::uint64_t number() {
        const auto is_digit = [&] {
            return at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9';
        };
        next();
        if (!is_digit()) expected("a number without a sign");
        const bool zero = text_[at_] == '0';
        std::uint64_t value = 0;
        for (; is_digit(); ++at_) {
            const auto digit = static_cast<std::uint64_t>(text_[at_] - '0');
            if (value > (UINT64_MAX - digit) / 10) refuse_here("this number is too large");
            value = value * 10 + digit;
            if (zero && value != 0) refuse_here("this number begins with 0");
        }
        return value;
    }

private:
    void escape(std::string& out) {
        constexpr std::string_view names = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
        const char c = at_ < text_.size() ? text_[at_] : '\0';
        if (const std::size_t i = names.find(c); i != names.npos) {
            out += meanings[i];
            ++at_;
            return;
        }
        if (c != 'u') expected("an escape such as \\n");
        std::uint32_t code = unit();
        if (code >= 0xdc00 && code < 0xe000) refuse_here("half of a surrogate pair");
        if (code >= 0xd800 && code < 0xdc00) {
            if (text_.substr(at_, 2) != "\\u") refuse_here("half of a surrogate pair");
            ++at_;
            const std::uint32_t second = unit();
            if (second < 0xdc00 || second >= 0xe000) refuse_here("half of a surrogate pair");
            code = 0x10000 + ((code - 0xd800) << 10) + (second - 0xdc00);
        }
        append_utf8(out, code);
    }
    // Behind the backslash: "u20ac".
    std::uint32_t unit() {
        ++at_;
        std::uint32_t value = 0;
        for (int i = 0; i < 4; ++i, ++at_) {
            const char c = at_ < text_.size() ? text_[at_] : '\0';
            const bool digit = c >= '0' && c <= '9';
            const char lower = static_cast<char>(c | 0x20);
            if (!digit && (lower < 'a' || lower > 'f')) expected("four hexadecimal digits");
            value = value * 16 + static_cast<std::uint32_t>(digit ? c - '0' : lower - 'a' + 10);
        }
        return value;
    }
    static void append_utf8(std::string& out, std::uint32_t code) {
        const auto tail = [&](int shift) {
            out += static_cast<char>(0x80 | ((code >> shift) & 0x3f));
        };
        if (code < 0x80) {
            out += static_cast<char>(code);
        } else if (code < 0x800) {
            out += static_cast<char>(0xc0 | (code >> 6));
            tail(0);
        } else if (code < 0x10000) {
            out += static_cast<char>(0xe0 | (code >> 12));
            tail(6), tail(0);
        } else {
            out += static_cast<char>(0xf0 | (code >> 18));
            tail(12), tail(6), tail(0);
        }
    }

    const std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace weft
