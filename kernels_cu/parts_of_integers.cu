// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The parts of trees of larger integers and of bools.
#include "instantiate_parts.hpp"

namespace weft::cuda {

extern const all_parts_of_type<std::int32_t> parts_of_int32;
const all_parts_of_type<std::int32_t> parts_of_int32;
extern const all_parts_of_type<std::int64_t> parts_of_int64;
const all_parts_of_type<std::int64_t> parts_of_int64;
extern const all_parts_of_type<std::uint32_t> parts_of_uint32;
const all_parts_of_type<std::uint32_t> parts_of_uint32;
extern const all_parts_of_type<std::uint64_t> parts_of_uint64;
const all_parts_of_type<std::uint64_t> parts_of_uint64;
extern const all_parts_of_type<bool> parts_of_bool;
const all_parts_of_type<bool> parts_of_bool;

}  // namespace weft::cuda
