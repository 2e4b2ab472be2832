// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// tensor<T, Dims...>: an owning value in row-major order. Elements are 64-byte aligned; those of
// small static tensors live in the object itself, others on the heap. Copies are deep; a moved-from
// tensor is empty (a static one keeps its size and has unspecified elements). Constant expressions
// can use tensors, too.
#pragma once

#include <weft/core/element_memory.hpp>
#include <weft/core/view.hpp>

#include <cstring>
#include <initializer_list>
#include <utility>

namespace weft {

// Static tensors up to this many bytes hold their elements inline.
inline constexpr std::size_t inline_bytes = 64;

namespace detail {

// An initializer list nested once per dimension; rank 0 takes one element.
template <class T, std::size_t Rank>
struct nested {
    using type = std::initializer_list<typename nested<T, Rank - 1>::type>;
};
template <class T>
struct nested<T, 0> {
    using type = T;
};

// Elements on the heap, or none. Bytes only: every element type is trivially copyable.
template <class T>
class heap_elements {
public:
    heap_elements() = default;
    constexpr explicit heap_elements(std::size_t n) {
        if (n == 0) return;
        if (std::is_constant_evaluated()) {
            data_ = new T[n];
        } else {
            const element_block block = take_elements(n * sizeof(T));
            data_ = static_cast<T*>(block.data);
            bytes_ = block.bytes;
        }
    }
    constexpr heap_elements(heap_elements&& other) noexcept
        : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
    constexpr heap_elements& operator=(heap_elements&& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(bytes_, other.bytes_);
        return *this;
    }
    constexpr ~heap_elements() {
        if (std::is_constant_evaluated())
            delete[] data_;
        else
            give_elements({data_, bytes_});
    }
    constexpr T* get() const { return data_; }

private:
    T* data_ = nullptr;
    std::size_t bytes_ = 0;  // that there is room for
};

template <class T, std::size_t N>
class inline_elements {
public:
    inline_elements() = default;
    constexpr explicit inline_elements(std::size_t) {}
    constexpr T* get() const { return const_cast<T*>(data_); }

private:
    alignas(N * sizeof(T) >= 16 ? 16 : sizeof(T)) T data_[N];
};

template <class T, std::size_t... Dims>
inline constexpr bool is_inline = static_shape<Dims...>::known &&
                                  ((Dims * ... * sizeof(T)) <= inline_bytes) &&
                                  (Dims * ... * std::size_t{1}) > 0;

}  // namespace detail

// Safe to read from several threads; a writer needs to be alone.
template <class T, std::size_t... Dims>
class tensor {
public:
    using value_type = T;
    using shape_type = static_shape<Dims...>;
    static constexpr std::size_t rank = sizeof...(Dims);
    static_assert(is_element<T>,
                  "weft: this type cannot be an element of a tensor; include "
                  "<weft/core/complex.hpp> for std::complex");

    // Zeros; without elements where a dimension is dyn.
    constexpr tensor() : tensor(of_shape{}, initial_shape()) { clear(); }

    // Elements as nested braces, tensor<float, 2, 3>{{1, 2, 3}, {4, 5, 6}}, or the element for rank
    // 0. Fails with invalid_argument where the braces do not form the static dimensions.
    constexpr tensor(const typename detail::nested<T, rank>::type& elements)
        : tensor(of_shape{}, measure(elements)) {
        T* to = data();
        fill<rank>(elements, to);
    }

    // Zeros of a given shape; fails with invalid_argument where it contradicts the static
    // dimensions.
    static tensor zeros(const dims& shape) {
        tensor t = uninitialized(shape);
        t.clear();
        return t;
    }
    // Elements that are written before they are read, by the caller.
    static tensor uninitialized(const dims& shape) { return {of_shape{}, shape}; }
    // A copy of shape.size() elements in row-major order.
    static constexpr tensor copy_of(const T* elements, const dims& shape) {
        tensor t(of_shape{}, shape);
        if (std::is_constant_evaluated())
            for (std::size_t i = 0; i < t.size(); ++i) t.data()[i] = elements[i];
        else if (t.size() > 0)
            std::memcpy(static_cast<void*>(t.data()), elements, t.size() * sizeof(T));
        return t;
    }

    constexpr tensor(const tensor& other) : tensor(copy_of(other.data(), other.shape_)) {}
    constexpr tensor(tensor&& other) noexcept
        : elements_(std::move(other.elements_)),
          shape_(std::exchange(other.shape_, initial_shape())) {}
    constexpr tensor& operator=(const tensor& other) { return *this = tensor(other); }
    constexpr tensor& operator=(tensor&& other) noexcept {
        if (this == &other) return *this;
        elements_ = std::move(other.elements_);
        shape_ = std::exchange(other.shape_, initial_shape());
        return *this;
    }
    constexpr ~tensor() = default;

    constexpr T* data() { return elements_.get(); }
    constexpr const T* data() const { return elements_.get(); }
    constexpr const dims& shape() const { return shape_; }
    constexpr std::size_t size() const { return shape_.size(); }
    constexpr std::size_t extent(std::size_t axis) const { return shape_[axis]; }
    constexpr T* begin() { return data(); }
    constexpr T* end() { return data() + size(); }
    constexpr const T* begin() const { return data(); }
    constexpr const T* end() const { return data() + size(); }

    tensor_view<T, Dims...> view() { return {data(), shape_}; }
    tensor_view<const T, Dims...> view() const { return {data(), shape_}; }
    operator tensor_view<const T, Dims...>() const { return view(); }

    constexpr T& operator[](std::size_t i) { return at_flat(*this, i); }
    constexpr const T& operator[](std::size_t i) const { return at_flat(*this, i); }
    template <class... I>
    T& operator()(I... index) {
        return view()(index...);
    }
    template <class... I>
    const T& operator()(I... index) const {
        return view()(index...);
    }

    // A rank-0 tensor converts to its element and compares with numbers.
    constexpr operator T() const requires(sizeof...(Dims) == 0) { return *data(); }
    template <class U>
        requires(sizeof...(Dims) == 0 && std::is_arithmetic_v<U>)
    friend constexpr bool operator==(const tensor& a, U b) {
        if constexpr (std::is_arithmetic_v<T>)
            return static_cast<std::common_type_t<T, U>>(*a.data()) ==
                   static_cast<std::common_type_t<T, U>>(b);
        else
            return *a.data() == static_cast<T>(b);
    }

    // Same shape, and each element equal to its counterpart (so NaN differs from itself).
    friend constexpr bool operator==(const tensor& a, const tensor& b) {
        if (!(a.shape_ == b.shape_)) return false;
        for (std::size_t i = 0; i < a.size(); ++i)
            if (!(a.data()[i] == b.data()[i])) return false;
        return true;
    }

private:
    static constexpr bool inline_storage = detail::is_inline<T, Dims...>;

    struct of_shape {};
    constexpr tensor(of_shape, const dims& shape)
        : elements_(checked(shape).size()), shape_(shape) {}

    // The static shape, with 0 for dyn.
    static constexpr dims initial_shape() {
        dims shape = shape_type::value;
        for (std::size_t axis = 0; axis != rank; ++axis)
            if (shape[axis] == dyn) shape[axis] = 0;
        return shape;
    }
    static constexpr const dims& checked(const dims& shape) {
        if (shape.rank != rank || first_mismatch(shape, shape_type::value) != rank)
            refuse_tensor(shape_type::value, shape);
        return shape;
    }
    constexpr void clear() {
        if (std::is_constant_evaluated())
            for (T& element : *this) element = T{};
        else if (size() > 0)
            std::memset(static_cast<void*>(data()), 0, size() * sizeof(T));
    }
    template <class Self>
    static constexpr auto& at_flat(Self& self, std::size_t i) {
        static_assert(rank == 1, "weft: operator[] is for rank 1; write t(i, j, ...)");
        return self.data()[i];
    }

    template <class List>
    static constexpr dims measure(const List& list) {
        dims shape;
        measure_level<rank>(list, shape);
        return shape;
    }
    template <std::size_t Level, class List>
    static constexpr void measure_level(const List& list, dims& shape) {
        if constexpr (Level > 0) {
            shape.push_back(list.size());
            if constexpr (Level > 1) {
                if (list.size() > 0)
                    measure_level<Level - 1>(*list.begin(), shape);
                else
                    while (shape.rank < rank) shape.push_back(0);
            }
        }
    }
    template <std::size_t Level, class List>
    constexpr void fill(const List& list, T*& to) {
        if constexpr (Level == 0) {
            *to++ = list;
        } else {
            if (list.size() != shape_[rank - Level])
                fail(errc::invalid_argument, "braces of %zu elements where %zu are wanted",
                     list.size(), shape_[rank - Level]);
            for (const auto& element : list) fill<Level - 1>(element, to);
        }
    }

    std::conditional_t<inline_storage,
                       detail::inline_elements<T, inline_storage ? (Dims*...* std::size_t{1}) : 1>,
                       detail::heap_elements<T>>
        elements_;
    dims shape_;
};

// Whether V is a tensor.
template <class V>
inline constexpr bool is_tensor = false;
template <class T, std::size_t... Dims>
inline constexpr bool is_tensor<tensor<T, Dims...>> = true;

// The tensor of elements T whose dimensions are Shape::value.
template <class T, class Shape, class Axes = std::make_index_sequence<Shape::value.rank>>
struct tensor_of;
template <class T, class Shape, std::size_t... Axis>
struct tensor_of<T, Shape, std::index_sequence<Axis...>> {
    using type = tensor<T, Shape::value[Axis]...>;
};
template <class T, class Shape>
using tensor_of_t = typename tensor_of<T, Shape>::type;

}  // namespace weft
