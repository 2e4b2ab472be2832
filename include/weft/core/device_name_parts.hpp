// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The grammar of device names, "/job:ps/task:1/gpu:0": what device_spec::parse reads, as views of
// the text and without exceptions, so that it works in constant expressions, too. Every text gives
// an answer: its parts, or the first mistake in it.
#pragma once

#include <cstddef>
#include <string_view>

namespace weft {

// The parts of a device name as they are spelled. Where `wrong` is not null, the text is no device
// name: what is wrong ("" for a character that nothing begins with) and at which character.
struct device_name_parts {
    std::string_view job{};   // empty: any
    int task = -1;            // -1: any
    std::string_view kind{};  // empty: any; in the case of the text
    int index = -1;           // -1: any
    const char* wrong = nullptr;
    std::size_t at = 0;  // counts from 0
};

// A letter in lower case, whatever the locale.
constexpr char lower_case(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
// Whether two words are the same but for case.
constexpr bool same_word(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (lower_case(a[i]) != lower_case(b[i])) return false;
    return true;
}

namespace detail {

// Reads one device name from left to right; its functions are false where they found a mistake.
class device_name_reader {
public:
    explicit constexpr device_name_reader(std::string_view text) : text_(text) {}

    constexpr device_name_parts read() {
        if (text_.empty() || text_ == "/") return parts_;
        while (next_ < text_.size()) {
            if (text_[next_] != '/') {
                wrong(next_, next_ == 0 ? "'/' is wanted" : "");
                break;
            }
            ++next_;
            if (!read_part()) break;
        }
        return parts_;
    }

private:
    enum part : unsigned { job = 1, replica = 2, task = 4, device = 8 };

    constexpr bool wrong(std::size_t at, const char* what) {
        parts_.wrong = what;
        parts_.at = at;
        return false;
    }

    constexpr bool read_part() {
        const std::size_t start = next_;
        if (next_ == text_.size() || text_[next_] == '/') return wrong(next_, "an empty part");
        std::string_view word;
        if (!read_word(word, "the name of a part is wanted")) return false;
        if (word == "job")
            return once(job, start, "a second job") && want_colon() &&
                   (read_any() || read_word(parts_.job, "the name of a job or '*' is wanted"));
        if (word == "task")
            return once(task, start, "a second task") && want_colon() && read_number(parts_.task);
        if (word == "replica") return once(replica, start, "a second replica") && read_replica();
        return once(device, start, "a second device kind") && read_device(word, start);
    }

    constexpr bool read_replica() {
        if (!want_colon()) return false;
        const std::size_t start = next_;
        int number = 0;
        if (!read_number(number)) return false;
        return number <= 0 || wrong(start, "a replica other than 0");
    }

    // After the first word of "device:GPU:0", "device:*:0", "gpu:0" or "gpu".
    constexpr bool read_device(std::string_view word, std::size_t start) {
        bool any_kind = false;
        if (word == "device") {
            if (!want_colon()) return false;
            start = next_;
            any_kind = read_any();
            if (!any_kind && !read_word(word, "a device kind or '*' is wanted")) return false;
        }
        if (!any_kind) {
            for (const char* reserved : {"job", "task", "replica", "device"})
                if (same_word(word, reserved))
                    return wrong(start, "a reserved word, which is no device kind,");
            parts_.kind = word;
        }
        if (next_ == text_.size() || text_[next_] != ':') return true;
        ++next_;
        return read_number(parts_.index);
    }

    constexpr bool once(part which, std::size_t at, const char* what) {
        if (seen_ & which) return wrong(at, what);
        seen_ |= which;
        return true;
    }
    constexpr bool want_colon() {
        if (next_ == text_.size() || text_[next_] != ':') return wrong(next_, "':' is wanted");
        ++next_;
        return true;
    }
    constexpr bool read_any() {
        if (next_ == text_.size() || text_[next_] != '*') return false;
        ++next_;
        return true;
    }

    // [A-Za-z][A-Za-z0-9_]*
    constexpr bool read_word(std::string_view& word, const char* wanted) {
        const std::size_t start = next_;
        while (next_ < text_.size() &&
               (is_letter(text_[next_]) || (next_ > start && is_inner(text_[next_]))))
            ++next_;
        if (next_ == start) return wrong(start, wanted);
        word = text_.substr(start, next_ - start);
        return true;
    }
    static constexpr bool is_letter(char c) { return lower_case(c) >= 'a' && lower_case(c) <= 'z'; }
    static constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
    static constexpr bool is_inner(char c) { return is_digit(c) || c == '_'; }

    // A number that fits int, or -1 for '*'.
    constexpr bool read_number(int& number) {
        number = -1;
        if (read_any()) return true;
        constexpr int max = static_cast<int>(~0u >> 1);
        const std::size_t start = next_;
        int value = 0;
        for (; next_ < text_.size() && is_digit(text_[next_]); ++next_) {
            const int digit = text_[next_] - '0';
            if (value > (max - digit) / 10) return wrong(start, "a number that does not fit int");
            value = value * 10 + digit;
        }
        if (next_ == start) return wrong(start, "a number or '*' is wanted");
        number = value;
        return true;
    }

    std::string_view text_;
    std::size_t next_ = 0;
    unsigned seen_ = 0;
    device_name_parts parts_{};
};

}  // namespace detail

// The parts of a device name, or the first mistake in it.
constexpr device_name_parts read_device_name(std::string_view text) {
    return detail::device_name_reader(text).read();
}

}  // namespace weft
