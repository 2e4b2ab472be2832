// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Element-wise expressions as loops. An expression is lowered to a tree of slots (tensors by
// number), numbers and kernels' functions; the tree is trivially copyable and knows no node.
// evaluate_range runs it over a range of the output in vector registers, in one pass and without
// temporaries.
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

// Lowered trees.
// Each part has `elements` (the widest computing type in it, for the number of lanes) and
// at<N, Flat>(operands, i): the value of lanes [i, i+N). Flat: every tensor operand has inner
// stride 1.

// Tensor operand number I, with elements T; Rank0 where its type has no dimensions.
template <std::size_t I, class T, bool Rank0>
struct slot {
    static constexpr std::size_t widest = sizeof(compute_t<T>);
    static constexpr bool packable = !is_complex<T>;

    template <int N, bool Flat>
    [[gnu::always_inline]] lane_value_t<T, N> at(const loop_operand* operands,
                                                 std::size_t i) const {
        const T* from = reinterpret_cast<const T*>(operands[I].data);
        if constexpr (Rank0)
            return lane_value_t<T, N>(static_cast<compute_t<T>>(*from));
        else if constexpr (Flat)
            return load_lanes<T, N>(from + i);
        else if (operands[I].stride[0] == 0)
            return lane_value_t<T, N>(static_cast<compute_t<T>>(*from));
        else
            return load_lanes<T, N>(from + i);
    }
};

// A number.
template <class T>
struct immediate {
    static constexpr std::size_t widest = sizeof(compute_t<T>);
    static constexpr bool packable = !is_complex<T>;
    compute_t<T> value;

    template <int N, bool Flat>
    [[gnu::always_inline]] lane_value_t<T, N> at(const loop_operand*, std::size_t) const {
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
inline constexpr bool takes = requires(const V&... v) { Kernel::apply(v...); };

template <class Kernel, class R, int N, class... V>
[[gnu::always_inline]] inline pack<R, N> apply_lane_by_lane(const V&... v) {
    pack<R, N> out;
    for (int i = 0; i < N; ++i) out.set(i, Kernel::apply(v[i]...));
    return out;
}

}  // namespace detail

// Kernel::apply of the values of the operands; the result has elements R.
template <class Kernel, class R, class... Args>
struct application {
    static constexpr std::size_t widest = detail::largest({sizeof(compute_t<R>), Args::widest...});
    static constexpr bool packable = !is_complex<R> && (Args::packable && ...);
    [[no_unique_address]] operand_pack<Args...> args;

    template <int N, bool Flat>
    [[gnu::always_inline]] lane_value_t<R, N> at(const loop_operand* operands,
                                                 std::size_t i) const {
        return at<N, Flat>(operands, i, std::index_sequence_for<Args...>{});
    }

private:
    template <int N, bool Flat, std::size_t... K>
    [[gnu::always_inline]] lane_value_t<R, N> at(const loop_operand* operands, std::size_t i,
                                                 std::index_sequence<K...>) const {
        return apply<N>(get_operand<K>(args).template at<N, Flat>(operands, i)...);
    }
    template <int N, class... V>
    [[gnu::always_inline]] static lane_value_t<R, N> apply(const V&... v) {
        if constexpr (N == 1 || detail::takes<Kernel, V...>)
            return static_cast<lane_value_t<R, N>>(Kernel::apply(v...));
        else
            return detail::apply_lane_by_lane<Kernel, compute_t<R>, N>(v...);
    }
};

// Loops.

// Lanes of one step of a tree's loop: as many of its widest type as a register holds.
template <class Tree>
inline constexpr int lanes_of = Tree::packable && register_bytes > static_cast<int>(Tree::widest)
                                    ? register_bytes / static_cast<int>(Tree::widest)
                                    : 1;

// Evaluates `n` consecutive elements of the innermost dimension. Never inlined: inlined into larger
// functions, compilers spill the loop's registers.
// `lanes` is a template argument so that files compiled for different instruction sets do not share
// it.
template <bool Flat, int lanes, class Tree, class T>
[[gnu::noinline]] void evaluate_span(const Tree& tree, const loop_operand* operands, T* out,
                                     std::size_t n) {
    std::size_t i = 0;
    if constexpr (lanes > 1) {
        constexpr std::size_t step = static_cast<std::size_t>(lanes);
        for (; i + 2 * step <= n; i += 2 * step) {
            const auto first = tree.template at<lanes, Flat>(operands, i);
            const auto second = tree.template at<lanes, Flat>(operands, i + step);
            store_lanes<T, lanes>(out + i, first);
            store_lanes<T, lanes>(out + i + step, second);
        }
    }
    for (; i < n; ++i) store_lanes<T, 1>(out + i, tree.template at<1, Flat>(operands, i));
}

// A lowered expression bound to the operands of one run.
template <class Tree, std::size_t K>
struct bound_expression {
    const Tree* tree;
    loop_operand operands[K == 0 ? 1 : K];
    loop_shape loop;

    // Evaluates elements [first, last) of the output, counted in row-major order, to `out`.
    template <class T>
    void evaluate(std::size_t first, std::size_t last, T* out) const {
        if (loop.rank == 1 && is_flat()) {
            loop_operand moved[K == 0 ? 1 : K];
            for (std::size_t k = 0; k < K; ++k) moved[k] = shifted(k, first);
            evaluate_span<true, lanes_of<Tree>>(*tree, moved, out, last - first);
        } else {
            evaluate_rows(first, last, out);
        }
    }

private:
    bool is_flat() const {
        for (std::size_t k = 0; k < K; ++k)
            if (operands[k].stride[0] != 1 && !operands[k].is_number) return false;
        return true;
    }
    loop_operand shifted(std::size_t k, std::size_t at) const {
        const loop_operand& o = operands[k];
        return {o.data + at * o.stride[0] * o.element_bytes,
                o.element_bytes,
                {o.stride[0]},
                o.is_number};
    }

    // Row by row: `index` is the position in the outer dimensions, `column` that in the innermost
    // one.
    template <class T>
    void evaluate_rows(std::size_t first, std::size_t last, T* out) const {
        const std::size_t inner_axis = loop.rank - 1;
        const std::size_t width = loop.inner();
        std::size_t index[max_rank] = {};
        std::size_t rest = width == 0 ? 0 : first / width;
        for (std::size_t axis = inner_axis; axis-- > 0; rest /= loop.extent[axis])
            index[axis] = rest % loop.extent[axis];
        std::size_t column = width == 0 ? 0 : first % width;
        while (first < last) {
            const std::size_t n = width - column < last - first ? width - column : last - first;
            loop_operand row[K == 0 ? 1 : K];
            for (std::size_t k = 0; k < K; ++k) {
                std::size_t offset = column * operands[k].stride[inner_axis];
                for (std::size_t axis = 0; axis < inner_axis; ++axis)
                    offset += index[axis] * operands[k].stride[axis];
                row[k].data = operands[k].data + offset * operands[k].element_bytes;
                row[k].stride[0] = operands[k].stride[inner_axis];
            }
            evaluate_span<false, lanes_of<Tree>>(*tree, row, out, n);
            out += n;
            first += n;
            column = 0;
            for (std::size_t axis = inner_axis; axis-- > 0;) {
                if (++index[axis] < loop.extent[axis]) break;
                index[axis] = 0;
            }
        }
    }
};

}  // namespace weft
