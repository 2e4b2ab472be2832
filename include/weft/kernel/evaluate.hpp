// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Element-wise expressions as loops. An expression is lowered to a tree of slots (tensors by
// number), immediates (numbers by number) and kernels' functions. A tree is nothing but a type: all
// that the compiler makes of it is evaluate_span, which runs it over consecutive elements in vector
// registers, in one pass and without temporaries. Broadcasting is bound_tree.hpp's.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/loop.hpp>
#include <weft/kernel/math.hpp>

namespace weft {

// What an element of type T is in a loop of N lanes: its computing type, or a pack of that.
template <class T, int N>
struct lane_value {
    using type = pack<compute_t<T>, N>;
};
template <class T>
struct lane_value<T, 1> {
    using type = compute_t<T>;
};
template <class T, int N>
using lane_value_t = typename lane_value<T, N>::type;

// N elements from memory, in their computing type.
template <class T, int N>
[[gnu::always_inline]] inline lane_value_t<T, N> load_lanes(const T* from) {
    using C = compute_t<T>;
    if constexpr (N == 1) {
        return static_cast<C>(*from);
    } else if constexpr (std::is_same_v<T, C>) {
        return pack<T, N>::load(from);
    } else {
        pack<C, N> out;
        for (int i = 0; i < N; ++i) out.set(i, static_cast<C>(from[i]));
        return out;
    }
}
template <class T, int N>
[[gnu::always_inline]] inline void store_lanes(T* to, const lane_value_t<T, N>& value) {
    using C = compute_t<T>;
    if constexpr (N == 1) {
        *to = static_cast<T>(value);
    } else if constexpr (std::is_same_v<T, C>) {
        value.store(to);
    } else {
        for (int i = 0; i < N; ++i) to[i] = static_cast<T>(value[i]);
    }
}

// What evaluate_span reads and writes.

// A number of an expression, in its computing type.
struct alignas(16) stored_number {
    unsigned char bytes[16];
};

// A compiled tree: evaluates elements [first, first + n) of its tensors to `out`. Slot k reads
// data[slots[k]], whose elements are consecutive (or one, where the slot's type has rank 0).
using span_function = void (*)(const char* const* data, const unsigned char* slots,
                               const stored_number* numbers, std::size_t first, std::size_t n,
                               void* out);

// Lowered trees.
// Each part has `slots` (how many there are up to its last one), `widest` (bytes of the widest
// computing type in it, for the number of lanes) and at<N>(data, numbers, i): the value of lanes
// [i, i+N).

// Tensor operand number I, with elements T; Rank0 where its type has no dimensions.
template <std::size_t I, class T, bool Rank0>
struct slot {
    static constexpr std::size_t slots = I + 1;
    static constexpr std::size_t widest = sizeof(compute_t<T>);
    static constexpr bool packable = !is_complex<T>;

    template <int N>
    [[gnu::always_inline]] static lane_value_t<T, N> at(const char* const* data,
                                                        const stored_number*, std::size_t i) {
        const T* from = reinterpret_cast<const T*>(data[I]);
        if constexpr (Rank0)
            return lane_value_t<T, N>(static_cast<compute_t<T>>(*from));
        else
            return load_lanes<T, N>(from + i);
    }
};

// Number I, beside elements T.
template <std::size_t I, class T>
struct immediate {
    static constexpr std::size_t slots = 0;
    static constexpr std::size_t widest = sizeof(compute_t<T>);
    static constexpr bool packable = !is_complex<T>;

    template <int N>
    [[gnu::always_inline]] static lane_value_t<T, N> at(const char* const*,
                                                        const stored_number* numbers, std::size_t) {
        compute_t<T> value;
        std::memcpy(static_cast<void*>(&value), numbers[I].bytes, sizeof value);
        return lane_value_t<T, N>(value);
    }
};

namespace detail {

constexpr std::size_t largest(std::initializer_list<std::size_t> sizes) {
    std::size_t most = 0;
    for (std::size_t size : sizes) most = size > most ? size : most;
    return most;
}

// Whether a kernel's function takes packs; those that take scalars only are called lane by lane.
template <class Kernel, class... V>
inline constexpr bool takes = requires(const V&... v) {
    Kernel::apply(v...);
};

template <class Kernel, class R, int N, class... V>
[[gnu::always_inline]] inline pack<R, N> apply_lane_by_lane(const V&... v) {
    pack<R, N> out;
    for (int i = 0; i < N; ++i) out.set(i, Kernel::apply(v[i]...));
    return out;
}
template <class Kernel, class R, int N, class... V>
[[gnu::always_inline]] inline lane_value_t<R, N> apply_lanes(const V&... v) {
    if constexpr (N == 1 || takes<Kernel, V...>)
        return static_cast<lane_value_t<R, N>>(Kernel::apply(v...));
    else
        return apply_lane_by_lane<Kernel, compute_t<R>, N>(v...);
}

}  // namespace detail

// Kernel::apply of the values of the operands; the result has elements R.
template <class Kernel, class R, class... Args>
struct application {
    static constexpr std::size_t slots = detail::largest({Args::slots...});
    static constexpr std::size_t widest = detail::largest({sizeof(compute_t<R>), Args::widest...});
    static constexpr bool packable = !is_complex<R> && (Args::packable && ...);

    template <int N>
    [[gnu::always_inline]] static lane_value_t<R, N> at(const char* const* data,
                                                        const stored_number* numbers,
                                                        std::size_t i) {
        return detail::apply_lanes<Kernel, R, N>(Args::template at<N>(data, numbers, i)...);
    }
};

// Loops.

// Lanes of one step of a tree's loop: as many of its widest type as a register holds.
template <class Tree>
inline constexpr int lanes_of = Tree::packable && register_bytes > static_cast<int>(Tree::widest)
                                    ? register_bytes / static_cast<int>(Tree::widest)
                                    : 1;

namespace detail {
// The data of each slot.
template <std::size_t... I>
[[gnu::always_inline]] inline void gather_slots(const char** to, const char* const* data,
                                                const unsigned char* slots,
                                                std::index_sequence<I...>) {
    ((to[I] = data[slots[I]]), ...);
}
}  // namespace detail

// The span_function of a tree and its result's elements. Never inlined: inlined into larger
// functions, compilers spill the loop's registers. `lanes` is a template argument so that files
// compiled for different instruction sets do not share it. Pointers are gathered in an array of its
// own, and `numbers` restricted, so that what is stored to `out` cannot change them.
template <int lanes, class Tree, class T>
[[gnu::noinline]] void evaluate_span(const char* const* data, const unsigned char* slots,
                                     const stored_number* __restrict numbers, std::size_t first,
                                     std::size_t n, void* to) {
    const char* from[Tree::slots == 0 ? 1 : Tree::slots];
    detail::gather_slots(from, data, slots, std::make_index_sequence<Tree::slots>{});
    T* const out = static_cast<T*>(to);
    std::size_t i = 0;
    if constexpr (lanes > 1) {
        constexpr std::size_t step = static_cast<std::size_t>(lanes);
        for (; i + 2 * step <= n; i += 2 * step) {
            const auto one = Tree::template at<lanes>(from, numbers, first + i);
            const auto two = Tree::template at<lanes>(from, numbers, first + i + step);
            store_lanes<T, lanes>(out + i, one);
            store_lanes<T, lanes>(out + i + step, two);
        }
    }
    for (; i < n; ++i) store_lanes<T, 1>(out + i, Tree::template at<1>(from, numbers, first + i));
}

}  // namespace weft
