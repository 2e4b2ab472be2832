// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Expressions that read as many tensors as there can be, and one more.
#include <weft/graph/graph.hpp>

#include <doctest/doctest.h>
#include <support/caught.hpp>

#include <vector>

using namespace weft;

namespace {

// An op of many operands: a sum would be as deep as it is wide.
struct many {
    static constexpr const char* name = "Many";
};

}  // namespace

template <>
struct weft::kernel<many, weft::cpu, float> {
    template <class Out, class... In>
    static void run(cpu_context&, const Out& out, const In&... in) {
        *out.data() = (*in.data() + ...);
    }
};

namespace {

template <std::size_t... I>
node<tensor<float>> read_all(const std::vector<node<tensor<float>>>& nodes,
                             std::index_sequence<I...>) {
    return make_op<many, tensor<float>>(nodes[I]...);
}

}  // namespace

TEST_CASE("254 different inputs are read, 255 are refused with the line") {
    graph g;
    std::vector<node<tensor<float>>> nodes;
    for (int i = 0; i < 255; ++i) nodes.push_back(g.constant(1.0f));
    CHECK(g.record(read_all(nodes, std::make_index_sequence<254>()).id()).inputs.size() == 254);
    const auto e = weft_test::error_of([&] { read_all(nodes, std::make_index_sequence<255>()); });
    CHECK(e.code == errc::unimplemented);
    CHECK(e.says("254"));
    CHECK(e.line > 0);
    nodes[254] = nodes[0];
    CHECK(g.record(read_all(nodes, std::make_index_sequence<255>()).id()).inputs.size() == 254);
}
