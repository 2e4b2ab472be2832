// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The loops of reduce_into: one for each type and operation. Integers wrap as unsigned ones do;
// numbers of 16 bits are widened to float and rounded once for each step. The smaller of a number
// and a NaN is the number that was there.
#pragma once

#include <weft/cluster/reduce.hpp>
#include <weft/core/half.hpp>

#include <type_traits>

namespace weft {

namespace detail {

template <class T, class C>
void reduce_elements(reduce_op op, const void* source, void* target, std::size_t count) {
    const T* const from = static_cast<const T*>(source);
    T* const to = static_cast<T*>(target);
    const auto each = [&](auto of) {
        for (std::size_t i = 0; i < count; ++i)
            to[i] = static_cast<T>(of(static_cast<C>(to[i]), static_cast<C>(from[i])));
    };
    switch (op) {
        case reduce_op::sum: return each([](C a, C b) { return static_cast<C>(a + b); });
        case reduce_op::prod: return each([](C a, C b) { return static_cast<C>(a * b); });
        case reduce_op::min: return each([](C a, C b) { return b < a ? b : a; });
        case reduce_op::max: return each([](C a, C b) { return a < b ? b : a; });
    }
}

// Sums and products of signed integers are those of unsigned ones.
template <class T>
void reduce_integers(reduce_op op, const void* from, void* to, std::size_t count) {
    using U = std::conditional_t<sizeof(T) < 4, std::uint32_t, std::make_unsigned_t<T>>;
    if (op == reduce_op::sum || op == reduce_op::prod)
        return reduce_elements<T, U>(op, from, to, count);
    reduce_elements<T, T>(op, from, to, count);
}

}  // namespace detail

WEFT_SOURCE void reduce_into(reduce_type type, reduce_op op, const void* from, void* to,
                             std::size_t count) {
    using namespace detail;
    switch (type) {
        case reduce_type::f32: return reduce_elements<float, float>(op, from, to, count);
        case reduce_type::f64: return reduce_elements<double, double>(op, from, to, count);
        case reduce_type::f16: return reduce_elements<half, float>(op, from, to, count);
        case reduce_type::bf16: return reduce_elements<bfloat16, float>(op, from, to, count);
        case reduce_type::i8: return reduce_integers<std::int8_t>(op, from, to, count);
        case reduce_type::u8: return reduce_integers<std::uint8_t>(op, from, to, count);
        case reduce_type::i32: return reduce_integers<std::int32_t>(op, from, to, count);
        case reduce_type::u32: return reduce_integers<std::uint32_t>(op, from, to, count);
        case reduce_type::i64: return reduce_integers<std::int64_t>(op, from, to, count);
        case reduce_type::u64: return reduce_integers<std::uint64_t>(op, from, to, count);
    }
}

}  // namespace weft
