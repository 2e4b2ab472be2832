// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The registered kernels of an op, found by asking the kernel trait for every element type: what
// error texts list, what coverage<Device>() returns and the kernel table in the docs is made of.
// Knows names only, no graph.
#pragma once

#include <weft/config.hpp>
#include <weft/kernel/kernel.hpp>

#include <span>
#include <string>

namespace weft {

// The element types that kernels are looked up for; <weft/core/complex.hpp> types have no place in
// GPU kernels and are left out of lists.
using listed_elements =
    type_list<float, double, half, bfloat16, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
              std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t, bool>;

// The elements for which an op has a kernel on a device kind: bit i is set for the i-th listed
// element, with further elements or none.
struct registered_mask {
    const char* kind;
    const char* with;  // "std::int32_t", or ""
    std::uint32_t elements;
};

// A kernel that an op does not have.
struct missing_kernel {
    const char* op;
    std::span<const dtype> elements;
};

// Lines of "  device='cpu'; T in [float, double]" for each mask that is not empty.
[[gnu::cold]] std::string registered_text(std::span<const registered_mask> masks);
// "Softsign(double)".
[[gnu::cold]] std::string missing_text(const missing_kernel& missing);

namespace detail {

template <class Op, class Device, class... Index, class... T>
constexpr std::uint32_t elements_of(type_list<T...>) {
    std::uint32_t bit = 1, mask = 0;
    ((mask |= has_kernel<Op, Device, T, Index...> ? bit : 0u, bit <<= 1), ...);
    return mask;
}
template <class Op, class Device, class... Index>
constexpr registered_mask mask_of(const char* with) {
    return {Device::name, with, elements_of<Op, Device, Index...>(listed_elements{})};
}

template <class Op, class Kinds>
struct registered_masks;
template <class Op, class... Kinds>
struct registered_masks<Op, device_kinds<Kinds...>> {
    // With its size: nvcc makes no span of an array without.
    static constexpr registered_mask value[3 * sizeof...(Kinds)] = {
        mask_of<Op, Kinds>("")..., mask_of<Op, Kinds, std::int32_t>("std::int32_t")...,
        mask_of<Op, Kinds, std::int64_t>("std::int64_t")...};
};

template <class Missing>
struct missing_kernel_of;
template <class Op, class Device, class... T>
struct missing_kernel_of<missing<Op, Device, T...>> {
    using op = Op;
    static constexpr dtype elements[] = {dtype_of<T>..., dtype::none};
    static constexpr missing_kernel value{Op::name, {elements, sizeof...(T)}};
};

}  // namespace detail

// Lines of "  device='cpu'; T in [float, double]" for each kind that has a kernel of Op; empty if
// none has.
template <class Op, class Kinds>
std::string registered_kernels() {
    return registered_text(detail::registered_masks<Op, Kinds>::value);
}

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/kernel/registered_source.hpp>
#endif
