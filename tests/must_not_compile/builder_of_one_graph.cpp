// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/placement_of.hpp>

using namespace weft;

constexpr auto model = [](graph& g) { return g.constant(1.0f); };

int main() {
    return placement_of<model>(machine{}).fallbacks == 0;
}
// expected-error {{weft: a builder takes any graph by reference}}
// max-error-lines 12
