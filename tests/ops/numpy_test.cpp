// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What ops give for double against what NumPy gives, for inputs made by one formula on both sides.
// The numbers are in data/numpy_reference.hpp, which tools/make_numpy_reference.py writes.
#include <data/numpy_reference.hpp>
#include <support/structured.hpp>
#include <weft/ops/elementwise.hpp>
#include <weft/ops/structured.hpp>

#include <algorithm>
#include <string_view>

using namespace weft;
using namespace weft_test;

namespace {

// The input number k, as the Python script makes it.
template <std::size_t... Dims>
tensor<double, Dims...> input(std::size_t k = 0) {
    return filled<tensor<double, Dims...>>({Dims...}, [k](std::size_t i) {
        return (static_cast<double>((i * 7919 + k * 31 + 13) % 101) - 50) / 8;
    });
}

tensor<double, 3, 4> special() {
    auto x = input<3, 4>();
    x(0, 3) = std::numeric_limits<double>::quiet_NaN();
    x(1, 3) = std::numeric_limits<double>::infinity();
    x(2, 0) = -std::numeric_limits<double>::infinity();
    return x;
}

template <class T, std::size_t... Dims>
void same_as_numpy(std::string_view name, const tensor<T, Dims...>& got) {
    CAPTURE(name);
    for (const numpy_case& expected : numpy_cases()) {
        if (expected.name != name) continue;
        dims shape;
        for (std::size_t size : expected.shape) shape.push_back(size);
        REQUIRE(got.shape() == shape);
        for (std::size_t i = 0; i < got.size(); ++i) {
            const double value = static_cast<double>(got.data()[i]), wanted = expected.elements[i];
            if (std::isfinite(wanted))
                CHECK(std::abs(value - wanted) <= 4e-15 * std::max(1.0, std::abs(wanted)));
            else
                CHECK((std::isnan(wanted) ? std::isnan(value) : value == wanted));
        }
        return;
    }
    FAIL("there is no such case");
}

const auto a = input<2, 3, 4>(), b = input<2, 3, 4>(1);
const tensor<std::int64_t, 4> places{1, 0, 1, 1};
const tensor<std::int32_t, 3> labels{2, 0, 3};

}  // namespace

TEST_CASE("reductions as NumPy's") {
    same_as_numpy("sum", run_op([](auto x) { return sum(x); }, a));
    same_as_numpy("sum_0", run_op([](auto x) { return sum<0>(x); }, a));
    same_as_numpy("sum_1", run_op([](auto x) { return sum<1>(x); }, a));
    same_as_numpy("sum_0_2", run_op([](auto x) { return sum<0, 2>(x); }, a));
    same_as_numpy("sum_keepdims", run_op([](auto x) { return sum<-1>(x, keepdims); }, a));
    same_as_numpy("mean_1", run_op([](auto x) { return mean<1>(x); }, a));
    same_as_numpy("prod_2", run_op([](auto x) { return prod<2>(x); }, a));
    same_as_numpy("max_1", run_op([](auto x) { return max<1>(x); }, a));
    same_as_numpy("min_0_1", run_op([](auto x) { return min<0, 1>(x); }, a));
    same_as_numpy("max_special", run_op([](auto x) { return max<1>(x); }, special()));
    same_as_numpy("min_special", run_op([](auto x) { return min<0>(x); }, special()));
    same_as_numpy("argmax_2", run_op([](auto x) { return argmax<2>(x); }, a));
    same_as_numpy("argmin", run_op([](auto x) { return argmin(x); }, a));
    same_as_numpy("argmax_special", run_op([](auto x) { return argmax<1>(x); }, special()));
    same_as_numpy("argmin_special", run_op([](auto x) { return argmin<0>(x); }, special()));
    same_as_numpy("any_1", run_op([](auto x) { return any<1>(x > 4.0); }, a));
    same_as_numpy("all_0", run_op([](auto x) { return all<0>(x > -4.0); }, a));
}

TEST_CASE("linear algebra as NumPy's") {
    const auto product = [](auto x, auto y) { return matmul(x, y); };
    same_as_numpy("matmul", run_op(product, input<3, 4>(), input<4, 2>(1)));
    same_as_numpy("matmul_transposed",
                  run_op([](auto x, auto y) { return matmul(x, transpose(y)); }, input<3, 4>(),
                         input<2, 4>(1)));
    same_as_numpy("matmul_batched", run_op(product, input<2, 1, 3, 4>(), input<3, 4, 2>(1)));
    same_as_numpy("matmul_vector", run_op(product, input<3, 4>(), input<4>(1)));
    same_as_numpy("transpose", run_op([](auto x) { return transpose(x); }, a));
    same_as_numpy("transpose_201", run_op([](auto x) { return transpose<2, 0, 1>(x); }, a));
}

TEST_CASE("images as NumPy's") {
    const auto image = input<2, 4, 6, 7>();
    const auto filters = input<3, 4, 3, 3>(1);
    same_as_numpy("conv2d", run_op([](auto x, auto w) { return conv2d(x, w); }, image, filters));
    constexpr conv2d_options dilated{.padding = 2, .dilation = 2};
    same_as_numpy("conv2d_dilated",
                  run_op([](auto x, auto w) { return conv2d<dilated>(x, w); }, image, filters));
    constexpr conv2d_options strided{.stride = 2, .padding = 1, .groups = 2};
    const auto grouped = input<6, 2, 3, 3>(1);
    same_as_numpy("conv2d_strided",
                  run_op([](auto x, auto w) { return conv2d<strided>(x, w); }, image, grouped));
    constexpr conv2d_options last{
        .stride = 2, .padding = 1, .groups = 2, .layout = image_layout::nhwc};
    const auto to_last = [](auto x) { return transpose<0, 2, 3, 1>(x); };
    const auto filters_to_last = [](auto w) { return transpose<2, 3, 1, 0>(w); };
    same_as_numpy("conv2d_nhwc", run_op([](auto x, auto w) { return conv2d<last>(x, w); },
                                        run_op(to_last, image), run_op(filters_to_last, grouped)));
    constexpr pool2d_options step{.stride = 2};
    same_as_numpy("max_pool2d", run_op([](auto x) { return max_pool2d<3, step>(x); }, image));
    same_as_numpy("avg_pool2d", run_op([](auto x) { return avg_pool2d<2>(x); }, image));
}

TEST_CASE("softmax and its kin as NumPy's") {
    same_as_numpy("softmax", run_op([](auto x) { return softmax(x); }, a));
    same_as_numpy("softmax_1", run_op([](auto x) { return softmax<1>(x); }, a));
    same_as_numpy("log_softmax", run_op([](auto x) { return log_softmax(x); }, a));
    same_as_numpy("logsumexp_0", run_op([](auto x) { return logsumexp<0>(x); }, a));
    same_as_numpy(
        "cross_entropy",
        run_op([](auto x, auto l) { return softmax_cross_entropy(x, l); }, input<3, 4>(), labels));
    same_as_numpy("layer_norm",
                  run_op([](auto x, auto s, auto t) { return layer_norm(x, s, t, 1e-3); }, a,
                         input<4>(2), input<4>(3)));
}

TEST_CASE("arrays as NumPy's") {
    const auto join = [](auto x, auto y) { return concat<1>(x, y); };
    same_as_numpy("reshape", run_op([](auto x) { return reshape<4, dyn>(x); }, a));
    same_as_numpy("broadcast_to",
                  run_op([](auto x) { return broadcast_to<2, 3, 2>(x); }, input<3, 1>()));
    same_as_numpy("concat_1", run_op(join, a, b));
    same_as_numpy("stack_last",
                  run_op([](auto x, auto y) { return stack<-1>(x, y); }, input<3>(), input<3>(1)));
    same_as_numpy("slice", run_op([](auto x) { return slice<1, 1, 3>(x); }, a));
    same_as_numpy("pad", run_op([](auto x) { return pad<1, 1, 2>(x, 7); }, input<2, 3>()));
    same_as_numpy("gather_1", run_op([](auto x, auto i) { return gather<1>(x, i); }, a, places));
    same_as_numpy("scatter_add",
                  run_op([](auto x, auto i, auto u) { return scatter_add<0>(x, i, u); },
                         input<2, 3>(), places, input<4, 3>(1)));
    same_as_numpy("cumsum_1", run_op([](auto x) { return cumsum<1>(x); }, a));
    same_as_numpy("one_hot", run_op([](auto i) { return one_hot<4, double>(i); }, labels));
}
