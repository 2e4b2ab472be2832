// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Products of matrices, as a session starts them. `plain` is cublasLt called bare; where relu and a
// bias follow, with a kernel of their own after it.
#include "bare_product.hpp"
#include "models.hpp"
#include "rows.hpp"

#include <cmath>

namespace bench {

namespace {

template <class T>
void require_same(const device_memory& a, const device_memory& b, std::size_t n) {
    const std::vector<T> first = a.read<T>(n), second = b.read<T>(n);
    for (std::size_t i = 0; i < n; ++i) {
        const auto x = static_cast<float>(first[i]), y = static_cast<float>(second[i]);
        if (!(std::abs(x - y) < 0.1f))
            throw std::runtime_error("products differ: " + std::to_string(x) + " and " +
                                     std::to_string(y));
    }
}

template <class T>
void measure_product(own_stream& on, const row_writer& to, std::size_t n) {
    const weft::dims square{n, n};
    weft::graph g;
    const matrix_node<T> a = g.placeholder<weft::tensor<T, weft::dyn, weft::dyn>>("a");
    const matrix_node<T> b = g.placeholder<weft::tensor<T, weft::dyn, weft::dyn>>("b");
    const row_node<T> bias = g.placeholder<weft::tensor<T, weft::dyn>>("bias");
    const weft::node product(matmul(a, b));
    const weft::node layer(relu(matmul(a, b) + bias));
    const weft::node rest(biased_relu<T>(a, bias));
    const auto in_a = device_memory::numbers<T>(n * n), in_b = device_memory::numbers<T>(n * n);
    const auto in_bias = device_memory::numbers<T>(n);
    const std::size_t bytes = n * n * sizeof(T);
    const device_memory out(bytes), other(bytes), between(bytes);
    const operand left(a, in_a, square), right(b, in_b, square), add(bias, in_bias, {n});
    kernel_call multiplies(on, product, {left, right}, out, square);
    kernel_call computes(on, layer, {left, right, add}, out, square);
    const std::string text = " " + std::to_string(n) + ", " + weft::name_of(weft::dtype_of<T>);
    const std::string epilogue = "relu(matmul+bias)" + text;
    if (!bare_product::is_possible()) {
        to.add("matmul" + text, kernels_in_turn(on, {multiplies})[0].best, 0, {});
        return to.add(epilogue, kernels_in_turn(on, {computes})[0].best, 0, {});
    }
    bare_product bare(on, weft::dtype_of<T>, {n, n, n});
    kernel_call then(on, rest, {operand(a, between, square), add}, other, square);
    const auto alone = kernels_in_turn(on, {multiplies, [&] { bare(in_a, in_b, other); }});
    require_same<T>(out, other, n);
    to.add("matmul" + text, alone[0].best, alone[1].best, {});
    const auto both = kernels_in_turn(on, {computes, [&] {
                                               bare(in_a, in_b, between);
                                               then();
                                           }});
    require_same<T>(out, other, n);
    to.add(epilogue, both[0].best, both[1].best, speed_at_least(1));
}

}  // namespace

void measure_products(own_stream& on, const row_writer& to) {
    if (!bare_product::is_possible())
        std::printf("cublasLt was not found: products are by weft's own kernels, without a peer\n");
    for (const std::size_t n : {1024, 4096}) {
        measure_product<float>(on, to, n);
        measure_product<weft::half>(on, to, n);
    }
}

}  // namespace bench
