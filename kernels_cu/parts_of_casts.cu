// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Conversions between all element types.
#include "instantiate_parts.hpp"

namespace weft::cuda {

template <class From>
using every_conversion =
    conversions_of<From, float, double, half, bfloat16, std::int8_t, std::int16_t, std::int32_t,
                   std::int64_t, std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t, bool>;
// To what is computed with, and from that to what is stored.
struct stored_conversions {
    conversions_of<half, float> from_half;
    conversions_of<bfloat16, float> from_bfloat16;
    launch_function to[2] = {
        &launch_tree<weft::detail::op_part_t<kernel<ops::cast<half>, cpu, float>, half, float>,
                     half>,
        &launch_tree<
            weft::detail::op_part_t<kernel<ops::cast<bfloat16>, cpu, float>, bfloat16, float>,
            bfloat16>};
};

extern const every_conversion<float> conversions_of_float;
const every_conversion<float> conversions_of_float;
extern const every_conversion<double> conversions_of_double;
const every_conversion<double> conversions_of_double;
extern const every_conversion<std::int8_t> conversions_of_int8;
const every_conversion<std::int8_t> conversions_of_int8;
extern const every_conversion<std::int16_t> conversions_of_int16;
const every_conversion<std::int16_t> conversions_of_int16;
extern const every_conversion<std::int32_t> conversions_of_int32;
const every_conversion<std::int32_t> conversions_of_int32;
extern const every_conversion<std::int64_t> conversions_of_int64;
const every_conversion<std::int64_t> conversions_of_int64;
extern const every_conversion<std::uint8_t> conversions_of_uint8;
const every_conversion<std::uint8_t> conversions_of_uint8;
extern const every_conversion<std::uint16_t> conversions_of_uint16;
const every_conversion<std::uint16_t> conversions_of_uint16;
extern const every_conversion<std::uint32_t> conversions_of_uint32;
const every_conversion<std::uint32_t> conversions_of_uint32;
extern const every_conversion<std::uint64_t> conversions_of_uint64;
const every_conversion<std::uint64_t> conversions_of_uint64;
extern const every_conversion<bool> conversions_of_bool;
const every_conversion<bool> conversions_of_bool;
extern const stored_conversions conversions_of_stored;
const stored_conversions conversions_of_stored;

}  // namespace weft::cuda
