// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How device names are read from text, written as text and put over each other. A name is read from
// left to right, once, and whatever is wrong with it is told with its place. Knows no graph and no
// device.
#pragma once

#include <weft/core/device_name.hpp>

namespace weft {

namespace detail {

// Reads one device specification from left to right; positions in messages count from 1.
class device_spec_reader {
public:
    explicit device_spec_reader(std::string_view text) : text_(text) {}

    device_spec read() {
        if (text_.empty() || text_ == "/") return spec_;
        while (next_ < text_.size()) {
            if (text_[next_] != '/') malformed(next_, next_ == 0 ? "'/' is wanted" : unexpected());
            ++next_;
            read_part();
        }
        return spec_;
    }

private:
    enum part : unsigned { job = 1, replica = 2, task = 4, device = 8 };

    void read_part() {
        const std::size_t start = next_;
        if (next_ == text_.size() || text_[next_] == '/') malformed(next_, "an empty part");
        const std::string_view word = read_word("the name of a part is wanted");
        if (word == "job") {
            once(job, start, "a second job");
            want_colon();
            if (!read_any()) spec_.job = read_word("the name of a job or '*' is wanted");
        } else if (word == "task") {
            once(task, start, "a second task");
            want_colon();
            spec_.task = read_number();
        } else if (word == "replica") {
            once(replica, start, "a second replica");
            want_colon();
            const std::size_t number = next_;
            if (read_number() > 0) malformed(number, "a replica other than 0");
        } else {
            once(device, start, "a second device kind");
            read_device(word, start);
        }
    }

    // After the first word of "device:GPU:0", "device:*:0", "gpu:0" or "gpu".
    void read_device(std::string_view word, std::size_t start) {
        bool any_kind = false;
        if (word == "device") {
            want_colon();
            start = next_;
            any_kind = read_any();
            if (!any_kind) word = read_word("a device kind or '*' is wanted");
        }
        if (!any_kind) {
            for (char c : word) spec_.kind += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
            if (spec_.kind == "job" || spec_.kind == "task" || spec_.kind == "replica" ||
                spec_.kind == "device")
                malformed(start, "a reserved word, which is no device kind,");
        }
        if (next_ < text_.size() && text_[next_] == ':') {
            ++next_;
            spec_.index = read_number();
        }
    }

    void once(part which, std::size_t at, const char* wrong) {
        if (seen_ & which) malformed(at, wrong);
        seen_ |= which;
    }
    void want_colon() {
        if (next_ == text_.size() || text_[next_] != ':') malformed(next_, "':' is wanted");
        ++next_;
    }
    bool read_any() {
        if (next_ == text_.size() || text_[next_] != '*') return false;
        ++next_;
        return true;
    }

    // [A-Za-z][A-Za-z0-9_]*, whatever the locale.
    std::string_view read_word(const char* wanted) {
        const std::size_t start = next_;
        while (next_ < text_.size() &&
               (is_letter(text_[next_]) || (next_ > start && is_inner(text_[next_]))))
            ++next_;
        if (next_ == start) malformed(start, wanted);
        return text_.substr(start, next_ - start);
    }
    static bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
    static bool is_digit(char c) { return c >= '0' && c <= '9'; }
    static bool is_inner(char c) { return is_digit(c) || c == '_'; }

    // A number that fits int, or -1 for '*'.
    int read_number() {
        if (read_any()) return -1;
        constexpr int max = static_cast<int>(~0u >> 1);
        const std::size_t start = next_;
        int value = 0;
        for (; next_ < text_.size() && is_digit(text_[next_]); ++next_) {
            const int digit = text_[next_] - '0';
            if (value > (max - digit) / 10) malformed(start, "a number that does not fit int");
            value = value * 10 + digit;
        }
        if (next_ == start) malformed(start, "a number or '*' is wanted");
        return value;
    }

    std::string unexpected() const { return "an unexpected " + quoted(text_.substr(next_, 1)); }

    // Bytes that would garble a message are written as \x00.
    static std::string quoted(std::string_view text) {
        std::string out = "'";
        for (char c : text) {
            const auto byte = static_cast<unsigned char>(c);
            if (byte >= 0x20 && byte < 0x7f) {
                out += c;
            } else {
                out += "\\x";
                out += "0123456789abcdef"[byte >> 4];
                out += "0123456789abcdef"[byte & 15];
            }
        }
        return out + '\'';
    }

    [[noreturn]] void malformed(std::size_t at, const std::string& wrong) const {
        throw_error(errc::invalid_argument,
                    {"Malformed device specification ", quoted(text_), ": ", wrong,
                     " at character ", std::to_string(at + 1),
                     ". Accepted are parts such as /job:ps, /task:3, /gpu:0, /device:GPU:0, "
                     "/cpu:*, each at most once, and '' or '/' for any device."});
    }

    std::string_view text_;
    std::size_t next_ = 0;
    unsigned seen_ = 0;
    device_spec spec_;
};

}  // namespace detail

WEFT_SOURCE device_spec device_spec::parse(std::string_view text) {
    return detail::device_spec_reader(text).read();
}

// Not inlined: strings are much code, and the rest of a node is made without.
[[gnu::noinline]] WEFT_SOURCE void device_spec::merge(const device_spec& inner) {
    if (!inner.job.empty()) job = inner.job;
    if (inner.task >= 0) task = inner.task;
    if (!inner.kind.empty()) {
        kind = inner.kind;
        index = inner.index;
    } else if (inner.index >= 0) {
        index = inner.index;
    }
}

WEFT_SOURCE device_spec device_spec::merged(const device_spec& inner) const {
    device_spec out = *this;
    out.merge(inner);
    return out;
}

WEFT_SOURCE std::string device_spec::to_string() const {
    std::string out;
    if (!job.empty()) out += "/job:" + job;
    if (task >= 0) out += "/task:" + std::to_string(task);
    if (!kind.empty() || index >= 0) {
        out += kind.empty() ? "/device:*" : '/' + kind;
        out += index < 0 ? ":*" : ':' + std::to_string(index);
    }
    return out;
}

}  // namespace weft
