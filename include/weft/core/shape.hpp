// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Shapes at run time: dims, and its relations to the static dimensions in types. A dims holds up to
// max_rank sizes inline; in the type of a node `dyn` stands where a size is not known yet. It knows
// no element type and allocates nothing.
#pragma once

#include <weft/config.hpp>
#include <weft/core/failure.hpp>
#include <weft/fwd.hpp>

#include <initializer_list>

namespace weft {

// The largest rank of a tensor.
inline constexpr std::size_t max_rank = 8;

// The sizes of a tensor, outermost first (row-major).
struct dims {
    std::size_t extent[max_rank] = {};
    std::size_t rank = 0;

    constexpr dims() = default;
    // Fails with invalid_argument above max_rank.
    constexpr dims(std::initializer_list<std::size_t> sizes) {
        if (sizes.size() > max_rank)
            fail(errc::invalid_argument, "a tensor has at most %zu dimensions, not %zu", max_rank,
                 sizes.size());
        for (std::size_t size : sizes) extent[rank++] = size;
    }

    constexpr std::size_t operator[](std::size_t axis) const { return extent[axis]; }
    constexpr std::size_t& operator[](std::size_t axis) { return extent[axis]; }
    constexpr const std::size_t* begin() const { return extent; }
    constexpr const std::size_t* end() const { return extent + rank; }

    // Number of elements: the product, 1 for rank 0. No dimension may be dyn.
    constexpr std::size_t size() const { return product(0, rank); }
    // Product of the sizes of axes [first, last).
    constexpr std::size_t product(std::size_t first, std::size_t last) const {
        std::size_t n = 1;
        for (std::size_t axis = first; axis < last; ++axis) n *= extent[axis];
        return n;
    }
    constexpr void push_back(std::size_t size) {
        if (rank == max_rank)
            fail(errc::invalid_argument, "a tensor has at most %zu dimensions", max_rank);
        extent[rank++] = size;
    }
    // True where no dimension is dyn.
    constexpr bool known() const {
        for (std::size_t size : *this)
            if (size == dyn) return false;
        return true;
    }

    friend constexpr bool operator==(const dims& a, const dims& b) {
        if (a.rank != b.rank) return false;
        for (std::size_t axis = 0; axis < a.rank; ++axis)
            if (a.extent[axis] != b.extent[axis]) return false;
        return true;
    }
};

// A dims as text, "[2,3]" or "[?,64]", in a buffer of its own: `text(shape).chars`.
struct dims_text {
    char chars[max_rank * 21 + 3] = {};

    explicit dims_text(const dims& shape);
};

// The axis that differs between a run-time shape and a pattern with dyn in it; rank if they agree.
constexpr std::size_t first_mismatch(const dims& shape, const dims& pattern) {
    for (std::size_t axis = 0; axis < pattern.rank; ++axis)
        if (pattern[axis] != dyn && pattern[axis] != shape[axis]) return axis;
    return pattern.rank;
}

// Fails with invalid_argument: a view or a tensor of a type with these dimensions cannot have this
// shape.
[[noreturn]] void refuse_view(const dims& type, const dims& shape);
[[noreturn]] void refuse_tensor(const dims& type, const dims& shape);

// NumPy's rule for one dimension: equal, or one of them 1. Fails with invalid_argument otherwise.
constexpr std::size_t broadcast_extent(std::size_t a, std::size_t b, std::size_t axis) {
    if (a == b || b == 1) return a;
    if (a == 1) return b;
    fail(errc::invalid_argument,
         "operands do not broadcast: %zu and %zu in dimension %zu (equal, or one of them 1, is "
         "wanted)",
         a, b, axis);
}

// NumPy's broadcasting of two run-time shapes, aligned at the last axis.
constexpr dims broadcast(const dims& a, const dims& b) {
    const dims& longer = a.rank >= b.rank ? a : b;
    const dims& shorter = a.rank >= b.rank ? b : a;
    const std::size_t shift = longer.rank - shorter.rank;
    dims out = longer;
    for (std::size_t axis = 0; axis < shorter.rank; ++axis)
        out[axis + shift] = broadcast_extent(longer[axis + shift], shorter[axis], axis + shift);
    return out;
}

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/core/shape_source.hpp>
#endif
