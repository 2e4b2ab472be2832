// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Runs of ops with kernels of their own in all the ways that must give the same, bit by bit: whole,
// in pieces of several sizes, pieces in order and last first, by the CPU's and the GPU's kernel.
// Part of the tests of ops; it knows no op.
#pragma once

#include <support/elementwise.hpp>
#include <support/ulp.hpp>

#include <algorithm>
#include <string>

namespace weft_test {

// Runs ranges in pieces of `cut` elements, the last piece first; scratch memory is not zero.
class backward_context final : public weft::context<weft::cpu> {
public:
    explicit backward_context(std::size_t cut) : cut_(cut) {}

    void parallel_for(std::size_t n, double, weft::range_function body) override {
        for (std::size_t pieces = (n + cut_ - 1) / cut_; pieces-- > 0;)
            body(pieces * cut_, std::min(n, (pieces + 1) * cut_));
    }
    bool stop_requested() const noexcept override { return false; }
    void* scratch(std::size_t bytes) override {
        blocks_.push_back(weft::tensor<std::uint8_t, weft::dyn>::uninitialized({bytes}));
        for (std::uint8_t& byte : blocks_.back()) byte = 0xcb;
        return blocks_.back().data();
    }

private:
    std::size_t cut_;
    std::vector<weft::tensor<std::uint8_t, weft::dyn>> blocks_;
};

template <class Tensor>
bool same_bits(const Tensor& a, const Tensor& b) {
    return a.shape() == b.shape() &&
           (a.size() == 0 ||
            std::memcmp(a.data(), b.data(), a.size() * sizeof(*a.data())) == 0);
}

// A tensor whose element i is f(i).
template <class Tensor, class F>
Tensor filled(const weft::dims& shape, F f) {
    Tensor out = Tensor::uninitialized(shape);
    for (std::size_t i = 0; i < out.size(); ++i)
        out.data()[i] = static_cast<typename Tensor::value_type>(f(i));
    return out;
}
// A tensor of the elements of `samples`, or of small numbers of which sums and products are exact.
template <class Tensor>
Tensor sampled(const weft::dims& shape, std::uint64_t seed, double range = 4) {
    random_bits bits(seed);
    using T = typename Tensor::value_type;
    return filled<Tensor>(shape, [&](std::size_t) {
        const double x = (2 * bits.unit() - 1) * range;
        if constexpr (weft::is_complex<T>) {
            using part = typename T::value_type;
            return T(static_cast<part>(x), static_cast<part>((2 * bits.unit() - 1) * range));
        } else if constexpr (weft::is_floating<T>) {
            return static_cast<T>(static_cast<weft::compute_t<T>>(x));
        } else if constexpr (std::is_same_v<T, bool>) {
            return x < 0;
        } else {
            return static_cast<T>(static_cast<std::int64_t>(x));
        }
    });
}

// An element as a long double.
template <class T>
long double exact(T x) {
    return static_cast<long double>(static_cast<weft::compute_t<T>>(x));
}

// The value of a node, having checked that every way to run it gives the same.
template <class T, std::size_t... Dims, class... Fed>
weft::tensor<T, Dims...> run_all_ways(const weft::node<weft::tensor<T, Dims...>>& n,
                                      const Fed&... fed) {
    const auto run = [&](const char* kind, std::size_t cut) {
        reference_run once(n.graph(), kind, cut);
        (once.feed(fed.first, fed.second), ...);
        return once(n);
    };
    const auto expected = run("cpu", weft::dyn);
    for (std::size_t cut : {std::size_t{1}, std::size_t{3}, std::size_t{64}})
        REQUIRE(same_bits(run("cpu", cut), expected));
    REQUIRE(same_bits(run("gpu", 5), expected));
    return expected;
}

// What is fed to a node.
template <class Node, class Tensor>
std::pair<Node, const Tensor&> with(const Node& n, const Tensor& value) {
    return {n, value};
}

// The value of f(placeholder...) for these tensors, having checked that it is one node and that
// every way to run it gives the same.
template <class F, class... Tensors>
auto run_op(F f, const Tensors&... values) {
    test_graph g;
    return [&](const auto&... inputs) {
        const std::size_t before = g.size();
        const weft::node out = f(inputs...);
        REQUIRE(g.size() == before + 1);
        return run_all_ways(out, with(inputs, values)...);
    }(g.template placeholder<Tensors>()...);
}

// What running f(values...) fails with, having checked the code; "no failure" if it does not.
template <class F, class... Tensors>
std::string failure_of(weft::errc code, F f, const Tensors&... values) {
    try {
        run_op(f, values...);
    } catch (const weft::failure& e) {
        CHECK(e.code() == code);
        return e.what();
    }
    return "no failure";
}

}  // namespace weft_test
