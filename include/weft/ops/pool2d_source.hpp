// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Pooling, compiled once per element type: what window_loop does with the elements of a window.
// Sums are added up in the order of the window, in the computing type. Shapes and options are none
// of its business.
#pragma once

#include <weft/ops/avg_pool2d.hpp>
#include <weft/ops/limits.hpp>
#include <weft/ops/max_pool2d.hpp>
#include <weft/ops/window_loop.hpp>

namespace weft {

namespace detail {

template <class T>
struct largest_of_window {
    using element = T;
    static constexpr compute_t<T> padding = lowest_value<compute_t<T>>();

    template <int, class V>
    [[gnu::always_inline]] void add(V& most, const V& x, std::size_t, std::size_t) const {
        most = maximum(most, x);
    }
    template <class V>
    [[gnu::always_inline]] V finish(const V& most, const V&) const {
        return most;
    }
};

template <class T>
struct mean_of_window {
    using element = T;
    static constexpr compute_t<T> padding{};
    compute_t<T> count;  // 0: that of elements of the image

    template <int, class V>
    [[gnu::always_inline]] void add(V& sum, const V& x, std::size_t, std::size_t) const {
        sum = sum + x;
    }
    template <class V>
    [[gnu::always_inline]] V finish(const V& sum, const V& inside) const {
        return sum / (count > 0 ? V(count) : inside);
    }
};

}  // namespace detail

template <class T>
void pool_maxima(context_base& ctx, const window_sizes& s, const T* x, T* out,
                 const write_back& finish) {
    window_loop(s, detail::largest_of_window<T>{}, x, out, 1).run(ctx, finish);
}

template <class T>
void pool_means(context_base& ctx, const window_sizes& s, bool count_padding, const T* x, T* out,
                const write_back& finish) {
    const auto count = static_cast<compute_t<T>>(count_padding ? s.taps() : 0);
    window_loop(s, detail::mean_of_window<T>{count}, x, out, 1).run(ctx, finish);
}

}  // namespace weft
