// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// max_pool2d and avg_pool2d against loops over all of their indices: options drawn at random, both
// layouts, windows as large as images; types, fusion, NaN and errors as users see them.
#include <support/structured.hpp>
#include <weft/ops/elementwise.hpp>
#include <weft/ops/structured.hpp>

#include <cmath>

using namespace weft;
using namespace weft_test;

namespace {

template <class T>
using values = tensor<T, dyn>;

// Elements of one window that are in the image: their maximum, sum and number.
struct window_facts {
    long double most = -std::numeric_limits<long double>::infinity(), sum = 0;
    std::size_t count = 0;
};
template <class T>
window_facts facts_of(const window_sizes& s, const values<T>& x, std::size_t n, std::size_t c,
                      std::size_t row, std::size_t column) {
    window_facts out;
    for (std::size_t i = 0; i < s.down.size; ++i)
        for (std::size_t j = 0; j < s.across.size; ++j) {
            const std::size_t a = s.row_of(row) + i, b = s.column_of(column) + j;
            if (a >= s.image.height || b >= s.image.width) continue;  // or has wrapped around
            const long double one =
                exact(x[s.channels_last
                            ? ((n * s.image.height + a) * s.image.width + b) * s.out.channels + c
                            : ((n * s.out.channels + c) * s.image.height + a) * s.image.width + b]);
            out.most = std::max(out.most, one);
            out.sum += one;
            ++out.count;
        }
    return out;
}

template <class T>
void check(const window_sizes& s) {
    const std::size_t size = s.image.size();
    const std::size_t results = s.out.size();
    const auto x = sampled<values<T>>({size}, size, is_floating<T> ? 2 : 100);
    const auto pooled = [&](context_base& ctx, int kind) {
        auto out = values<T>::uninitialized({results});
        if (kind == 0) pool_maxima<T>(ctx, s, x.data(), out.data(), {});
        if constexpr (is_floating<T>)
            if (kind > 0) pool_means<T>(ctx, s, kind == 2, x.data(), out.data(), {});
        return out;
    };
    for (int kind = 0; kind < (is_floating<T> ? 3 : 1); ++kind) {
        serial_context<cpu> whole;
        backward_context backward(1);
        const auto got = pooled(whole, kind);
        REQUIRE(same_bits(pooled(backward, kind), got));
        for (std::size_t n = 0; n < s.out.batch; ++n)
            for (std::size_t c = 0; c < s.out.channels; ++c)
                for (std::size_t i = 0; i < s.out.height; ++i)
                    for (std::size_t j = 0; j < s.out.width; ++j) {
                        const std::size_t pixel = i * s.out.width + j;
                        const long double one = exact(
                            got[s.channels_last ? (n * s.pixels() + pixel) * s.out.channels + c
                                                : (n * s.out.channels + c) * s.pixels() + pixel]);
                        const window_facts facts = facts_of<T>(s, x, n, c, i, j);
                        if (kind == 0) {
                            REQUIRE(one == facts.most);
                        } else {
                            const auto count = kind == 1 ? facts.count : s.taps();
                            const long double mean = facts.sum / static_cast<long double>(count);
                            REQUIRE(std::abs(one - mean) <=
                                    ulp_at<T>(2) + static_cast<long double>(s.taps()) *
                                                       ulp_at<compute_t<T>>(2));
                        }
                    }
    }
}

template <class T, image_layout Layout>
void check(const image_shape& x, const extent2d& window, pool2d_options o) {
    const window2d w = window2d::of(window, o, 1);
    CAPTURE(dims_text(x.in(Layout)).chars);
    CAPTURE(window.height);
    CAPTURE(window.width);
    CAPTURE(o.stride.width);
    if (w.fits(x)) check<T>(window_sizes(x, w, Layout));
}

constexpr auto nchw = image_layout::nchw, nhwc = image_layout::nhwc;

}  // namespace

TEST_CASE_TEMPLATE("pooling of all kinds", T, float, double, bfloat16, std::int32_t) {
    random_bits bits(2);
    const auto up_to = [&](std::size_t n) {
        return static_cast<std::size_t>(bits.unit() * static_cast<double>(n));
    };
    for (int i = 0; i < 150; ++i) {
        const image_shape x{up_to(3), up_to(20), 1 + up_to(12), 1 + up_to(70)};
        const extent2d window{1 + up_to(4), 1 + up_to(4)};
        pool2d_options o{.stride = {1 + up_to(3), 1 + up_to(3)}};
        o.padding = {up_to(window.height), up_to(window.height), up_to(window.width),
                     up_to(window.width)};
        if (i % 4 == 0) o.padding = padding2d::same;
        check<T, nchw>(x, window, o);
        check<T, nhwc>(x, window, o);
    }
    check<T, nchw>({1, 2, 9, 600}, {2, 3}, {.stride = 2, .padding = {1, 1}});  // several strips
    check<T, nchw>({1, 2, 200, 90}, {200, 90}, {.stride = 1});                 // no strip
    check<T, nhwc>({2, 35, 7, 7}, {7, 7}, {.stride = 7});
}

TEST_CASE("pooling has typed results") {
    test_graph g;
    const auto gives = []<class E>(const E&, auto expected) {
        return std::is_same_v<result_of_t<E>, decltype(expected)>;
    };
    const auto x = g.placeholder<tensor<float, dyn, 6, 32, 33>>();
    CHECK(gives(max_pool2d<2>(x), tensor<float, dyn, 6, 16, 16>{}));
    CHECK(gives(max_pool2d<3, pool2d_options{.stride = 2, .padding = 1}>(x),
                tensor<float, dyn, 6, 16, 17>{}));
    CHECK(gives(avg_pool2d<extent2d{32, 1}>(x), tensor<float, dyn, 6, 1, 33>{}));
    const auto y = g.placeholder<tensor<double, 2, dyn, 33, 6>>();
    constexpr pool2d_options same{.stride = {2, 1}, .padding = padding2d::same, .layout = nhwc};
    CHECK(gives(avg_pool2d<3, same>(y), tensor<double, 2, dyn, 33, 6>{}));
}

TEST_CASE("pooling in a graph") {
    const tensor<float, 1, 1, 2, 4> x{{{{1, 2, 3, 4}, {5, 6, -7, -8}}}};
    CHECK(run_op([](auto a) { return max_pool2d<2>(a); }, x) ==
          tensor<float, 1, 1, 1, 2>{{{{6, 4}}}});
    CHECK(run_op([](auto a) { return avg_pool2d<2>(a) * 2.0f + 1.0f; }, x) ==
          tensor<float, 1, 1, 1, 2>{{{{8, -3}}}});
    constexpr pool2d_options padded{.padding = {1, 1, 0, 0}, .count_padding = true};
    CHECK(run_op([](auto a) { return avg_pool2d<2, padded>(a); }, x) ==
          tensor<float, 1, 1, 2, 2>{{{{0.75f, 1.75f}, {2.75f, -3.75f}}}});
    auto special = x;
    special(0, 0, 1, 1) = std::numeric_limits<float>::quiet_NaN();
    const auto most = run_op([](auto a) { return max_pool2d<2>(a); }, special);
    CHECK(std::isnan(most(0, 0, 0, 0)));
    CHECK(most(0, 0, 0, 1) == 4);
}

TEST_CASE("windows that do not fit at run time") {
    using images = tensor<float, dyn, dyn, dyn, dyn>;
    const auto pool = [](auto x) { return max_pool2d<extent2d{3, 2}>(x); };
    CHECK(failure_of(errc::invalid_argument, pool, images::zeros({1, 4, 2, 5})) ==
          "max_pool2d of [1,4,2,5]: the window of 3 by 2 elements is larger than the padded image, "
          "or that is empty");
    const auto padded = [](auto x) { return avg_pool2d<2, pool2d_options{.padding = 1}>(x); };
    CHECK(failure_of(errc::invalid_argument, padded, images::zeros({1, 4, 0, 5})).find("empty") !=
          std::string::npos);
}
