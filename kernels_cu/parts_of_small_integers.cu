// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The parts of trees of integers of 8 and 16 bits.
#include "instantiate_parts.hpp"

namespace weft::cuda {

extern const all_parts_of_type<std::int8_t> parts_of_int8;
const all_parts_of_type<std::int8_t> parts_of_int8;
extern const all_parts_of_type<std::int16_t> parts_of_int16;
const all_parts_of_type<std::int16_t> parts_of_int16;
extern const all_parts_of_type<std::uint8_t> parts_of_uint8;
const all_parts_of_type<std::uint8_t> parts_of_uint8;
extern const all_parts_of_type<std::uint16_t> parts_of_uint16;
const all_parts_of_type<std::uint16_t> parts_of_uint16;

}  // namespace weft::cuda
