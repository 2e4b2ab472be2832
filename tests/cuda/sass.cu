// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Expressions whose machine code is looked at by tools/check_sass.py: of one, two, three and six
// tensors, with numbers, with functions, of halves and of mixed elements.
#include <weft/weft.hpp>

using namespace weft;

namespace {

using vector_node = node<tensor<float, dyn>>;
using half_node = node<tensor<half, dyn>>;

const vector_node& a();
const half_node& h();

}  // namespace

#define INSTANTIATE(...) WEFT_INSTANTIATE_GPU(decltype(__VA_ARGS__))
INSTANTIATE(a() * 2.0f);
INSTANTIATE(a() * a() + a());
INSTANTIATE(gelu(a() + a()));
INSTANTIATE(tanh(a() * 0.5f) + exp(a()) * sigmoid(a()));
INSTANTIATE(a() * a() + a() * a() + a() * a());
INSTANTIATE(h() + h());
INSTANTIATE(where(a() < a(), cast<float>(h()), a()));
