// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// tensor<T, Dims...>: an owning value in row-major order. Elements are 64-byte aligned; those of
// small static tensors live in the object itself, others on the heap. Copies are deep; a moved-from
// tensor is empty (a static one keeps its size and has unspecified elements).
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
    explicit heap_elements(std::size_t n) : block_(take_elements(n * sizeof(T))) {}
    heap_elements(heap_elements&& other) noexcept : block_(std::exchange(other.block_, {})) {}
    heap_elements& operator=(heap_elements&& other) noexcept {
        std::swap(block_, other.block_);
        return *this;
    }
    ~heap_elements() { give_elements(block_); }
    T* get() const { return static_cast<T*>(block_.data); }

private:
    element_block block_;
};

template <class T, std::size_t N>
class inline_elements {
public:
    inline_elements() = default;
    explicit inline_elements(std::size_t) {}
    T* get() const { return const_cast<T*>(data_); }

private:
    alignas(N * sizeof(T) >= 16 ? 16 : sizeof(T)) T data_[N];
};

template <class T, std::size_t... Dims>
inline constexpr bool is_inline =
    static_shape<Dims...>::known && ((Dims * ... * sizeof(T)) <= inline_bytes) &&
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
    tensor() : tensor(of_shape{}, initial_shape()) { clear(); }

    // Elements as nested braces, tensor<float, 2, 3>{{1, 2, 3}, {4, 5, 6}}, or the element for rank
    // 0. Fails with invalid_argument where the braces do not form the static dimensions.
    tensor(const typename detail::nested<T, rank>::type& elements)
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
    static tensor copy_of(const T* elements, const dims& shape) {
        tensor t(of_shape{}, shape);
        if (t.size() > 0) std::memcpy(static_cast<void*>(t.data()), elements, t.size() * sizeof(T));
        return t;
    }

    tensor(const tensor& other) : tensor(copy_of(other.data(), other.shape_)) {}
    tensor(tensor&& other) noexcept
        : elements_(std::move(other.elements_)),
          shape_(std::exchange(other.shape_, initial_shape())) {}
    tensor& operator=(const tensor& other) { return *this = tensor(other); }
    tensor& operator=(tensor&& other) noexcept {
        if (this == &other) return *this;
        elements_ = std::move(other.elements_);
        shape_ = std::exchange(other.shape_, initial_shape());
        return *this;
    }
    ~tensor() = default;

    T* data() { return elements_.get(); }
    const T* data() const { return elements_.get(); }
    const dims& shape() const { return shape_; }
    std::size_t size() const { return shape_.size(); }
    std::size_t extent(std::size_t axis) const { return shape_[axis]; }
    T* begin() { return data(); }
    T* end() { return data() + size(); }
    const T* begin() const { return data(); }
    const T* end() const { return data() + size(); }

    tensor_view<T, Dims...> view() { return {data(), shape_}; }
    tensor_view<const T, Dims...> view() const { return {data(), shape_}; }
    operator tensor_view<const T, Dims...>() const { return view(); }

    T& operator[](std::size_t i) { return at_flat(*this, i); }
    const T& operator[](std::size_t i) const { return at_flat(*this, i); }
    template <class... I>
    T& operator()(I... index) {
        return view()(index...);
    }
    template <class... I>
    const T& operator()(I... index) const {
        return view()(index...);
    }

    // A rank-0 tensor converts to its element and compares with numbers.
    operator T() const
        requires(sizeof...(Dims) == 0)
    {
        return *data();
    }
    template <class U>
        requires(sizeof...(Dims) == 0 && std::is_arithmetic_v<U>)
    friend bool operator==(const tensor& a, U b) {
        if constexpr (std::is_arithmetic_v<T>)
            return static_cast<std::common_type_t<T, U>>(*a.data()) ==
                   static_cast<std::common_type_t<T, U>>(b);
        else
            return *a.data() == static_cast<T>(b);
    }

    // Same shape, and each element equal to its counterpart (so NaN differs from itself).
    friend bool operator==(const tensor& a, const tensor& b) {
        if (!(a.shape_ == b.shape_)) return false;
        for (std::size_t i = 0; i < a.size(); ++i)
            if (!(a.data()[i] == b.data()[i])) return false;
        return true;
    }

private:
    static constexpr bool inline_storage = detail::is_inline<T, Dims...>;

    struct of_shape {};
    tensor(of_shape, const dims& shape) : elements_(checked(shape).size()), shape_(shape) {}

    // The static shape, with 0 for dyn.
    static constexpr dims initial_shape() {
        dims shape = shape_type::value;
        for (std::size_t axis = 0; axis != rank; ++axis)
            if (shape[axis] == dyn) shape[axis] = 0;
        return shape;
    }
    static const dims& checked(const dims& shape) {
        if (shape.rank != rank || first_mismatch(shape, shape_type::value) != rank)
            refuse_tensor(shape_type::value, shape);
        return shape;
    }
    void clear() {
        if (size() > 0) std::memset(static_cast<void*>(data()), 0, size() * sizeof(T));
    }
    template <class Self>
    static auto& at_flat(Self& self, std::size_t i) {
        static_assert(rank == 1, "weft: operator[] is for rank 1; write t(i, j, ...)");
        return self.data()[i];
    }

    template <class List>
    static dims measure(const List& list) {
        dims shape;
        measure_level<rank>(list, shape);
        return shape;
    }
    template <std::size_t Level, class List>
    static void measure_level(const List& list, dims& shape) {
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
    void fill(const List& list, T*& to) {
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
