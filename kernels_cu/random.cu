// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Random numbers: a thread makes those of one block of Philox's words, as the CPU does, so that
// element i depends on the seed and i alone here too. Products are rounded before they are added
// to, as by a CPU without fused instructions.
#include "words.hpp"

#include <weft/cuda/sources.hpp>

#include <cmath>

namespace weft::cuda {

namespace {

WEFT_DEVICE float rounded_sum(float a, float b, float c) { return __fadd_rn(a, __fmul_rn(b, c)); }
WEFT_DEVICE double rounded_sum(double a, double b, double c) {
    return __dadd_rn(a, __dmul_rn(b, c));
}

// The logarithm's root and the angle of Box and Muller.
WEFT_DEVICE float root(float x) { return sqrtf(-2.0f * logf(x)); }
WEFT_DEVICE double root(double x) { return ::sqrt(-2.0 * ::log(x)); }
WEFT_DEVICE void turn(float angle, float& sine, float& cosine) { sincosf(angle, &sine, &cosine); }
WEFT_DEVICE void turn(double angle, double& sine, double& cosine) { sincos(angle, &sine, &cosine); }

template <class T>
struct uniform_of {
    using C = compute_t<T>;
    C low, width;

    WEFT_DEVICE void make(const philox_words& words, T* values) const {
        for (std::size_t i = 0; i < random_block<T>; ++i)
            values[i] = static_cast<T>(rounded_sum(low, width, random_fraction<T>(words, i)));
    }
};

template <class T>
struct normal_of {
    using C = compute_t<T>;
    C mean, stddev;

    WEFT_DEVICE void make(const philox_words& words, T* values) const {
        constexpr C smallest = std::is_same_v<C, double> ? C(0x1p-54) : C(0x1p-33);
        for (std::size_t i = 0; i < random_block<T>; i += 2) {
            const C radius = stddev * root(fraction(words, i) + smallest);
            C sine, cosine;
            turn(C(6.283185307179586) * fraction(words, i + 1), sine, cosine);
            values[i] = static_cast<T>(rounded_sum(mean, radius, cosine));
            values[i + 1] = static_cast<T>(rounded_sum(mean, radius, sine));
        }
    }
    // In [0, 1].
    static WEFT_DEVICE C fraction(const philox_words& words, std::size_t i) {
        if constexpr (std::is_same_v<C, double>)
            return random_fraction<double>(words, i);
        else
            return static_cast<float>(words.word[i]) * 0x1p-32f;
    }
};

struct bernoulli_of {
    std::uint64_t below;

    WEFT_DEVICE void make(const philox_words& words, bool* values) const {
        for (std::size_t i = 0; i < 4; ++i) values[i] = words.word[i] < below;
    }
};

template <class T>
struct alignas(sizeof(T) * random_block<T>) block_of {
    T values[random_block<T>];
};

template <class T, class Make>
__global__ void __launch_bounds__(word_threads)
    write_random(Make make, std::uint64_t seed, random_stream stream, T* out, std::size_t size,
                 bool aligned) {
    constexpr std::size_t width = random_block<T>;
    const std::size_t blocks = (size + width - 1) / width;
    const std::size_t step = std::size_t{gridDim.x} * word_threads;
    std::size_t block = std::size_t{blockIdx.x} * word_threads + threadIdx.x;
    for (; block < blocks; block += step) {
        block_of<T> made;
        make.make(philox(seed, static_cast<std::uint32_t>(stream), block), made.values);
        const std::size_t left = size - block * width;
        if (aligned && left >= width) {
            reinterpret_cast<block_of<T>*>(out)[block] = made;
        } else {
            for (std::size_t i = 0; i < width; ++i)
                if (i < left) out[block * width + i] = made.values[i];
        }
    }
}
template <class T, class Make>
void launch_random(context<gpu>& ctx, const Make& make, std::uint64_t seed, random_stream stream,
                   T* out, std::size_t size) {
    const bool aligned = reinterpret_cast<std::uintptr_t>(out) % sizeof(block_of<T>) == 0;
    const unsigned blocks = blocks_for(ctx, size, word_threads * random_block<T>);
    launch(ctx, write_random<T, Make>, blocks, word_threads, make, seed, stream, out, size,
           aligned);
}

}  // namespace

template <class T>
void write_uniform(context<gpu>& ctx, const uniform_parameters& p, T* out, std::size_t size) {
    using C = compute_t<T>;
    const uniform_of<T> make{static_cast<C>(p.low), static_cast<C>(p.high - p.low)};
    launch_random(ctx, make, p.seed, random_stream::uniform, out, size);
}
template <class T>
void write_normal(context<gpu>& ctx, const normal_parameters& p, T* out, std::size_t size) {
    using C = compute_t<T>;
    const normal_of<T> make{static_cast<C>(p.mean), static_cast<C>(p.stddev)};
    launch_random(ctx, make, p.seed, random_stream::normal, out, size);
}
void write_bernoulli(context<gpu>& ctx, std::uint64_t seed, std::uint64_t below, bool* out,
                     std::size_t size) {
    launch_random(ctx, bernoulli_of{below}, seed, random_stream::bernoulli, out, size);
}

template void write_uniform(context<gpu>&, const uniform_parameters&, float*, std::size_t);
template void write_uniform(context<gpu>&, const uniform_parameters&, double*, std::size_t);
template void write_uniform(context<gpu>&, const uniform_parameters&, half*, std::size_t);
template void write_uniform(context<gpu>&, const uniform_parameters&, bfloat16*, std::size_t);
template void write_normal(context<gpu>&, const normal_parameters&, float*, std::size_t);
template void write_normal(context<gpu>&, const normal_parameters&, double*, std::size_t);
template void write_normal(context<gpu>&, const normal_parameters&, half*, std::size_t);
template void write_normal(context<gpu>&, const normal_parameters&, bfloat16*, std::size_t);

}  // namespace weft::cuda
