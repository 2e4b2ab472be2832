// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/placement_of.hpp>

using namespace weft;

constexpr auto model = [](auto& g) {
    device_scope pin{g, "/gpu:0"};
    return g.constant(1.0f);
};

int main() {
    return placement_of<model>(machine{}).fallbacks == 0;
}
