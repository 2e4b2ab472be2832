// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// reshape<2, 6>(x): the same elements in row-major order under other dimensions. One of them may be
// dyn: it is inferred, by the compiler where x's dimensions are known, else at run time. Another
// number of elements does not compile, or fails with invalid_argument when sizes are known. Copies;
// what it reads is fused into it.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/ops/copy.hpp>

namespace weft {

// The parameters of an op that is given the dimensions of its result.
template <std::size_t... Dims>
struct target_shape {
    static constexpr dims value{Dims...};
};

// The dimensions of `target` with its dyn one inferred so that there are `size` elements; rank 0
// with no elements to be had gives `known` = false in the static form.
struct inferred_shape {
    dims shape;
    bool fits = true;

    constexpr inferred_shape(const dims& target, std::size_t size) : shape(target) {
        std::size_t known = 1;
        std::size_t unknown = target.rank;
        for (std::size_t axis = 0; axis < target.rank; ++axis) {
            if (target[axis] == dyn)
                unknown = axis;
            else
                known *= target[axis];
        }
        if (unknown == target.rank) {
            fits = known == size;
        } else {
            fits = known != 0 && size % known == 0;
            if (fits) shape[unknown] = size / known;
        }
    }
};

namespace ops {
struct reshape {
    static constexpr const char* name = "Reshape";
    static constexpr bool device_neutral = true;
    static constexpr bool fuses_input = true;

    template <std::size_t... Dims>
    static dims shape(const target_shape<Dims...>& target, const dims& x) {
        const inferred_shape out(target.value, x.size());
        if (!out.fits)
            fail(errc::invalid_argument,
                 "reshape: the %zu elements of shape %s do not form shape %s", x.size(),
                 dims_text(x).chars, dims_text(target.value).chars);
        return out.shape;
    }
};
}  // namespace ops

template <class T>
    requires(is_element<T>)
struct kernel<ops::reshape, cpu, T> {
    template <class Parameters, class Out>
    static void run(context_base& ctx, const Parameters&, const Out& out, const source<T>& in) {
        copy_elements(ctx, in, out.data());
    }
};

// Instantiated for the dimensions of a reshape.
template <std::size_t... Dims>
struct require_one_inferred {
    static constexpr bool ok = (std::size_t{Dims == dyn} + ... + 0) <= 1;
    static_assert(ok, "weft: at most one dimension of a reshape can be dyn: it is inferred");
};
// Instantiated for a reshape; its arguments are the operand's shape and the wanted one.
template <class From, class To>
struct require_same_size {
    static constexpr bool ok =
        !From::value.known() || inferred_shape(To::value, From::value.size()).fits;
    static_assert(
        ok, "weft: reshape keeps the number of elements, and these shapes have different ones");
};

namespace detail {
template <class From, class To>
struct reshaped {
    static constexpr dims value =
        From::value.known() ? inferred_shape(To::value, From::value.size()).shape : To::value;
};
}  // namespace detail

// x under the dimensions Dims, of which one may be dyn; reshape<>(x) makes a number of one element.
template <std::size_t... Dims, tensor_expr E>
constexpr auto reshape(const E& x) {
    using from = typename result_of_t<E>::shape_type;
    using to = static_shape<Dims...>;
    if constexpr (!require_one_inferred<Dims...>::ok) {
        return x;
    } else if constexpr (!require_same_size<from, to>::ok) {
        return x;
    } else {
        using result = tensor_of_t<element_of_t<E>, detail::reshaped<from, to>>;
        return make_op_with<ops::reshape, result>(target_shape<Dims...>{}, x);
    }
}

}  // namespace weft
