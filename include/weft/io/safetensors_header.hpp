// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The header of a safetensors file: a JSON object that has element type, shape and place of each
// tensor by its name, and a map of strings. What is read may come from anywhere, and is checked
// until no tensor can be outside of the file, overlap another one or leave bytes out. It knows no
// files.
#pragma once

#include <weft/config.hpp>
#include <weft/core/element.hpp>
#include <weft/core/shape.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace weft {

// Strings that go with a file, such as the number of a step.
using file_metadata = std::map<std::string, std::string>;

// A tensor of a file; its bytes are [begin, end) of those behind the header, row-major,
// little-endian.
struct safetensors_entry {
    std::string name;
    dtype element = dtype::none;
    dims shape{};
    std::uint64_t begin = 0, end = 0;

    std::size_t bytes() const { return static_cast<std::size_t>(end - begin); }
};

struct safetensors_header {
    // Behind the header's length, which is 8 bytes.
    static constexpr std::size_t first_byte = 8;
    // The format's own limit.
    static constexpr std::size_t most_bytes = 100'000'000;

    std::vector<safetensors_entry> tensors{};  // in the order of their bytes
    file_metadata metadata{};

    // Reads the header of a file with so many bytes behind it. Throws error invalid_argument naming
    // `path`, tensor and byte where it is malformed, unimplemented for element types and ranks that
    // weft does not have.
    static safetensors_header parse(std::string_view text, std::uint64_t data_bytes,
                                    const std::string& path);

    // Gives the tensors their places, one behind the other. Those with larger elements should be
    // first: then each is aligned to its elements. Throws error invalid_argument for names that a
    // file cannot have, and unimplemented for element types that the format does not know.
    void lay_out();
    // The text, as long as a multiple of 8 bytes.
    std::string to_string() const;
};

// "F32", the format's name of an element type; null where it has none.
const char* safetensors_name(dtype element);

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/io/safetensors_header_source.hpp>
#endif
