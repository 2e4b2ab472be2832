// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Values of several tasks combined here, one element after the other and in the order of tasks: so
// the result does not depend on how an engine adds. Floating-point numbers are combined in their
// own type, half and bfloat16 in float. It knows nothing of messages.
#pragma once

#include <weft/cluster/transport.hpp>
#include <weft/core/half.hpp>

#include <cstddef>
#include <cstdint>

namespace weft {

constexpr const char* name_of(reduce_op op) {
    constexpr const char* names[] = {"sum", "min", "max", "prod"};
    return names[static_cast<unsigned char>(op)];
}

namespace detail {

template <class T>
constexpr T combined(reduce_op op, T a, T b) {
    switch (op) {
        case reduce_op::min: return b < a ? b : a;
        case reduce_op::max: return a < b ? b : a;
        case reduce_op::prod: return static_cast<T>(a * b);
        default: return static_cast<T>(a + b);
    }
}
// Integers wrap around, as the engines' do.
template <class T, class Compute>
void combine_as(reduce_op op, void* to, const void* from, std::size_t count, std::size_t parts) {
    auto* out = static_cast<T*>(to);
    const auto* in = static_cast<const T*>(from);
    for (std::size_t i = 0; i < count; ++i) {
        auto value = static_cast<Compute>(in[i]);
        for (std::size_t part = 1; part < parts; ++part)
            value = combined<Compute>(op, value, static_cast<Compute>(in[part * count + i]));
        out[i] = static_cast<T>(value);
    }
}

}  // namespace detail

// Combines `parts` arrays of `count` elements, which lie one behind the other, into `to`.
inline void combine(reduce_type type, reduce_op op, void* to, const void* from, std::size_t count,
                    std::size_t parts) {
    using detail::combine_as;
    const bool wraps = op == reduce_op::sum || op == reduce_op::prod;
    switch (type) {
        case reduce_type::f32: return combine_as<float, float>(op, to, from, count, parts);
        case reduce_type::f64: return combine_as<double, double>(op, to, from, count, parts);
        case reduce_type::f16: return combine_as<half, float>(op, to, from, count, parts);
        case reduce_type::bf16: return combine_as<bfloat16, float>(op, to, from, count, parts);
        case reduce_type::i8:
            return combine_as<std::int8_t, std::int64_t>(op, to, from, count, parts);
        case reduce_type::u8:
            return combine_as<std::uint8_t, std::uint64_t>(op, to, from, count, parts);
        case reduce_type::i32:
            return wraps ? combine_as<std::uint32_t, std::uint64_t>(op, to, from, count, parts)
                         : combine_as<std::int32_t, std::int64_t>(op, to, from, count, parts);
        case reduce_type::u32:
            return combine_as<std::uint32_t, std::uint64_t>(op, to, from, count, parts);
        case reduce_type::i64:
            return wraps ? combine_as<std::uint64_t, std::uint64_t>(op, to, from, count, parts)
                         : combine_as<std::int64_t, std::int64_t>(op, to, from, count, parts);
        case reduce_type::u64:
            return combine_as<std::uint64_t, std::uint64_t>(op, to, from, count, parts);
    }
}

}  // namespace weft
