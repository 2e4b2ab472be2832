// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// tensor_view<T, Dims...>: borrowed elements in row-major order, with the dimensions that are known
// in its type. It owns nothing and never outlives what it looks at; copying one copies a pointer
// and a shape.
#pragma once

#include <weft/core/element.hpp>
#include <weft/core/shape.hpp>

#include <type_traits>

namespace weft {

// The dimensions of a tensor type as a constant; `dyn` where unknown.
template <std::size_t... Dims>
struct static_shape {
    static constexpr dims value{Dims...};
    static constexpr bool known = ((Dims != dyn) && ...);
};

// A view of dimensions From may be given where one of To is wanted: same rank, and each dimension
// of To is dyn or the same number.
template <class To, class From>
inline constexpr bool is_shape_convertible = [] {
    if (To::value.rank != From::value.rank) return false;
    for (std::size_t axis = 0; axis < To::value.rank; ++axis)
        if (To::value[axis] != dyn && To::value[axis] != From::value[axis]) return false;
    return true;
}();

// T may be const. Not thread-safe beyond what the elements are.
template <class T, std::size_t... Dims>
class tensor_view {
public:
    using value_type = std::remove_const_t<T>;
    using shape_type = static_shape<Dims...>;
    static constexpr std::size_t rank = sizeof...(Dims);
    static_assert(is_element<value_type>, "weft: this type cannot be an element of a tensor");

    // `shape` must have this rank, and agree with the static dimensions; both are checked and fail
    // with invalid_argument.
    tensor_view(T* data, const dims& shape) : data_(data), shape_(shape) {
        if (shape.rank != rank || first_mismatch(shape, shape_type::value) != rank)
            refuse_view(shape_type::value, shape);
    }
    template <class U, std::size_t... Other>
        requires(std::is_convertible_v<U (*)[], T (*)[]> &&
                 is_shape_convertible<static_shape<Dims...>, static_shape<Other...>>)
    tensor_view(const tensor_view<U, Other...>& other)
        : data_(other.data()), shape_(other.shape()) {}

    T* data() const { return data_; }
    const dims& shape() const { return shape_; }
    std::size_t size() const { return shape_.size(); }
    std::size_t extent(std::size_t axis) const { return shape_[axis]; }
    T* begin() const { return data_; }
    T* end() const { return data_ + size(); }

    // Element i of a tensor of rank 1; unchecked.
    T& operator[](std::size_t i) const {
        static_assert(rank == 1, "weft: operator[] is for rank 1; write t(i, j, ...)");
        return data_[i];
    }
    // One index per dimension; unchecked.
    template <class... I>
    T& operator()(I... index) const {
        static_assert(sizeof...(I) == rank, "weft: give one index per dimension");
        std::size_t at = 0;
        std::size_t axis = 0;
        ((at = at * shape_[axis++] + static_cast<std::size_t>(index)), ...);
        return data_[at];
    }

private:
    T* data_;
    dims shape_;
};

}  // namespace weft
