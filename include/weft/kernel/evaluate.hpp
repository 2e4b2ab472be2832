// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Element-wise expressions as loops. An expression is lowered to a tree of slots (tensors by
// number), immediates (numbers by number) and kernels' functions. A tree is nothing but a type: all
// that the compiler makes of it is evaluate_span, which runs it over consecutive elements in vector
// registers, in one pass and without temporaries. Broadcasting is bound_tree.hpp's.
#pragma once

#include <weft/kernel/instruction_set.hpp>
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

// What a compiled tree reads and writes.

// Bytes of the widest step of any loop through one operand.
inline constexpr std::size_t step_bytes = 64;

// A number of an expression, in its computing type.
struct alignas(16) stored_number {
    unsigned char bytes[16];
};

// What a compiled tree evaluates: rows of n elements, a multiple of its loop's lanes. Of each
// tensor that it reads, by number: where its first element is, and by how many bytes it goes on
// after a step, and after a row beyond that. It may stand still in a row, and then is a whole step
// there, all elements the same (one, where its type has rank 0). No operand may be where results
// go, but for an element that only its own result needs. Loops of one lane do one row, and no
// steps.
struct span_range {
    const char* const* data;
    const std::size_t* steps;
    const std::size_t* row_steps;
    std::size_t n, rows;
    std::size_t out_row_step;  // in elements
};

// A compiled tree: slot k reads tensor slots[k].
using span_function = void (*)(const span_range& range, const unsigned char* slots,
                               const stored_number* numbers, void* out);

// A compiled tree and the elements of one step of its loop; and that for each instruction set.
struct span_code {
    span_function run = nullptr;
    std::uint8_t lanes = 1;

    bool operator==(const span_code&) const = default;
};
struct span_variants {
    span_code of[variant_count];

    bool operator==(const span_variants&) const = default;

    const span_code& in_use() const {
        return of[static_cast<std::size_t>(instruction_set_in_use())];
    }
};

// Lowered trees.
// Each part has `slots` (how many there are up to its last one), `columns` (a bit for each of them
// that is one, up to 64), `widest` (bytes of the widest computing type in it, for the number of
// lanes) and at<N>(data, numbers, i): the value of lanes [i, i+N), of bool perhaps a lane_mask.

// What the type of a slot's tensor says: it has no dimensions, or the last one is 1.
enum class slot_shape : std::uint8_t { any, number, column };

// Tensor operand number I, with elements T.
template <std::size_t I, class T, slot_shape Shape>
struct slot {
    static constexpr std::size_t slots = I + 1;
    static constexpr std::uint64_t columns =
        Shape == slot_shape::column && I < 64 ? std::uint64_t{1} << I % 64 : 0;
    static constexpr std::size_t widest = sizeof(compute_t<T>);
    static constexpr bool packable = !is_complex<T>;

    template <int N>
    [[gnu::always_inline]] static lane_value_t<T, N> at(const char* const* data,
                                                        const stored_number*, std::size_t i) {
        const T* from = reinterpret_cast<const T*>(data[I]);
        if constexpr (Shape == slot_shape::number)
            return lane_value_t<T, N>(static_cast<compute_t<T>>(*from));
        else
            return load_lanes<T, N>(from + i);
    }
};

// Number I, beside elements T.
template <std::size_t I, class T>
struct immediate {
    static constexpr std::size_t slots = 0;
    static constexpr std::uint64_t columns = 0;
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
// Kernels with takes_masks are given the masks of comparisons as they are, others packs of bool.
template <class Kernel>
inline constexpr bool takes_masks = false;
template <class Kernel>
    requires(Kernel::takes_masks)
inline constexpr bool takes_masks<Kernel> = true;

template <class Kernel, class R, int N, class... V>
[[gnu::always_inline]] inline auto apply_lanes(const V&... v) {
    if constexpr ((is_lane_mask<V> || ...) && !takes_masks<Kernel>)
        return apply_lanes<Kernel, R, N>(without_mask(v)...);
    else if constexpr (N > 1 && !takes<Kernel, V...>)
        return apply_lane_by_lane<Kernel, compute_t<R>, N>(v...);
    else if constexpr (N > 1 && std::is_same_v<R, bool>)
        return Kernel::apply(v...);
    else
        return static_cast<lane_value_t<R, N>>(Kernel::apply(v...));
}

}  // namespace detail

// Kernel::apply of the values of the operands; the result has elements R.
template <class Kernel, class R, class... Args>
struct application {
    static constexpr std::size_t slots = detail::largest({Args::slots...});
    static constexpr std::size_t widest = detail::largest({sizeof(compute_t<R>), Args::widest...});
    static constexpr std::uint64_t columns = (std::uint64_t{0} | ... | Args::columns);
    static constexpr bool packable = !is_complex<R> && (Args::packable && ...);

    template <int N>
    [[gnu::always_inline]] static auto at(const char* const* data, const stored_number* numbers,
                                          std::size_t i) {
        return detail::apply_lanes<Kernel, R, N>(Args::template at<N>(data, numbers, i)...);
    }
};

// Loops.

// Lanes of one step of a tree's loop: as many of its widest type as a register holds.
template <class Tree, instruction_set Set = instruction_set::of_flags>
inline constexpr std::size_t lanes_of =
    Tree::packable && std::size_t{register_bytes_of<Set>} > Tree::widest
        ? register_bytes_of<Set> / Tree::widest
        : 1;

namespace detail {
constexpr bool holds_slot(std::uint64_t slots, std::size_t i) {
    return i < 64 && (slots >> i % 64 & 1) != 0;
}
// What the slots have of an array with an entry for each tensor.
template <class T, std::size_t... I>
[[gnu::always_inline]] inline void gather_slots(T* to, const T* of_tensors,
                                                const unsigned char* slots,
                                                std::index_sequence<I...>) {
    ((to[I] = of_tensors[slots[I]]), ...);
}
template <std::uint64_t standing, std::size_t... I>
[[gnu::always_inline]] inline void advance_slots(const char** from, const std::size_t* steps,
                                                 std::index_sequence<I...>) {
    ((from[I] += holds_slot(standing, I) ? 0 : steps[I]), ...);
}
// The slots of `standing` at a row's begin, copied to where no store can change them, so that their
// values are loaded before the row's loop; and the others back.
template <std::uint64_t standing, std::size_t... I>
[[gnu::always_inline]] inline void begin_row(const char** at, const char* const* from,
                                             [[maybe_unused]] char (*copies)[step_bytes],
                                             std::index_sequence<I...>) {
    ((at[I] = holds_slot(standing, I) ? static_cast<const char*>(
                                            std::memcpy(copies[I], from[I], step_bytes))
                                      : from[I]),
     ...);
}
template <std::uint64_t standing, std::size_t... I>
[[gnu::always_inline]] inline void end_row(const char** from, const char* const* at,
                                           std::index_sequence<I...>) {
    ((from[I] = holds_slot(standing, I) ? from[I] : at[I]), ...);
}
template <std::uint64_t standing, std::size_t... I>
[[gnu::always_inline]] inline bool stand_still(const std::size_t* steps,
                                               std::index_sequence<I...>) {
    return ((!holds_slot(standing, I) || steps[I] == 0) && ...);
}
}  // namespace detail

// All rows of a tree; the columns of `standing` repeat an element in each row.
template <int lanes, class Tree, class T, std::uint64_t standing>
[[gnu::always_inline]] inline void run_rows(const span_range& range, const unsigned char* slots,
                                            const stored_number* __restrict numbers, T* out,
                                            const char** from) {
    constexpr std::make_index_sequence<Tree::slots> each{};
    constexpr std::size_t room = Tree::slots == 0 ? 1 : Tree::slots;
    std::size_t steps[room], row_steps[room] = {};
    const char* at[room];
    alignas(step_bytes) char copies[standing == 0 ? 1 : room][step_bytes];
    detail::gather_slots(steps, range.steps, slots, each);
    if (range.rows > 1) detail::gather_slots(row_steps, range.row_steps, slots, each);
    const std::size_t n = range.n, out_row_step = range.out_row_step;
    for (std::size_t rows = range.rows;;) {
        detail::begin_row<standing>(at, from, copies, each);
        for (T* const last = out + n; out != last; out += lanes) {
            store_lanes<T, lanes>(out, Tree::template at<lanes>(at, numbers, 0));
            detail::advance_slots<standing>(at, steps, each);
        }
        if (--rows == 0) return;
        detail::end_row<standing>(from, at, each);
        out += out_row_step;
        detail::advance_slots<0>(from, row_steps, each);
    }
}

// The loop of a tree. The tree is in it once, for all operands and for the rest of a row too: what
// an expression costs the compiler is this; but for columns, whose loop is there for columns that
// are no broadcast, too. Pointers are gathered in an array of its own, and
// `numbers` restricted, so that what is stored to `out` cannot change them.
template <int lanes, class Tree, class T>
[[gnu::always_inline]] inline void run_span(const span_range& range, const unsigned char* slots,
                                            const stored_number* __restrict numbers, void* to) {
    constexpr std::make_index_sequence<Tree::slots> each{};
    const char* from[Tree::slots == 0 ? 1 : Tree::slots];
    detail::gather_slots(from, range.data, slots, each);
    T* out = static_cast<T*>(to);
    if constexpr (lanes == 1) {
        for (std::size_t i = 0; i < range.n; ++i)
            store_lanes<T, 1>(out + i, Tree::template at<1>(from, numbers, i));
    } else {
        if constexpr (Tree::columns != 0) {
            std::size_t steps[Tree::slots];
            detail::gather_slots(steps, range.steps, slots, each);
            if (detail::stand_still<Tree::columns>(steps, each))
                return run_rows<lanes, Tree, T, Tree::columns>(range, slots, numbers, out, from);
        }
        run_rows<lanes, Tree, T, 0>(range, slots, numbers, out, from);
    }
}

// The span_functions of a tree and its result's elements. Never inlined: inlined into larger
// functions, compilers spill the loop's registers. `lanes` is a template argument so that files
// compiled for different instruction sets do not share them.
template <int lanes, class Tree, class T>
[[gnu::noinline]] void evaluate_span(const span_range& range, const unsigned char* slots,
                                     const stored_number* numbers, void* to) {
    run_span<lanes, Tree, T>(range, slots, numbers, to);
}
#if WEFT_COMPILES_VARIANTS
template <int lanes, class Tree, class T>
[[gnu::noinline, gnu::target("arch=x86-64-v3")]] void evaluate_span_v3(
    const span_range& range, const unsigned char* slots, const stored_number* numbers, void* to) {
    run_span<lanes, Tree, T>(range, slots, numbers, to);
}
template <int lanes, class Tree, class T>
[[gnu::noinline, gnu::target("arch=x86-64-v4")]] void evaluate_span_v4(
    const span_range& range, const unsigned char* slots, const stored_number* numbers, void* to) {
    run_span<lanes, Tree, T>(range, slots, numbers, to);
}
#endif

// Lanes of a loop over `size` elements, or any number of them: short results are not worth vectors.
template <class Tree, std::size_t size, instruction_set Set>
inline constexpr std::uint8_t lanes_for = size < lanes_of<Tree, Set> ? 1 : lanes_of<Tree, Set>;

// A tree, compiled for all instruction sets.
template <class Tree, class T, std::size_t size = dyn>
constexpr span_variants compiled_span() {
    constexpr std::uint8_t lanes = lanes_for<Tree, size, instruction_set::of_flags>;
#if WEFT_COMPILES_VARIANTS
    constexpr std::uint8_t lanes_v3 = lanes_for<Tree, size, instruction_set::x86_64_v3>;
    constexpr std::uint8_t lanes_v4 = lanes_for<Tree, size, instruction_set::x86_64_v4>;
    return {{{&evaluate_span<lanes, Tree, T>, lanes},
             {&evaluate_span_v3<lanes_v3, Tree, T>, lanes_v3},
             {&evaluate_span_v4<lanes_v4, Tree, T>, lanes_v4}}};
#else
    return {{{&evaluate_span<lanes, Tree, T>, lanes}}};
#endif
}

}  // namespace weft
