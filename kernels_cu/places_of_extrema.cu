// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Where the largest and smallest elements over axes of tensors are, the first of equal ones.
// See reduce_pass.hpp.
#include "reduce_pass.hpp"

#include <weft/cuda/reductions.hpp>

namespace weft::cuda {

template <class T>
void find_extreme(context<gpu>& ctx, const T* in, const dims& shape, unsigned mask,
                  std::int64_t* out, bool largest) {
    if (largest)
        reduce_axes<extreme_place<T, true>>(ctx, in, shape, mask, out);
    else
        reduce_axes<extreme_place<T, false>>(ctx, in, shape, mask, out);
}

#define WEFT_INSTANTIATE(T)                                                                      \
    template void find_extreme<T>(context<gpu>&, const T*, const dims&, unsigned, std::int64_t*, \
                                  bool);
WEFT_INSTANTIATE(float)
WEFT_INSTANTIATE(double)
WEFT_INSTANTIATE(half)
WEFT_INSTANTIATE(bfloat16)
WEFT_INSTANTIATE(std::int8_t)
WEFT_INSTANTIATE(std::int16_t)
WEFT_INSTANTIATE(std::int32_t)
WEFT_INSTANTIATE(std::int64_t)
WEFT_INSTANTIATE(std::uint8_t)
WEFT_INSTANTIATE(std::uint16_t)
WEFT_INSTANTIATE(std::uint32_t)
WEFT_INSTANTIATE(std::uint64_t)
#undef WEFT_INSTANTIATE

}  // namespace weft::cuda
