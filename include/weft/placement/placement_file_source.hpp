// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The definitions of placement_file.hpp: the reader and the writer of its format. Any bytes may
// come in: the outcome is a file or an error. Where a program is compiled separately this is
// compiled once; there is no template in it, and no type of the program.
#pragma once

#include <weft/placement/placement_file.hpp>
#include <weft/placement/report.hpp>

#include <utility>

namespace weft {

namespace detail {

inline void append_hex(std::string& out, char c) {
    const auto byte = static_cast<unsigned char>(c);
    out += "\\x";
    out += "0123456789abcdef"[byte >> 4];
    out += "0123456789abcdef"[byte & 15];
}

// What a word without quotes must not contain; bytes of UTF-8 are fine.
inline bool needs_quotes(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7f || c == '"' || c == '\\';
}

// The client's task of a program that is one process is not written.
inline device_spec placement_device(device_spec device) {
    if (device.job == "localhost" && device.task == 0)
        return {.kind = std::move(device.kind), .index = device.index};
    return device;
}

}  // namespace detail

// Reads a placement file from top to bottom.
class placement_file_reader {
public:
    placement_file_reader(std::string_view text, std::string path) : text_(text) {
        file_.path_ = std::move(path);
    }

    placement_file read() {
        bool versioned = false;
        while (!text_.empty()) {
            take_line();
            const word first = read_word();
            if (!first.there) continue;
            if (versioned)
                read_node(first);
            else
                read_version(first);
            versioned = true;
        }
        if (!versioned) {
            ++number_;
            line_ = {};
            fail({.column = 1}, "'weft placement 1'");
        }
        return std::move(file_);
    }

private:
    struct word {
        std::string text{};
        std::size_t column = 0;
        bool there = false;  // false: the line has ended
    };

    // A line without what ends it, which may be CR LF.
    void take_line() {
        const std::size_t end = text_.find('\n');
        line_ = text_.substr(0, end);
        text_.remove_prefix(end == text_.npos ? text_.size() : end + 1);
        if (line_.ends_with('\r')) line_.remove_suffix(1);
        ++number_;
        at_ = 0;
    }

    void read_version(const word& first) {
        if (first.text != "weft") fail(first, "'weft placement 1'");
        if (const word second = read_word(); second.text != "placement")
            fail(second, "'placement', as in 'weft placement 1'");
        if (const word third = read_word(); third.text != "1")
            fail(third, "1, the version of placement files that this weft reads");
        want_end();
    }

    void read_node(const word& node) {
        constexpr const char* wanted = "a device with kind and index, such as /gpu:0";
        const word device = read_word();
        if (!device.there) fail(device, wanted);
        placement_line line{.number = number_};
        try {
            line.device = detail::placement_device(device_spec::parse(device.text));
        } catch (const error&) {
            fail(device, wanted);
        }
        if (line.device.kind.empty() || line.device.index < 0) fail(device, wanted);
        line.op = read_word().text;
        want_end();
        const auto [same, added] = file_.lines_.emplace(node.text, std::move(line));
        if (!added)
            fail(node, "each node once, and line " + std::to_string(same->second.number) +
                           " has this one");
    }

    void want_end() {
        if (const word more = read_word(); more.there) fail(more, "the end of the line");
    }

    word read_word() {
        while (at_ < line_.size() && is_space(line_[at_])) ++at_;
        word out{.column = at_ + 1};
        if (at_ == line_.size() || line_[at_] == '#') {
            at_ = line_.size();
            return out;
        }
        out.there = true;
        if (line_[at_] == '"') {
            ++at_;
            read_quoted(out.text);
            if (at_ < line_.size() && !is_space(line_[at_]))
                fail(character(at_), "a space after the word in quotes");
            return out;
        }
        for (; at_ < line_.size() && !is_space(line_[at_]); ++at_) {
            if (detail::needs_quotes(line_[at_]))
                fail(character(at_), "quotes around a word with this character");
            out.text += line_[at_];
        }
        return out;
    }
    // What follows the first quote, to the second.
    void read_quoted(std::string& out) {
        for (; at_ < line_.size() && line_[at_] != '"'; ++at_) {
            if (line_[at_] != '\\') {
                out += line_[at_];
                continue;
            }
            ++at_;
            const char escaped = at_ < line_.size() ? line_[at_] : '\0';
            switch (escaped) {
                case '"':
                case '\\': out += escaped; break;
                case 'n': out += '\n'; break;
                case 'r': out += '\r'; break;
                case 't': out += '\t'; break;
                case 'x': out += read_hex(); break;
                default: fail(character(at_), R"(one of \" \\ \n \r \t \x00)");
            }
        }
        if (at_ >= line_.size()) fail(character(at_), "'\"' at the end of the word");
        ++at_;
    }
    // The two digits behind an x; stays on the last of them.
    char read_hex() {
        int value = 0;
        for (int i = 0; i < 2; ++i) {
            ++at_;
            const char c = at_ < line_.size() ? line_[at_] : '\0';
            const std::size_t digit = std::string_view("0123456789abcdef").find(c);
            if (digit > 15) fail(character(at_), "a digit of 0123456789abcdef");
            value = value * 16 + static_cast<int>(digit);
        }
        return static_cast<char>(value);
    }
    static bool is_space(char c) { return c == ' ' || c == '\t'; }

    word character(std::size_t at) const {
        if (at >= line_.size()) return {.column = line_.size() + 1};
        return {std::string(1, line_[at]), at + 1, true};
    }

    [[noreturn]] void fail(const word& found, const std::string& expected) const {
        constexpr std::size_t shown = 60;
        std::string text = found.there ? "'" : end_reached();
        for (char c : found.text.substr(0, shown)) {
            if (c >= 0x20 && c < 0x7f)
                text += c;
            else
                detail::append_hex(text, c);
        }
        if (found.there) text += found.text.size() > shown ? "...'" : "'";
        throw error(errc::invalid_argument,
                    "line " + std::to_string(number_) + ", column " + std::to_string(found.column) +
                        " of " + file_.describe({}) + ": found " + text + ", expected " + expected);
    }
    const char* end_reached() const {
        return text_.empty() && line_.empty() ? "the end of the text" : "the end of the line";
    }

    std::string_view text_;  // behind the line at hand
    std::string_view line_;
    std::size_t number_ = 0;
    std::size_t at_ = 0;  // in line_
    placement_file file_;
};

WEFT_SOURCE placement_file placement_file::of(const placement_report& report) {
    placement_file out;
    for (const placement_entry& entry : report.nodes) {
        if (entry.device == unplaced || entry.reason == placement_reason::client) continue;
        const device_spec device = detail::placement_device(report.devices[entry.device].name);
        out.lines_.emplace(entry.node, placement_line{.device = device, .op = entry.op});
    }
    return out;
}

WEFT_SOURCE placement_file placement_file::parse(std::string_view text, std::string path) {
    return placement_file_reader(text, std::move(path)).read();
}

WEFT_SOURCE std::string placement_file::to_string() const {
    std::string out = "weft placement 1\n";
    for (const auto& [node, line] : lines_) {
        out += placement_word(node) + ' ' + line.device.to_string();
        if (!line.op.empty()) out += ' ' + placement_word(line.op);
        out += '\n';
    }
    return out;
}

WEFT_SOURCE void placement_file::set(const std::string& node, std::string_view device,
                                     std::string op) {
    const device_spec spec = device_spec::parse(device);
    if (spec.kind.empty() || spec.index < 0)
        throw error(errc::invalid_argument,
                    "a placement file has devices with kind and index, such as /gpu:0, not '" +
                        spec.to_string() + "' for node '" + node + '\'');
    lines_[node] = {.device = detail::placement_device(spec), .op = std::move(op)};
}

WEFT_SOURCE void placement_file::add(const placement_file& other) {
    for (const auto& [node, line] : other.lines_) {
        placement_line& here = lines_[node] = line;
        // Numbers are those of the text that this file is from.
        if (&other != this) here.number = 0;
    }
}

WEFT_SOURCE std::string placement_file::describe(const placement_line& line) const {
    std::string out = line.number == 0 ? "" : "line " + std::to_string(line.number) + " of ";
    return out + (path_.empty() ? "the placement file" : "placement file '" + path_ + '\'');
}

WEFT_SOURCE bool operator==(const placement_file& a, const placement_file& b) {
    if (a.lines_.size() != b.lines_.size()) return false;
    for (auto i = a.lines_.begin(), j = b.lines_.begin(); i != a.lines_.end(); ++i, ++j)
        if (i->first != j->first || i->second.device != j->second.device) return false;
    return true;
}

WEFT_SOURCE std::string placement_word(std::string_view text) {
    bool bare = !text.empty() && text[0] != '#';
    for (char c : text) bare = bare && !detail::needs_quotes(c);
    if (bare) return std::string(text);
    std::string out = "\"";
    for (char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n' || c == '\r' || c == '\t') {
            out += c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t";
        } else if (c != ' ' && detail::needs_quotes(c)) {
            detail::append_hex(out, c);
        } else {
            out += c;
        }
    }
    return out + '"';
}

}  // namespace weft
