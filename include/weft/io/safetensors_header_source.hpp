// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The definitions of io/safetensors_header.hpp: what the members of the JSON object mean, and the
// checks of what has been read. Nothing is allocated because a number in the text says so. Where a
// program is compiled separately this is compiled once.
#pragma once

#include <weft/core/error.hpp>
#include <weft/io/json_scanner.hpp>
#include <weft/io/safetensors_header.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace weft {

namespace detail {

inline constexpr const char* safetensors_names[] = {nullptr, "F32",  "F64", "F16",  "BF16", "I8",
                                                    "I16",   "I32",  "I64", "U8",   "U16",  "U32",
                                                    "U64",   "BOOL", "C64", nullptr};

// "tensor 'w'", short for any name.
inline std::string tensor_named(const std::string& name) {
    constexpr std::size_t most = 80;
    return "tensor '" + (name.size() <= most ? name : name.substr(0, most) + "...") + '\'';
}

// The bytes of a tensor, or false where no memory has so many.
inline bool safetensors_bytes(dtype element, const dims& shape, std::uint64_t& bytes) {
    constexpr std::uint64_t most = PTRDIFF_MAX;
    std::uint64_t product = size_of(element);
    bool empty = false;
    for (std::uint64_t extent : shape) {
        empty = empty || extent == 0;
        if (extent != 0 && product > most / extent) return false;
        product *= extent != 0 ? extent : 1;
    }
    bytes = empty ? 0 : product;
    return true;
}

class safetensors_parser : json_scanner {
public:
    safetensors_parser(std::string_view text, std::uint64_t data_bytes, const std::string& path)
        : json_scanner(text), data_bytes_(data_bytes), path_(path) {}

    safetensors_header read() try {
        if (!text().starts_with('{')) expected("'{', at once");
        members([this](std::string name, std::size_t at) { read_member(std::move(name), at); });
        if (next() != '\0' || at() < text().size()) expected("spaces up to the data");
        check_names();
        check_places();
        return std::move(read_);
    } catch (const malformed_json& found) {
        refuse(byte_of(found.at),
               (tensor_.empty() ? "" : tensor_named(tensor_) + ": ") + found.what);
    }

private:
    [[noreturn]] void refuse(std::uint64_t byte, const std::string& what) const {
        throw error(errc::invalid_argument, "the safetensors file '" + path_ +
                                                "' is malformed at byte " + std::to_string(byte) +
                                                ": " + what);
    }
    static std::uint64_t byte_of(std::size_t at) { return safetensors_header::first_byte + at; }

    void read_member(std::string name, std::size_t at) {
        if (name != "__metadata__") return read_tensor(std::move(name), at);
        if (std::exchange(has_metadata_, true)) refuse(byte_of(at), "__metadata__ is there twice");
        members([this](std::string key, std::size_t key_at) {
            next();
            if (!read_.metadata.emplace(key, string()).second)
                refuse(byte_of(key_at), "__metadata__ has '" + key + "' twice");
        });
    }
    void read_tensor(std::string name, std::size_t at) {
        safetensors_entry tensor{std::move(name)};
        tensor_ = tensor.name;
        bool has_element = false, has_shape = false, has_place = false;
        const auto once = [&](bool& has) {
            if (std::exchange(has, true)) refuse_here("it is there twice");
        };
        members([&](const std::string& key, std::size_t) {
            if (key == "dtype") {
                once(has_element);
                next();
                tensor.element = element(string());
            } else if (key == "shape") {
                once(has_shape);
                tensor.shape = shape();
            } else if (key == "data_offsets") {
                once(has_place);
                take('[', "'['");
                tensor.begin = number();
                take(',', "','");
                tensor.end = number();
                take(']', "']'");
            } else {
                refuse_here("expected dtype, shape or data_offsets");
            }
        });
        if (!has_element || !has_shape || !has_place)
            refuse_here("it needs dtype, shape and data_offsets");
        check(tensor);
        read_.tensors.push_back(std::move(tensor));
        named_at_.push_back(at);
        tensor_.clear();
    }
    dtype element(const std::string& name) const {
        for (std::size_t i = 0; i < std::size(safetensors_names); ++i)
            if (safetensors_names[i] != nullptr && name == safetensors_names[i])
                return static_cast<dtype>(i);
        throw error(errc::unimplemented,
                    "the safetensors file '" + path_ + "' has " + tensor_named(tensor_) +
                        " with elements of dtype '" + name.substr(0, 16) +
                        "'; weft reads F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, "
                        "U8, BOOL and C64");
    }
    dims shape() {
        dims out;
        take('[', "'['");
        if (take(']')) return out;
        do {
            if (out.rank == max_rank)
                throw error(errc::unimplemented,
                            "the safetensors file '" + path_ + "' has " + tensor_named(tensor_) +
                                " with more than 8 dimensions, which no tensor of weft has");
            out.push_back(number());
        } while (take(','));
        take(']', "',' or ']'");
        return out;
    }
    void check(const safetensors_entry& tensor) const {
        std::uint64_t bytes = 0;
        if (!safetensors_bytes(tensor.element, tensor.shape, bytes))
            refuse_here("no memory has room for its shape");
        if (tensor.begin > tensor.end || tensor.end > data_bytes_)
            refuse_here("its data_offsets are " + std::to_string(tensor.begin) + " and " +
                        std::to_string(tensor.end) + ", of " + std::to_string(data_bytes_) +
                        " bytes of data");
        if (tensor.end - tensor.begin != bytes)
            refuse_here("its data_offsets enclose " + std::to_string(tensor.end - tensor.begin) +
                        " bytes, its shape " + dims_text(tensor.shape).chars + " has " +
                        std::to_string(bytes));
    }
    void check_names() const {
        std::vector<std::size_t> order(read_.tensors.size());
        for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
        const auto name = [&](std::size_t i) -> const std::string& {
            return read_.tensors[i].name;
        };
        std::stable_sort(order.begin(), order.end(),
                         [&](std::size_t a, std::size_t b) { return name(a) < name(b); });
        for (std::size_t i = 1; i < order.size(); ++i)
            if (name(order[i - 1]) == name(order[i]))
                refuse(byte_of(named_at_[order[i]]),
                       tensor_named(name(order[i])) + " is there twice");
    }
    // Sorts the tensors by their places, which must cover the data without a gap.
    void check_places() {
        std::stable_sort(read_.tensors.begin(), read_.tensors.end(),
                         [](const safetensors_entry& a, const safetensors_entry& b) {
                             return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
                         });
        const std::uint64_t data = safetensors_header::first_byte + text().size();
        std::uint64_t end = 0;
        for (const safetensors_entry& tensor : read_.tensors) {
            if (tensor.begin < end)
                refuse(data + tensor.begin, tensor_named(tensor.name) + " overlaps the one before");
            if (tensor.begin > end)
                refuse(data + end, "no tensor has the bytes before " + tensor_named(tensor.name));
            end = tensor.end;
        }
        if (end != data_bytes_) refuse(data + end, "no tensor has the bytes from here on");
    }

    const std::uint64_t data_bytes_;
    const std::string& path_;
    std::string tensor_;  // that is being read
    bool has_metadata_ = false;
    safetensors_header read_;
    std::vector<std::size_t> named_at_;  // of each tensor
};

}  // namespace detail

WEFT_SOURCE const char* safetensors_name(dtype element) {
    return detail::safetensors_names[static_cast<unsigned char>(element)];
}

WEFT_SOURCE safetensors_header safetensors_header::parse(std::string_view text,
                                                         std::uint64_t data_bytes,
                                                         const std::string& path) {
    return detail::safetensors_parser(text, data_bytes, path).read();
}

namespace detail {

// Throws unless a file can have this name; `what` is what has it.
inline void check_safetensors_text(const char* what, std::string_view text) {
    for (std::string_view rest = text; !rest.empty();) {
        const std::size_t length = utf8_length(rest);
        if (length == 0)
            throw error(errc::invalid_argument, std::string(what) +
                                                    " of a safetensors file is not UTF-8: '" +
                                                    std::string(text) + '\'');
        rest.remove_prefix(length);
    }
}

}  // namespace detail

WEFT_SOURCE void safetensors_header::lay_out() {
    std::map<std::string_view, int> names{{"__metadata__", 0}};
    std::uint64_t end = 0;
    for (safetensors_entry& tensor : tensors) {
        detail::check_safetensors_text("a name", tensor.name);
        if (!names.emplace(tensor.name, 0).second)
            throw error(errc::invalid_argument, "a safetensors file cannot have two tensors '" +
                                                    tensor.name + "', or one '__metadata__'");
        if (safetensors_name(tensor.element) == nullptr)
            throw error(errc::unimplemented,
                        "safetensors files have no elements of type " +
                            std::string(name_of(tensor.element)) + ", which '" + tensor.name +
                            "' has; leave it out, or keep its parts in tensors of their own");
        tensor.begin = end;
        tensor.end = end += tensor.shape.size() * size_of(tensor.element);
    }
    for (const auto& [key, value] : metadata) {
        detail::check_safetensors_text("metadata", key);
        detail::check_safetensors_text("metadata", value);
    }
}

WEFT_SOURCE std::string safetensors_header::to_string() const {
    std::string out = "{";
    const auto begin = [&](std::string_view name) {
        if (out.size() > 1) out += ',';
        append_json_string(out, name);
        out += ":{";
    };
    if (!metadata.empty()) {
        begin("__metadata__");
        const char* comma = "";
        for (const auto& [key, value] : metadata) {
            append_json_string(out += std::exchange(comma, ","), key);
            append_json_string(out += ':', value);
        }
        out += '}';
    }
    for (const safetensors_entry& tensor : tensors) {
        begin(tensor.name);
        out += std::string("\"dtype\":\"") + safetensors_name(tensor.element) + "\",\"shape\":[";
        for (std::size_t axis = 0; axis < tensor.shape.rank; ++axis)
            out += (axis > 0 ? "," : "") + std::to_string(tensor.shape[axis]);
        out += "],\"data_offsets\":[" + std::to_string(tensor.begin) + ',' +
               std::to_string(tensor.end) + "]}";
    }
    out += '}';
    out.resize((out.size() + 7) / 8 * 8, ' ');
    return out;
}

}  // namespace weft
