// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Elementary functions of xsimd: a loop over registers of the widest kind that this file is
// compiled for.
#include "functions/rivals.hpp"

#include <xsimd/xsimd.hpp>

namespace {

using bench::elementary;
using bench::function_problem;

using batch = xsimd::batch<float>;

template <class F>
bench::function_call call(const function_problem& p, F f) {
    return [p, f] {
        for (std::size_t i = 0; i < p.n; i += batch::size)
            f(batch::load_aligned(p.x + i)).store_aligned(p.out + i);
    };
}

bench::function_call make(const function_problem& p) {
    const auto half = [](batch x, batch y) { return batch(0.5f) * x * (batch(1.0f) + y); };
    switch (p.function) {
        case elementary::exp: return call(p, [](batch x) { return xsimd::exp(x); });
        case elementary::tanh: return call(p, [](batch x) { return xsimd::tanh(x); });
        case elementary::erf: return call(p, [](batch x) { return xsimd::erf(x); });
        case elementary::log: return call(p, [](batch x) { return xsimd::log(x); });
        case elementary::sigmoid:
            return call(p, [](batch x) { return batch(1.0f) / (batch(1.0f) + xsimd::exp(-x)); });
        case elementary::gelu:
            return call(p, [half](batch x) { return half(x, xsimd::erf(x * batch(0.70710678f))); });
        case elementary::gelu_tanh:
            return call(p, [half](batch x) {
                const batch cubic = x * (batch(1.0f) + batch(0.044715f) * x * x);
                return half(x, xsimd::tanh(batch(0.79788456f) * cubic));
            });
        default: return {};
    }
}

const bool added = bench::add_rival("xsimd", &make);

}  // namespace
