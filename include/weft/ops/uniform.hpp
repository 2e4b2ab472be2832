// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// uniform<float, 2, 3>(seed, low, high): numbers of equal probability in [low, high); where low + x
// * (high - low) rounds up, high itself may occur. float, double, half and bfloat16. Element i
// depends on the seed and i alone (random.hpp), so results are the same for any placement and any
// number of threads.
#pragma once

#include <weft/ops/random.hpp>

namespace weft {

// The parameters of uniform.
struct uniform_parameters {
    std::uint64_t seed;
    double low, high;
};

namespace ops {
struct uniform {
    static constexpr const char* name = "RandomUniform";
    static constexpr bool device_neutral = true;
};
}  // namespace ops

template <class T>
    requires(is_floating<T>)
struct kernel<ops::uniform, cpu, T> {
    template <class Out>
    static void run(context_base& ctx, const uniform_parameters& p, const Out& out) {
        fill(ctx, p, out.data(), out.size());
    }

private:
    static void fill(context_base& ctx, const uniform_parameters& p, T* out, std::size_t n) {
        using C = compute_t<T>;
        const C low = static_cast<C>(p.low);
        const C width = static_cast<C>(p.high - p.low);
        fill_random<random_block<T>>(
            ctx, out, n, p.seed, random_stream::uniform, [=](const philox_words& words, T* values) {
                for (std::size_t i = 0; i < random_block<T>; ++i)
                    values[i] = static_cast<T>(low + width * random_fraction<T>(words, i));
            });
    }
};

// Numbers between low and high, low included.
template <class T, std::size_t... Dims>
constexpr auto uniform(std::uint64_t seed, double low = 0, double high = 1) {
    return make_source<ops::uniform, T, Dims...>(uniform_parameters{seed, low, high});
}

}  // namespace weft
