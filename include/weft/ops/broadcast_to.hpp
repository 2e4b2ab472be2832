// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// broadcast_to<4, 2, 3>(x): x repeated along new leading dimensions and those of size 1, by NumPy's
// rule. dyn keeps the operand's dimension: broadcast_to<4, dyn, 3>(x). What does not broadcast does
// not compile, or fails with invalid_argument when sizes are known. Copies; element-wise ops
// broadcast by themselves, without.
#pragma once

#include <weft/kernel/context.hpp>
#include <weft/kernel/kernel.hpp>
#include <weft/kernel/loop.hpp>
#include <weft/ops/reshape.hpp>

namespace weft {

// `target` with its dyn dimensions taken from `from`, which is aligned with it at the last axis.
constexpr dims broadcast_target(const dims& from, const dims& target) {
    dims out = target;
    for (std::size_t i = 1; i <= from.rank && i <= target.rank; ++i)
        if (target[target.rank - i] == dyn) out[target.rank - i] = from[from.rank - i];
    return out;
}
// Whether `from` broadcasts to `target`; dyn dimensions of `from` do.
constexpr bool broadcasts_to(const dims& from, const dims& target) {
    if (from.rank > target.rank) return false;
    for (std::size_t i = 1; i <= target.rank; ++i) {
        const std::size_t wanted = target[target.rank - i];
        if (i > from.rank ? wanted == dyn
                          : from[from.rank - i] != 1 && from[from.rank - i] != dyn &&
                                wanted != dyn && from[from.rank - i] != wanted)
            return false;
    }
    return true;
}

namespace ops {
struct broadcast_to {
    static constexpr const char* name = "BroadcastTo";
    static constexpr bool device_neutral = true;

    template <std::size_t... Dims>
    static dims shape(const target_shape<Dims...>& target, const dims& x) {
        if (!broadcasts_to(x, target.value))
            fail(errc::invalid_argument, "broadcast_to: shape %s does not broadcast to %s",
                 dims_text(x).chars, dims_text(target.value).chars);
        return broadcast_target(x, target.value);
    }
};
}  // namespace ops

namespace detail {
inline void broadcast_elements(context_base& ctx, const void* in, const dims& from, void* out,
                               const dims& to, std::size_t element_bytes) {
    loop_operand operand{static_cast<const char*>(in), element_bytes, false, false, {}};
    const dims* shapes[] = {&from};
    const loop_shape loop = plan_loop(to, &operand, shapes, 1);
    ctx.parallel_for(to.size(), 0.25, [&](std::size_t first, std::size_t last) {
        gather_elements(operand, loop, first, last - first,
                        static_cast<char*>(out) + first * element_bytes);
    });
}
}  // namespace detail

template <class T>
    requires(is_element<T>)
struct kernel<ops::broadcast_to, cpu, T> {
    template <class Target, class Out, class In>
    static void run(context_base& ctx, const Target&, const Out& out, const In& in) {
        detail::broadcast_elements(ctx, in.data(), in.shape(), out.data(), out.shape(), sizeof(T));
    }
};

// Instantiated for broadcast_to; its arguments are the operand's shape and the wanted one.
template <class From, class To>
struct require_broadcast_to {
    static constexpr bool ok = broadcasts_to(From::value, To::value);
    static_assert(
        ok,
        "weft: the shape does not broadcast to this one: aligned at the last axis, dimensions "
        "must be equal or 1, and a new dimension cannot be dyn");
};

namespace detail {
template <class From, class To>
struct broadcasted {
    static constexpr dims value = broadcast_target(From::value, To::value);
};
}  // namespace detail

// x repeated so that its dimensions are Dims.
template <std::size_t... Dims, tensor_expr E>
constexpr auto broadcast_to(const E& x) {
    using from = typename result_of_t<E>::shape_type;
    using to = static_shape<Dims...>;
    if constexpr (require_broadcast_to<from, to>::ok) {
        using result = tensor_of_t<element_of_t<E>, detail::broadcasted<from, to>>;
        return make_op_with<ops::broadcast_to, result>(target_shape<Dims...>{}, x);
    } else {
        return x;
    }
}

}  // namespace weft
