// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The texts about kernels that exist and that do not. Written when an error or a report wants them,
// from what the compiler left in tables, so that making a node costs no text. Knows names only, no
// graph.
#pragma once

#include <weft/kernel/registered.hpp>

namespace weft {

namespace detail {
// The listed elements, in their order.
template <class... T>
constexpr dtype listed_element(std::size_t i, type_list<T...>) {
    constexpr dtype all[] = {dtype_of<T>...};
    return all[i];
}
}  // namespace detail

WEFT_SOURCE std::string registered_text(std::span<const registered_mask> masks) {
    std::string out;
    for (const registered_mask& mask : masks) {
        if (mask.elements == 0) continue;
        ((out += "  device='") += mask.kind) += "'; T in [";
        const char* separator = "";
        for (std::size_t i = 0; i < listed_elements::size; ++i) {
            if ((mask.elements >> i & 1u) == 0) continue;
            (out += separator) += name_of(detail::listed_element(i, listed_elements{}));
            separator = ", ";
        }
        out += ']';
        if (*mask.with != 0) (out += "; with ") += mask.with;
        out += '\n';
    }
    return out;
}

WEFT_SOURCE std::string missing_text(const missing_kernel& missing) {
    std::string out = missing.op;
    const char* separator = "(";
    for (dtype element : missing.elements) {
        (out += separator) += name_of(element);
        separator = ", ";
    }
    return out + ')';
}

}  // namespace weft
