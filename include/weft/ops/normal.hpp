// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// normal<float, 2, 3>(seed, mean, stddev): normally distributed numbers by the method of Box and
// Muller (1958): two fractions give two numbers. Fractions have 32 bits (double: 53), so no number
// is further than 6.8 (8.7) deviations from the mean. Accuracy is that of the C library's log, sin
// and cos in the type computed in. Element i depends on the seed and i alone (random.hpp), for any
// placement and any number of threads.
#pragma once

#include <weft/kernel/math.hpp>
#include <weft/ops/random.hpp>

namespace weft {

// The parameters of normal.
struct normal_parameters {
    std::uint64_t seed;
    double mean, stddev;
};

namespace ops {
struct normal {
    static constexpr const char* name = "RandomNormal";
    static constexpr bool device_neutral = true;
};
}  // namespace ops

template <class T>
    requires(is_floating<T>)
struct kernel<ops::normal, cpu, T> {
    template <class Out>
    static void run(context_base& ctx, const normal_parameters& p, const Out& out) {
        fill(ctx, p, out.data(), out.size());
    }

private:
    using C = compute_t<T>;

    static void fill(context_base& ctx, const normal_parameters& p, T* out, std::size_t n) {
        const C mean = static_cast<C>(p.mean);
        const C stddev = static_cast<C>(p.stddev);
        fill_random<random_block<T>>(
            ctx, out, n, p.seed, random_stream::normal, [=](const philox_words& words, T* values) {
                for (std::size_t i = 0; i < random_block<T>; i += 2) {
                    const C radius = stddev * sqrt(C(-2) * log(fraction(words, i) + smallest));
                    const C angle = C(6.283185307179586) * fraction(words, i + 1);
                    values[i] = static_cast<T>(mean + radius * cos(angle));
                    values[i + 1] = static_cast<T>(mean + radius * sin(angle));
                }
            });
    }

    // Fractions in [0, 1], and what is added to one so that its logarithm is finite.
    static constexpr C smallest = std::is_same_v<C, double> ? C(0x1p-54) : C(0x1p-33);
    static C fraction(const philox_words& words, std::size_t i) {
        if constexpr (std::is_same_v<C, double>)
            return random_fraction<double>(words, i);
        else
            return static_cast<float>(words.word[i]) * 0x1p-32f;
    }
};

// Normally distributed numbers around `mean`.
template <class T, std::size_t... Dims>
constexpr auto normal(std::uint64_t seed, double mean = 0, double stddev = 1) {
    return make_source<ops::normal, T, Dims...>(normal_parameters{seed, mean, stddev});
}

}  // namespace weft
