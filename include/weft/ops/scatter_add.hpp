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
        copy_elements(ctx, in, out.data());
        scatter(ctx, index.data(), index.size(), updates.data(), axis_view(out.shape(), Axis),
                out.data());
    }

private:
    // Bands of rows are added to by one thread each, which looks at all indices: for short rows
    // that would be most of the work.
    static constexpr std::size_t most_bands = 16, shortest = 64;

    static void scatter(context_base& ctx, const I* index, std::size_t count, const T* updates,
                        const axis_view& view, T* out) {
        std::size_t bands = view.inner < shortest ? 1 : most_bands;
        if (bands > view.n) bands = view.n;
        const double band_ns = 0.25 * static_cast<double>(count * view.inner) /
                               static_cast<double>(bands == 0 ? 1 : bands);
        ctx.parallel_for(view.outer * bands, band_ns, [&](std::size_t band, std::size_t last) {
            for (; band < last; ++band) {
                const std::size_t o = band / bands, at = band % bands;
                const std::size_t first = view.n * at / bands, end = view.n * (at + 1) / bands;
                for (std::size_t k = 0; k < count; ++k) {
                    const auto row = static_cast<std::size_t>(index[k]);
                    if (row < first || row >= end) continue;
                    add(updates + (o * count + k) * view.inner,
                        out + (o * view.n + row) * view.inner, view.inner);
                }
            }
        });
    }
    static void add(const T* from, T* to, std::size_t n) {
        if constexpr (is_complex<T>) {
            for (std::size_t i = 0; i < n; ++i) to[i] += from[i];
        } else {
            for_each_pack<T>(n, [&](auto lanes, std::size_t i) {
                const auto a = load_lanes<T, lanes>(to + i), b = load_lanes<T, lanes>(from + i);
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
