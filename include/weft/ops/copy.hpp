// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Copies that array ops are made of: all elements, or equal spans of them at regular distances.
// What is read may be a tensor or a fused expression. Work is divided by elements, so one long span
// is shared by all threads as well as many short ones are.
#pragma once

#include <weft/kernel/context.hpp>
#include <weft/kernel/source.hpp>

namespace weft {

// `count` spans of `length` elements: span i is read from from + i * from_step, written to to + i *
// to_step.
struct spans {
    std::size_t count = 1, length = 0;
    std::size_t from = 0, from_step = 0;
    std::size_t to = 0, to_step = 0;
};

namespace detail {
// Calls piece(from, to, n) for pieces of spans, on the context's threads.
template <class Piece>
void for_each_span(context_base& ctx, const spans& s, Piece piece) {
    if (s.length == 0) return;
    ctx.parallel_for(s.count * s.length, 0.1, [&](std::size_t i, std::size_t last) {
        while (i < last) {
            const std::size_t span = i / s.length;
            const std::size_t at = i % s.length;
            const std::size_t n = s.length - at < last - i ? s.length - at : last - i;
            piece(s.from + span * s.from_step + at, s.to + span * s.to_step + at, n);
            i += n;
        }
    });
}
}  // namespace detail

template <class T>
void copy_spans(context_base& ctx, const source<T>& in, T* out, const spans& s) {
    detail::for_each_span(ctx, s, [&](std::size_t from, std::size_t to, std::size_t n) {
        in.copy_to(from, from + n, out + to);
    });
}
template <class T>
void fill_spans(context_base& ctx, const T& value, T* out, const spans& s) {
    detail::for_each_span(ctx, s, [&](std::size_t, std::size_t to, std::size_t n) {
        for (std::size_t i = 0; i < n; ++i) out[to + i] = value;
    });
}
template <class T>
void copy_elements(context_base& ctx, const source<T>& in, T* out) {
    copy_spans(ctx, in, out, {1, in.size()});
}

}  // namespace weft
