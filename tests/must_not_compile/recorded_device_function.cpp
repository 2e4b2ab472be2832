// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/placement_of.hpp>

using namespace weft;

constexpr auto model = [](auto& g) {
    device_scope sums{g, [](const node_record& n) { return n.op == "Add" ? "/cpu:0" : ""; }};
    return g.constant(1.0f);
};

int main() {
    return placement_of<model>(machine{}).fallbacks == 0;
}
// expected-error {{weft: a device function that the compiler is to ask takes any node}}
// max-error-lines 110
