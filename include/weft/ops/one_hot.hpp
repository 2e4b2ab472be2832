// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// one_hot<10, float>(index): a new last axis of size 10 with a one where the index says and zeros
// elsewhere. An index that is negative or too large gives zeros alone, as in TensorFlow: -1 marks
// what is to be ignored. The element-wise expression that the index is is fused into it.
#pragma once

#include <weft/kernel/source.hpp>
#include <weft/ops/index.hpp>
#include <weft/ops/require.hpp>
#include <weft/ops/source.hpp>

namespace weft {

// The parameters of one_hot: how many classes there are.
template <std::size_t Depth>
struct one_hot_depth {
    static constexpr std::size_t depth = Depth;
};

namespace ops {
struct one_hot {
    static constexpr const char* name = "OneHot";
    static constexpr bool device_neutral = true;
    static constexpr bool fuses_input = true;

    template <std::size_t Depth>
    static dims shape(const one_hot_depth<Depth>&, const dims& index) {
        return with_axis(index, index.rank, Depth);
    }
};
}  // namespace ops

template <class I>
    requires(is_index<I>)
struct kernel<ops::one_hot, cpu, I> {
    template <class Depth, class Out>
    static void run(context_base& ctx, const Depth& p, const Out& out, const source<I>& index) {
        fill(ctx, index, p.depth, out.data());
    }

private:
    template <class T>
    static void fill(context_base& ctx, const source<I>& index, std::size_t depth, T* out) {
        ctx.parallel_for(index.size(), 2 + 0.25 * static_cast<double>(depth),
                         [&](std::size_t first, std::size_t last) {
                             I buffer[source_block];
                             for (std::size_t end; first < last; first = end) {
                                 end = last - first < source_block ? last : first + source_block;
                                 const I* label = index.block(first, end, buffer);
                                 for (std::size_t i = first * depth; i < end * depth; ++i)
                                     out[i] = T{};
                                 for (std::size_t i = first; i < end; ++i, ++label)
                                     if (*label >= 0 && static_cast<std::uint64_t>(*label) < depth)
                                         out[i * depth + static_cast<std::size_t>(*label)] =
                                             element_from<T>(1);
                             }
                         });
    }
};

namespace detail {
template <class Index, std::size_t Depth>
struct one_hot_shape {
    static constexpr dims value = with_axis(Index::value, Index::value.rank, Depth);
};
}  // namespace detail

// Depth elements of T for each index.
template <std::size_t Depth, class T = float, tensor_expr Index>
constexpr auto one_hot(const Index& index) {
    using shape = detail::one_hot_shape<typename result_of_t<Index>::shape_type, Depth>;
    if constexpr (require_index<element_of_t<Index>>::ok)
        return make_op_with<ops::one_hot, tensor_of_t<T, shape>>(one_hot_depth<Depth>{}, index);
    else
        return index;
}

}  // namespace weft
