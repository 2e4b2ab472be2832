// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// bernoulli<2, 3>(seed, p): true with probability p, to 2^-32. A p outside of [0, 1] fails with
// invalid_argument when the op runs. Element i depends on the seed and i alone (random.hpp), for
// any placement and any number of threads.
#pragma once

#include <weft/ops/random.hpp>

namespace weft {

// The parameters of bernoulli.
struct bernoulli_parameters {
    std::uint64_t seed;
    double p;
};

// The words below this number are true; fails where p is no probability.
inline std::uint64_t bernoulli_threshold(double p) {
    if (!(p >= 0 && p <= 1))
        fail(errc::invalid_argument, "bernoulli: %g is no probability; it must be from 0 to 1", p);
    return static_cast<std::uint64_t>(p * 0x1p32);
}

namespace ops {
struct bernoulli {
    static constexpr const char* name = "RandomBernoulli";
    static constexpr bool device_neutral = true;
};
}  // namespace ops

template <class T>
    requires(std::is_same_v<T, bool>)
struct kernel<ops::bernoulli, cpu, T> {
    template <class Out>
    static void run(context_base& ctx, const bernoulli_parameters& parameters, const Out& out) {
        const std::uint64_t below = bernoulli_threshold(parameters.p);
        fill_random<4>(ctx, out.data(), out.size(), parameters.seed, random_stream::bernoulli,
                       [below](const philox_words& words, T* values) {
                           for (std::size_t i = 0; i < 4; ++i) values[i] = words.word[i] < below;
                       });
    }
};

// True with probability p, element by element.
template <std::size_t... Dims>
constexpr auto bernoulli(std::uint64_t seed, double p) {
    return make_source<ops::bernoulli, bool, Dims...>(bernoulli_parameters{seed, p});
}

}  // namespace weft
