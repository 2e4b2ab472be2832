// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Where nodes go: scopes that ask, a placer that decides and says why, and what it says when it
// cannot.
#include <weft/weft.hpp>

#include <iostream>

using namespace weft;

int main() {
    graph g;
    auto x = g.placeholder<tensor<float, 4>>("x");
    node doubled{x * 2.0f, "doubled"};  // asks for nothing: the best device that can
    node halved = [&] {
        device_scope second{g, "/gpu:1"};
        return node{doubled * 0.5f, "halved"};
    }();
    node rounded = [&] {
        device_scope outer{g, "/gpu:0"};
        device_scope inner{g, "/cpu:1"};  // the inner scope wins
        return node{floor(halved), "rounded"};
    }();
    node beside = [&] {
        colocate_with with{g, rounded};
        return node{rounded + 1.0f, "beside"};
    }();

    // Two logical CPUs with threads of their own, two GPUs that are emulated: everything but speed.
    session s{g, {.device_count = {{"CPU", 2}}, .emulated_gpus = 2}};
    std::cout << s.explain(beside).to_string() << '\n';
    std::cout << "doubled is on " << s.device_of(doubled) << "\n\n";

    // A callable of C++ runs on the host only, so this cannot be met.
    auto count = [&] {
        device_scope pin{g, "/gpu:0"};
        return call([](tensor_view<const float, 4> v) { return v[0] + v[1] + v[2] + v[3]; },
                    beside);
    }();
    const tensor<float, 4> in{1, 2, 3, 4};
    try {
        s.run({feed(x, in)}, count);
    } catch (const error& e) {
        std::cout << name_of(e.code()) << ": " << e.what() << "\n\n";
    }

    // Soft placement takes the best device that can, and the report says so.
    session soft{g,
                 {.allow_soft_placement = true, .device_count = {{"CPU", 2}}, .emulated_gpus = 2}};
    std::cout << "the count is " << soft.run({feed(x, in)}, count) << " on "
              << soft.device_of(count) << ": " << soft.explain(count).find("Call")->why << '\n';
}
