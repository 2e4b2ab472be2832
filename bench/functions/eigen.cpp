// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Elementary functions of Eigen: arrays that are mapped to the problem's memory. Those that it
// computes lane by lane with the C library, as erf, are not taken for its own.
#include "functions/rivals.hpp"

#include <Eigen/Core>

namespace {

using bench::elementary;
using bench::function_problem;

using array = Eigen::Array<float, Eigen::Dynamic, 1>;

// f of the mapped operand, an expression of Eigen's, assigned to the mapped result.
template <class F>
bench::function_call call(const function_problem& p, F f) {
    return [p, f] {
        const auto n = static_cast<Eigen::Index>(p.n);
        const Eigen::Map<const array, Eigen::Aligned64> x(p.x, n);
        Eigen::Map<array, Eigen::Aligned64>(p.out, n) = f(x);
    };
}

bench::function_call make(const function_problem& p) {
    switch (p.function) {
        case elementary::exp: return call(p, [](const auto& x) { return x.exp(); });
        case elementary::tanh: return call(p, [](const auto& x) { return x.tanh(); });
        case elementary::sigmoid: return call(p, [](const auto& x) { return x.logistic(); });
        case elementary::log: return call(p, [](const auto& x) { return x.log(); });
        case elementary::gelu_tanh:
            return call(p, [](const auto& x) {
                return 0.5f * x * (1.0f + (0.79788456f * x * (1.0f + 0.044715f * x * x)).tanh());
            });
        default: return {};
    }
}

const bool added = bench::add_rival("Eigen", &make);

}  // namespace
