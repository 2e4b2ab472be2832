// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Names of devices, whole or in part: job, task, kind and index, "/job:ps/task:1/gpu:0". A part
// that is not given means any. A device_spec is well-formed by construction from text; whether a
// device of that name exists is for the placer to say, and which kinds there are for the graph.
#pragma once

#include <weft/core/error.hpp>

#include <compare>
#include <string>
#include <string_view>

namespace weft {

// A partial device name. Kinds are lower case ("cpu", "gpu", "npu"); job names keep their case.
struct device_spec {
    std::string job{};   // empty: any
    int task = -1;       // -1: any
    std::string kind{};  // empty: any
    int index = -1;      // -1: any

    // Reads "/gpu:0", "/device:GPU:0", "/cpu:*", "/cpu", "/job:ps/replica:0/task:3/gpu:1", "/", "".
    // Parts come in any order, each at most once; a replica is read and dropped. Everything else
    // fails with invalid_argument: "Malformed device specification '...'", what is wrong, and
    // where.
    static device_spec parse(std::string_view text);

    // This spec with `inner` put over it, part by part; a kind in `inner` brings its index along,
    // so that
    // "/gpu:1" with "/cpu:*" inside is "/cpu:*" and not "/cpu:1".
    device_spec merged(const device_spec& inner) const {
        device_spec out = *this;
        if (!inner.job.empty()) out.job = inner.job;
        if (inner.task >= 0) out.task = inner.task;
        if (!inner.kind.empty()) {
            out.kind = inner.kind;
            out.index = inner.index;
        } else if (inner.index >= 0) {
            out.index = inner.index;
        }
        return out;
    }

    // True where every part that is given here is the same in `device`.
    bool matches(const device_spec& device) const {
        return (job.empty() || job == device.job) && (task < 0 || task == device.task) &&
               (kind.empty() || kind == device.kind) && (index < 0 || index == device.index);
    }

    // No part is given: every device matches.
    bool is_any() const { return job.empty() && task < 0 && kind.empty() && index < 0; }
    // Every part is given: the name of one device.
    bool is_full() const { return !job.empty() && task >= 0 && !kind.empty() && index >= 0; }

    // The given parts: "/job:ps/task:3/gpu:0"; "/gpu:*" for a kind of any index, "/device:*:1" for
    // an index of any kind, "" for no part at all. parse(to_string()) gives an equal spec.
    std::string to_string() const {
        std::string out;
        if (!job.empty()) out += "/job:" + job;
        if (task >= 0) out += "/task:" + std::to_string(task);
        if (!kind.empty() || index >= 0) {
            out += kind.empty() ? "/device:*" : '/' + kind;
            out += index < 0 ? ":*" : ':' + std::to_string(index);
        }
        return out;
    }

    friend bool operator==(const device_spec&, const device_spec&) = default;
    // Parts in their order; any before all others, indices as numbers.
    friend std::strong_ordering operator<=>(const device_spec&, const device_spec&) = default;
};

// For a device_scope: lets go of every scope outside.
struct no_device_t {
    explicit no_device_t() = default;
};
inline constexpr no_device_t no_device{};

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
        throw error(errc::invalid_argument,
                    "Malformed device specification " + quoted(text_) + ": " + wrong +
                        " at character " + std::to_string(at + 1) +
                        ". Accepted are parts such as /job:ps, /task:3, /gpu:0, /device:GPU:0, "
                        "/cpu:*, each at most once, and '' or '/' for any device.");
    }

    std::string_view text_;
    std::size_t next_ = 0;
    unsigned seen_ = 0;
    device_spec spec_;
};

}  // namespace detail

inline device_spec device_spec::parse(std::string_view text) {
    return detail::device_spec_reader(text).read();
}

}  // namespace weft
