// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// An error as the payload of a message: its code, the length of the node's name, that name, the
// text. Where it arrives it says which task it is from; bytes that are none make an error too. Must
// not know why it is sent.
#pragma once

#include <weft/cluster/message.hpp>
#include <weft/core/error.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace weft {

inline message_bytes error_message(const error& what) {
    const std::uint32_t words[2] = {static_cast<std::uint32_t>(what.code()),
                                    static_cast<std::uint32_t>(what.node().size())};
    std::vector<std::byte> bytes(sizeof words);
    std::memcpy(bytes.data(), words, sizeof words);
    const auto add = [&](std::string_view text) {
        const auto* from = reinterpret_cast<const std::byte*>(text.data());
        bytes.insert(bytes.end(), from, from + text.size());
    };
    add(what.node());
    add(what.what());
    return copy_of(bytes);
}

inline error read_error(std::span<const std::byte> bytes, const std::string& task) {
    std::uint32_t words[2] = {};
    const std::string from = "From " + task + ": ";
    if (bytes.size() < sizeof words)
        return error(errc::internal, from + "an error that arrived damaged");
    std::memcpy(words, bytes.data(), sizeof words);
    const std::string text(reinterpret_cast<const char*>(bytes.data()) + sizeof words,
                           bytes.size() - sizeof words);
    const std::size_t name = words[1] < text.size() ? words[1] : text.size();
    const bool known = words[0] <= static_cast<std::uint32_t>(errc::unavailable);
    return error(known ? static_cast<errc>(words[0]) : errc::internal, from + text.substr(name),
                 text.substr(0, name), {});
}

}  // namespace weft
