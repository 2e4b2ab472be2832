// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The parts of floating-point trees; half and bfloat16 are computed in float.
#include "instantiate_parts.hpp"

namespace weft::cuda {

extern const all_parts_of_type<float> parts_of_float;
const all_parts_of_type<float> parts_of_float;
extern const all_parts_of_type<double> parts_of_double;
const all_parts_of_type<double> parts_of_double;

}  // namespace weft::cuda
