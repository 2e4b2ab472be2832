// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// scatter_add<0>(x, index, updates): x with each part of `updates` added where `index` says along
// an axis: the counterpart of gather, whose result's shape `updates` has. Indices that occur more
// than once add up in their order, for any number of threads; half and bfloat16 round at each
// addition. An index that is negative or not below the size of the axis fails with out_of_range.
#pragma once

#include <weft/ops/copy.hpp>
#include <weft/ops/gather.hpp>
#include <weft/ops/pack_loop.hpp>

namespace weft {

namespace detail {
template <class T, class I, class...>
struct first_two {
    using type = type_list<T, I>;
};
}  // namespace detail

namespace ops {
struct scatter_add {
    static constexpr const char* name = "ScatterAdd";
    static constexpr bool device_neutral = true;
    static constexpr bool fuses_input = true;
    template <class... E>
    using types = typename detail::first_two<E...>::type;

    template <std::size_t Axis>
    static dims shape(const along<Axis>&, const dims& x, const dims& index, const dims& updates) {
        const dims wanted = gathered_shape(x, Axis, index);
        if (!(updates == wanted))
            fail(errc::invalid_argument, "scatter_add: updates of shape %s are wanted, not %s",
                 dims_text(wanted).chars, dims_text(updates).chars);
        return x;
    }
};
}  // namespace ops

template <class T, class I>
    requires(is_element<T> && !std::is_same_v<T, bool> && is_index<I>)
struct kernel<ops::scatter_add, cpu, T, I> {
    template <std::size_t Axis, class Out, class Index, class Updates>
    static void run(context_base& ctx, const along<Axis>&, const Out& out, const source<T>& in,
                    const Index& index, const Updates& updates) {
        for (std::size_t k = 0; k < index.size(); ++k)
            checked_index("scatter_add", index.data()[k], k, Axis, out.extent(Axis));
        const axis_view view(out.shape(), Axis);
        if (view.inner >= shortest)
            return add_by_rows(ctx, in, index.data(), index.size(), updates.data(), view,
                               out.data());
        copy_elements(ctx, in, out.data());
        const double outer_ns = static_cast<double>(index.size() * view.inner);
        ctx.parallel_for(view.outer, outer_ns, [&](std::size_t o, std::size_t last) {
            for (const T* from = updates.data() + o * index.size() * view.inner; o < last; ++o)
                for (std::size_t k = 0; k < index.size(); ++k, from += view.inner) {
                    const auto row = static_cast<std::size_t>(index.data()[k]);
                    T* const to = out.data() + (o * view.n + row) * view.inner;
                    add(to, from, to, view.inner);
                }
        });
    }

private:
    // Rows for which it pays to be looked up.
    static constexpr std::size_t shortest = 64;

    // Each row is written once, with all that is added to it: the updates of row r are those at
    // order[first[r]] to order[first[r + 1] - 1], in their order.
    static void add_by_rows(context_base& ctx, const source<T>& in, const I* index,
                            std::size_t count, const T* updates, const axis_view& view, T* out) {
        auto* const first =
            static_cast<std::size_t*>(ctx.scratch((view.n + 2 + count) * sizeof(std::size_t)));
        std::size_t* const order = first + view.n + 2;
        for (std::size_t r = 0; r < view.n + 2; ++r) first[r] = 0;
        for (std::size_t k = 0; k < count; ++k) ++first[static_cast<std::size_t>(index[k]) + 2];
        for (std::size_t r = 2; r < view.n + 2; ++r) first[r] += first[r - 1];
        for (std::size_t k = 0; k < count; ++k)
            order[first[static_cast<std::size_t>(index[k]) + 1]++] = k;
        const double row_ns = 0.25 * static_cast<double>(view.inner) + 5;
        ctx.parallel_for(view.outer * view.n, row_ns, [&](std::size_t row, std::size_t last) {
            for (; row < last; ++row) {
                const std::size_t r = row % view.n, at = row * view.inner;
                const T* const of_outer = updates + row / view.n * count * view.inner;
                std::size_t i = first[r];
                const T* x = in.data() + at;
                if (in.data() == nullptr || i == first[r + 1]) {
                    in.copy_to(at, at + view.inner, out + at);
                    x = out + at;
                }
                for (; i < first[r + 1]; ++i, x = out + at)
                    add(x, of_outer + order[i] * view.inner, out + at, view.inner);
            }
        });
    }
    static void add(const T* x, const T* y, T* to, std::size_t n) {
        if constexpr (is_complex<T>) {
            for (std::size_t i = 0; i < n; ++i) to[i] = x[i] + y[i];
        } else {
            for_each_pack<T>(n, [&](auto lanes, std::size_t i) {
                const auto a = load_lanes<T, lanes>(x + i), b = load_lanes<T, lanes>(y + i);
                if constexpr (is_pack<std::remove_const_t<decltype(a)>>)
                    store_lanes<T, lanes>(to + i, a + b);
                else
                    store_lanes<T, lanes>(to + i, wrapping_add(a, b));
            });
        }
    }
};

// Instantiated for scatter_add; its arguments are the shape of the updates and the one that is
// wanted.
template <class Updates, class Wanted>
struct require_updates {
    static constexpr bool ok = [] {
        if (Updates::value.rank != Wanted::value.rank) return false;
        for (std::size_t axis = 0; axis < Wanted::value.rank; ++axis)
            if (Updates::value[axis] != dyn && Wanted::value[axis] != dyn &&
                Updates::value[axis] != Wanted::value[axis])
                return false;
        return true;
    }();
    static_assert(ok,
                  "weft: the updates of scatter_add<axis>(x, index, updates) have the shape of "
                  "gather<axis>(x, index)");
};

// x with updates added at index along an axis, which may be negative.
template <int Axis, tensor_expr E, tensor_expr Index, tensor_expr Updates>
constexpr auto scatter_add(const E& x, const Index& index, const Updates& updates) {
    using shape = typename result_of_t<E>::shape_type;
    constexpr std::size_t rank = result_of_t<E>::rank;
    if constexpr (!require_axis<Axis, rank>::ok) {
        return x;
    } else if constexpr (!require_index<element_of_t<Index>>::ok) {
        return x;
    } else if constexpr (!require_equal_elements<element_of_t<E>, element_of_t<Updates>>::ok) {
        return x;
    } else {
        constexpr std::size_t axis = axis_of(Axis, rank);
        using wanted = detail::gathered<shape, axis, typename result_of_t<Index>::shape_type>;
        if constexpr (require_updates<typename result_of_t<Updates>::shape_type, wanted>::ok)
            return make_op_with<ops::scatter_add, result_of_t<E>>(along<axis>{}, x, index, updates);
        else
            return x;
    }
}

}  // namespace weft
