// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The registered kernels of an op, found by asking the kernel trait for every element type: what
// error texts list, what coverage<Device>() returns and the kernel table in the docs is made of.
// Knows names only, no graph.
#pragma once

#include <weft/kernel/kernel.hpp>

#include <string>

namespace weft {

// The element types that kernels are looked up for; <weft/core/complex.hpp> types have no place in
// GPU kernels and are left out of lists.
using listed_elements =
    type_list<float, double, half, bfloat16, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
              std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t, bool>;

namespace detail {

// "float, double": elements for which Op has a kernel on Device, Index... being its further types.
template <class Op, class Device, class... Index, class... T>
std::string elements_of(type_list<T...>) {
    std::string out;
    ((has_kernel<Op, Device, T, Index...>
          ? static_cast<void>((out += out.empty() ? "" : ", ") += name_of(dtype_of<T>))
          : static_cast<void>(0)),
     ...);
    return out;
}

template <class Op, class Device, class... Index>
void append_registered(std::string& out, const char* index) {
    const std::string elements = elements_of<Op, Device, Index...>(listed_elements{});
    if (elements.empty()) return;
    ((out += "  device='") += Device::name) += "'; T in [";
    (out += elements) += ']';
    if (*index != 0) (out += "; with ") += index;
    out += '\n';
}

template <class Op, class... Kinds>
std::string registered_on(device_kinds<Kinds...>) {
    std::string out;
    (append_registered<Op, Kinds>(out, ""), ...);
    (append_registered<Op, Kinds, std::int32_t>(out, "std::int32_t"), ...);
    (append_registered<Op, Kinds, std::int64_t>(out, "std::int64_t"), ...);
    return out;
}

}  // namespace detail

// Lines of "  device='cpu'; T in [float, double]" for each kind that has a kernel of Op; empty if
// none has.
template <class Op, class Kinds>
std::string registered_kernels() {
    return detail::registered_on<Op>(Kinds{});
}

}  // namespace weft
