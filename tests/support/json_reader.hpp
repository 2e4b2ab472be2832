// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Reads JSON as RFC 8259 has it, to check what weft writes: strictly, into a tree.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weft_test {

struct json_member;

struct json_value {
    enum class kind { word, number, string, list, object };
    kind what = kind::word;
    std::string text{};                // of a string with its escapes, of others as written
    std::vector<json_member> members;  // of a list without names

    // A member by its name; an empty word if there is none.
    const json_value& operator[](std::string_view name) const;
    double number() const { return what == kind::number ? std::stod(text) : -1; }
};

struct json_member {
    std::string name{};
    json_value value{};
};

inline const json_value& json_value::operator[](std::string_view name) const {
    static const json_value nothing;
    for (const json_member& member : members)
        if (member.name == name) return member.value;
    return nothing;
}

class json_reader {
public:
    // The value of a text, none if it is not JSON.
    static std::optional<json_value> read(std::string_view text) {
        json_reader reader{text};
        json_value value;
        if (!reader.value(value)) return {};
        reader.skip_space();
        if (!reader.rest_.empty()) return {};
        return value;
    }
    static bool accepts(std::string_view text) { return read(text).has_value(); }

private:
    using kind = json_value::kind;
    explicit json_reader(std::string_view text) : rest_(text) {}

    bool value(json_value& to) {
        skip_space();
        for (const char* word : {"null", "true", "false"})
            if (eat(word)) return to.text = word, true;
        if (rest_.starts_with('"')) {
            to.what = kind::string;
            return string(to.text);
        }
        if (eat("[")) {
            to.what = kind::list;
            return list("]", [&] { return value(to.members.emplace_back().value); });
        }
        if (eat("{")) {
            to.what = kind::object;
            return list("}", [&] {
                auto& [name, member] = to.members.emplace_back();
                skip_space();
                return string(name) && eat(":") && value(member);
            });
        }
        to.what = kind::number;
        return number(to.text);
    }
    bool number(std::string& to) {
        const std::string_view from = rest_;
        const auto digits = [&] {
            std::size_t n = 0;
            while (n < rest_.size() && rest_[n] >= '0' && rest_[n] <= '9') ++n;
            rest_.remove_prefix(n);
            return n > 0;
        };
        if (rest_.starts_with('-')) rest_.remove_prefix(1);
        if (!digits()) return false;
        if (rest_.starts_with('.')) {
            rest_.remove_prefix(1);
            if (!digits()) return false;
        }
        to = from.substr(0, from.size() - rest_.size());
        return true;
    }
    template <class Item>
    bool list(std::string_view end, Item item) {
        if (eat(end)) return true;
        do {
            if (!item()) return false;
        } while (eat(","));
        return eat(end);
    }
    bool string(std::string& to) {
        if (!rest_.starts_with('"')) return false;
        rest_.remove_prefix(1);
        while (!rest_.starts_with('"')) {
            if (rest_.empty()) return false;
            const auto byte = static_cast<unsigned char>(rest_[0]);
            if (byte < 0x20) return false;
            std::size_t taken = 1;
            if (byte == '\\') {
                if (rest_.size() < 2) return false;
                if (rest_[1] != 'u' &&
                    std::string_view("\"\\/bfnrt").find(rest_[1]) == std::string_view::npos)
                    return false;
                taken = 2;
            }
            to += rest_.substr(0, taken);
            rest_.remove_prefix(taken);
        }
        rest_.remove_prefix(1);
        return true;
    }
    void skip_space() {
        const std::size_t rest = rest_.find_first_not_of(" \t\r\n");
        rest_.remove_prefix(rest == rest_.npos ? rest_.size() : rest);
    }
    bool eat(std::string_view text) {
        skip_space();
        if (!rest_.starts_with(text)) return false;
        rest_.remove_prefix(text.size());
        return true;
    }

    std::string_view rest_;
};

}  // namespace weft_test
