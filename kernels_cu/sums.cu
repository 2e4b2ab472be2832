// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Sums, means and products over axes of tensors, of every element type that GPUs hold; integers
// with a sign are added like those without. See reduce_pass.hpp.
#include "reduce_pass.hpp"

#include <weft/cuda/reductions.hpp>

namespace weft::cuda {

template <class T>
void reduce_sum(context<gpu>& ctx, const T* in, const dims& shape, unsigned mask, T* out,
                bool is_mean) {
    reduce_axes<adding<T>>(ctx, in, shape, mask, out, is_mean);
}
template <class T>
void reduce_product(context<gpu>& ctx, const T* in, const dims& shape, unsigned mask, T* out) {
    reduce_axes<multiplying<T>>(ctx, in, shape, mask, out);
}

#define WEFT_INSTANTIATE(T)                                                                \
    template void reduce_sum<T>(context<gpu>&, const T*, const dims&, unsigned, T*, bool); \
    template void reduce_product<T>(context<gpu>&, const T*, const dims&, unsigned, T*);
WEFT_INSTANTIATE(float)
WEFT_INSTANTIATE(double)
WEFT_INSTANTIATE(half)
WEFT_INSTANTIATE(bfloat16)
WEFT_INSTANTIATE(std::uint8_t)
WEFT_INSTANTIATE(std::uint16_t)
WEFT_INSTANTIATE(std::uint32_t)
WEFT_INSTANTIATE(std::uint64_t)
#undef WEFT_INSTANTIATE

}  // namespace weft::cuda
