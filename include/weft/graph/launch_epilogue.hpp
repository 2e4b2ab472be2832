// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Expressions around a product that its kernel on a CUDA GPU can evaluate before it stores: a bias
// added, an activation, or both. What is recognised is the expression's type; whether the bias has
// one number for each column is looked at when it runs.
#pragma once

#include <weft/graph/tree.hpp>
#include <weft/kernel/epilogue.hpp>
#include <weft/ops/add.hpp>
#include <weft/ops/gelu_tanh.hpp>
#include <weft/ops/matmul.hpp>
#include <weft/ops/relu.hpp>

namespace weft::detail {

struct tree_epilogue {
    cuda::epilogue_kind kind = cuda::epilogue_kind::none;
    std::uint8_t bias_slot = 0;
};

template <class E>
inline constexpr bool is_product = false;
template <class Result, class Parameters, class... Args>
inline constexpr bool is_product<op_call<ops::matmul, Result, Parameters, Args...>> = true;

template <class E>
inline constexpr bool is_vector_node = false;
template <class T, std::size_t N, class Kinds>
inline constexpr bool is_vector_node<node<tensor<T, N>, Kinds>> = true;

// The bias that is added to a call; `fits` says whether there is one.
template <class E>
struct bias_of {
    static constexpr bool fits = false;
    static constexpr std::uint8_t slot = 0;
};
template <class A, class B>
struct bias_of<expr<ops::add, A, B>> {
    static constexpr bool first = is_vector_node<A> && is_product<B>;
    static constexpr bool fits = first || (is_product<A> && is_vector_node<B>);
    static constexpr std::uint8_t slot = first ? 0 : 1;
};

// The epilogue of a call that E is, or that is added to a bias in E, with an activation around.
template <class E>
constexpr tree_epilogue activation_of(cuda::epilogue_kind alone, cuda::epilogue_kind with_bias) {
    if constexpr (is_call<E>)
        return {alone, 0};
    else if constexpr (bias_of<E>::fits)
        return {with_bias, bias_of<E>::slot};
    else
        return {};
}
template <class E>
struct epilogue_of {
    static constexpr tree_epilogue value{};
};
template <class A, class B>
struct epilogue_of<expr<ops::add, A, B>> {
    static constexpr tree_epilogue value = activation_of<expr<ops::add, A, B>>(
        cuda::epilogue_kind::none, cuda::epilogue_kind::bias);
};
template <class A>
struct epilogue_of<expr<ops::relu, A>> {
    static constexpr tree_epilogue value =
        activation_of<A>(cuda::epilogue_kind::relu, cuda::epilogue_kind::bias_relu);
};
template <class A>
struct epilogue_of<expr<ops::gelu_tanh, A>> {
    static constexpr tree_epilogue value =
        activation_of<A>(cuda::epilogue_kind::gelu_tanh, cuda::epilogue_kind::bias_gelu_tanh);
};

}  // namespace weft::detail
