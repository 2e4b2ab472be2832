// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// conv2d against loops over all of its indices in long double: options drawn at random, edges of
// tiles, blocks of depths, depthwise filters; that pieces of work do not change a bit; types,
// fusion and errors as users see them.
#include <support/structured.hpp>
#include <weft/ops/elementwise.hpp>
#include <weft/ops/structured.hpp>

using namespace weft;
using namespace weft_test;

namespace {

template <class T>
using values = tensor<T, dyn>;

struct problem {
    std::size_t batch, channels, filters, height, width, window_height, window_width;
    conv2d_options options{};

    dims x() const { return image_shape{batch, channels, height, width}.in(options.layout); }
    dims w() const {
        const std::size_t in = channels / options.groups;
        return options.layout == image_layout::nchw
                   ? dims{filters, in, window_height, window_width}
                   : dims{window_height, window_width, in, filters};
    }
};

std::size_t at(const dims& shape, image_layout layout, std::size_t n, std::size_t c, std::size_t y,
               std::size_t x) {
    return layout == image_layout::nchw ? ((n * shape[1] + c) * shape[2] + y) * shape[3] + x
                                        : ((n * shape[1] + y) * shape[2] + x) * shape[3] + c;
}

// The sum that output element (n, o, y, x) is.
template <class T>
long double reference(const problem& p, const conv2d_sizes& s, const values<T>& images,
                      const values<T>& filters, const std::size_t (&out)[4]) {
    const conv2d_options& o = p.options;
    const std::size_t in = p.channels / o.groups, group = out[1] / (p.filters / o.groups);
    long double sum = 0;
    for (std::size_t c = 0; c < in; ++c)
        for (std::size_t i = 0; i < p.window_height; ++i)
            for (std::size_t j = 0; j < p.window_width; ++j) {
                const std::size_t y = out[2] * o.stride.height + i * o.dilation.height - s.top;
                const std::size_t x = out[3] * o.stride.width + j * o.dilation.width - s.left;
                if (y >= p.height || x >= p.width) continue;  // or has wrapped around
                const std::size_t from = at(p.x(), o.layout, out[0], group * in + c, y, x);
                const std::size_t weight =
                    o.layout == image_layout::nchw
                        ? ((out[1] * in + c) * p.window_height + i) * p.window_width + j
                        : ((i * p.window_width + j) * in + c) * p.filters + out[1];
                sum += exact(images[from]) * exact(filters[weight]);
            }
    return sum;
}

template <class T>
void check(const problem& p) {
    const dims shape = conv2d_shape(p.options, p.x(), p.w());
    CAPTURE(dims_text(p.x()).chars);
    CAPTURE(dims_text(p.w()).chars);
    CAPTURE(dims_text(shape).chars);
    CAPTURE(p.options.groups);
    CAPTURE(p.options.stride.width);
    CAPTURE(p.options.dilation.width);
    const auto x = sampled<values<T>>({p.x().size()}, p.x().size(), 2);
    const auto w = sampled<values<T>>({p.w().size()}, p.w().size() + 1, 2);
    const conv2d_sizes s(p.options, p.x(), p.w());
    serial_context<cpu> whole;
    auto got = values<T>::uninitialized({shape.size()});
    convolve<T>(whole, s, x.data(), w.data(), got.data());
    for (const std::size_t cut : {1, 3}) {
        backward_context backward(cut);
        auto other = values<T>::uninitialized({shape.size()});
        convolve<T>(backward, s, x.data(), w.data(), other.data());
        REQUIRE(same_bits(other, got));
    }
    const image_shape out = image_shape::of(shape, p.options.layout);
    const std::size_t depth = p.channels / p.options.groups * p.window_height * p.window_width;
    for (std::size_t n = 0; n < out.batch; ++n)
        for (std::size_t c = 0; c < out.channels; ++c)
            for (std::size_t i = 0; i < out.height; ++i)
                for (std::size_t j = 0; j < out.width; ++j) {
                    const long double sum = reference(p, s, x, w, {n, c, i, j});
                    const T one = got[at(shape, p.options.layout, n, c, i, j)];
                    const long double most =
                        0.51L * ulp_at<T>(sum) + ulp_at<T>(0) +
                        static_cast<long double>(depth) * ulp_at<compute_t<T>>(4);
                    REQUIRE(std::abs(exact(one) - sum) <= most);
                }
}

constexpr auto nhwc = image_layout::nhwc;

}  // namespace

TEST_CASE_TEMPLATE("convolutions of all kinds", T, float, double, half, bfloat16) {
    random_bits bits(1);
    const auto up_to = [&](std::size_t n) {
        return static_cast<std::size_t>(bits.unit() * static_cast<double>(n));
    };
    for (int i = 0; i < 400; ++i) {
        problem p{up_to(3),      1 + up_to(6), 1 + up_to(20), up_to(12),
                  1 + up_to(40), 1 + up_to(4), 1 + up_to(4)};
        conv2d_options& o = p.options;
        o.stride = {1 + up_to(3), 1 + up_to(3)};
        o.dilation = {1 + up_to(2), 1 + up_to(2)};
        o.padding = {up_to(4), up_to(4), up_to(4), up_to(4)};
        if (i % 4 == 0) o.padding = padding2d::same;
        if (i % 3 == 0) o.groups = 1 + up_to(3);
        if (i % 7 == 0) o.groups = p.channels;
        p.channels = p.channels / o.groups * o.groups;
        p.filters = (p.filters + o.groups - 1) / o.groups * o.groups;
        if (i % 2 == 0) o.layout = image_layout::nhwc;
        if (p.channels == 0 || !conv2d_operands(o, p.x(), p.w()).window_fits()) continue;
        check<T>(p);
    }
}

TEST_CASE("convolutions with several blocks, panels and images in a panel") {
    for (const image_layout layout : {image_layout::nchw, image_layout::nhwc}) {
        const auto with_layout = [&](problem p) {
            p.options.layout = layout;
            check<float>(p);
        };
        with_layout({2, 50, 37, 9, 21, 3, 3, {.padding = 1}});  // a second block of depths
        with_layout({9, 8, 40, 3, 3, 3, 3, {.padding = padding2d::same}});
        with_layout({1, 3, 16, 65, 70, 7, 7, {.stride = 2, .padding = 3}});
        with_layout({3, 40, 90, 7, 7, 1, 1});  // a product as it is
        with_layout({3, 40, 33, 7, 7, 1, 1, {.stride = 2}});
        with_layout({2, 12, 96, 40, 41, 3, 3, {.groups = 3}});
        with_layout({2, 70, 70, 20, 33, 3, 3, {.padding = 1, .groups = 70}});
        with_layout({1, 5, 10, 20, 300, 3, 5, {.stride = 2, .groups = 5}});
        with_layout({1, 4, 4, 64, 40, 40, 30, {.groups = 4}});
        with_layout({1, 1, 1, 1, 1, 1, 1});
        with_layout({0, 4, 4, 4, 4, 3, 3});
    }
}

TEST_CASE("conv2d has typed results") {
    test_graph g;
    const auto gives = []<class E>(const E&, auto expected) {
        return std::is_same_v<result_of_t<E>, decltype(expected)>;
    };
    const auto x = g.placeholder<tensor<float, dyn, 6, 32, 33>>();
    const auto w = g.placeholder<tensor<float, 8, 6, 3, 5>>();
    const auto any = g.placeholder<tensor<float, dyn, dyn, dyn, dyn>>();
    CHECK(gives(conv2d(x, w), tensor<float, dyn, 8, 30, 29>{}));
    constexpr conv2d_options same{.stride = 2, .padding = padding2d::same};
    CHECK(gives(conv2d<same>(x, w), tensor<float, dyn, 8, 16, 17>{}));
    CHECK(gives(conv2d<same>(x, any), tensor<float, dyn, dyn, 16, 17>{}));
    CHECK(gives(conv2d(any, w), tensor<float, dyn, 8, dyn, dyn>{}));
    CHECK(gives(conv2d<conv2d_options{.padding = {1, 2}, .dilation = 2}>(x, w),
                tensor<float, dyn, 8, 30, 29>{}));
    const auto y = g.placeholder<tensor<float, 2, 32, 33, 6>>();
    const auto v = g.placeholder<tensor<float, 3, 5, 3, 8>>();
    CHECK(gives(conv2d<conv2d_options{.stride = {2, 1}, .groups = 2, .layout = nhwc}>(y, v),
                tensor<float, 2, 15, 29, 8>{}));
}

TEST_CASE("an expression around a convolution is its epilogue") {
    for (const std::size_t size : {5, 40}) {
        const auto small = [](std::size_t i) { return static_cast<float>(i % 3) - 1; };
        using images = tensor<float, dyn, 4, dyn, dyn>;
        const auto x = filled<images>({2, 4, size, size}, small);
        const auto w = filled<tensor<float, 3, 4, 3, 3>>({3, 4, 3, 3}, small);
        const tensor<float, 3, 1, 1> bias{{{1}}, {{-2}}, {{3}}};
        const auto sum = run_op([](auto a, auto b) { return conv2d(a, b); }, x, w);
        const auto fused =
            run_op([](auto a, auto b, auto c) { return relu(conv2d(a, b) + c); }, x, w, bias);
        const auto whole =
            run_op([](auto a, auto b) { return cast<std::int32_t>(conv2d(a, b)); }, x, w);
        const std::size_t pixels = (size - 2) * (size - 2);
        for (std::size_t i = 0; i < sum.size(); ++i) {
            const float plus = sum.data()[i] + bias(i / pixels % 3, 0, 0);
            REQUIRE(fused.data()[i] == std::max(plus, 0.0f));
            REQUIRE(whole.data()[i] == static_cast<std::int32_t>(sum.data()[i]));
        }
    }
}

TEST_CASE("convolutions that cannot be") {
    using images = tensor<float, dyn, dyn, dyn, dyn>;
    const auto convolve = [](auto x, auto w) { return conv2d(x, w); };
    const auto in_groups = [](auto x, auto w) { return conv2d<conv2d_options{.groups = 2}>(x, w); };
    const auto x = images::zeros({1, 4, 5, 5});
    CHECK(failure_of(errc::invalid_argument, convolve, x, images::zeros({8, 3, 3, 3})) ==
          "conv2d of [1,4,5,5] with filters [8,3,3,3] in groups of 3: images of 3 channels are "
          "wanted, not of 4");
    CHECK(failure_of(errc::invalid_argument, in_groups, x, images::zeros({7, 2, 3, 3})) ==
          "conv2d of [1,4,5,5] with filters [7,2,3,3]: the 7 filters are not a multiple of the 2 "
          "groups");
    CHECK(failure_of(errc::invalid_argument, convolve, x, images::zeros({8, 4, 3, 6})) ==
          "conv2d of [1,4,5,5] with filters [8,4,3,6]: the filters, with their dilation, are "
          "larger than the padded image, or empty");
}
