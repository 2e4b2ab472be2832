// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// transpose: every order of the axes of shapes with 0, 1, odd and large dimensions, by its
// definition; element types of every size; types and nodes as users see them.
#include <support/structured.hpp>
#include <weft/ops/elementwise.hpp>
#include <weft/ops/transpose.hpp>

#include <algorithm>

using namespace weft;
using namespace weft_test;

namespace {

template <class T>
void check_order(const dims& shape, const dims& order) {
    CAPTURE(dims_text(shape).chars);
    CAPTURE(dims_text(order).chars);
    const auto x = filled<tensor<T, dyn>>({shape.size()}, [](std::size_t i) {
        if constexpr (is_floating<T> || is_complex<T>)
            return static_cast<T>(static_cast<compute_t<T>>(static_cast<float>(i % 2000)));
        else
            return static_cast<T>(i);
    });
    auto got = tensor<T, dyn>::uninitialized({shape.size()});
    for (std::size_t cut : {std::size_t{1}, std::size_t{7}, dyn / 2}) {
        backward_context ctx(cut);
        weft::detail::transpose_bytes(ctx, shape, order, sizeof(T), x.data(), got.data());
        for (std::size_t i = 0; i < got.size(); ++i) {
            std::size_t from = 0, rest = i;
            for (std::size_t axis = order.rank; axis-- > 0; rest /= shape[order[axis]])
                from += rest % shape[order[axis]] * shape.product(order[axis] + 1, shape.rank);
            REQUIRE(got[i] == x[from]);
        }
    }
}

}  // namespace

TEST_CASE_TEMPLATE("all orders of the axes", T, float, std::int8_t, half, double,
                   std::complex<double>, bool) {
    for (const dims& shape : {dims{}, dims{5}, dims{3, 5}, dims{0, 4}, dims{1, 6}, dims{33, 65},
                              dims{100, 37}, dims{3, 4, 5}, dims{2, 70, 40}, dims{40, 1, 33},
                              dims{2, 3, 4, 5}, dims{34, 2, 1, 35}, dims{2, 1, 3, 2, 2}}) {
        dims order = shape;
        for (std::size_t axis = 0; axis < order.rank; ++axis) order[axis] = axis;
        do {
            check_order<T>(shape, order);
        } while (std::next_permutation(order.extent, order.extent + order.rank));
    }
}

TEST_CASE("transposed types and values") {
    test_graph g;
    const auto x = g.placeholder<tensor<float, dyn, 3, 4>>();
    const auto gives = []<class E>(const E&, auto expected) {
        return std::is_same_v<result_of_t<E>, decltype(expected)>;
    };
    CHECK(gives(transpose(x), tensor<float, dyn, 4, 3>{}));
    CHECK(gives(transpose<2, 0, 1>(x), tensor<float, 4, dyn, 3>{}));
    CHECK(gives(transpose<-1, 0, -2>(x), tensor<float, 4, dyn, 3>{}));
    CHECK(gives(transpose(transpose(x * 2.0f)), tensor<float, dyn, 3, 4>{}));

    const tensor<float, 2, 3> k{{1, 2, 3}, {4, 5, 6}};
    CHECK(run_op([](auto a) { return transpose(a); }, k) ==
          tensor<float, 3, 2>{{1, 4}, {2, 5}, {3, 6}});
    CHECK(run_op([](auto a) { return transpose<1, 0>(a); },
                 tensor<float, dyn, 3>{{1, 2, 3}, {4, 5, 6}}) ==
          tensor<float, 3, dyn>{{1, 4}, {2, 5}, {3, 6}});
    CHECK(run_op([](auto a) { return transpose<0, 1>(a); }, k) == k);
    CHECK(run_op([](auto a) { return transpose(a) + 1.0f; }, k) ==
          tensor<float, 3, 2>{{2, 5}, {3, 6}, {4, 7}});
}
