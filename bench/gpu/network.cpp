// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A network 784-512-512-10, forward, 128 rows: a session's callable beside products by cublasLt
// called bare, each with a kernel of its own for what follows. `plain` is a CUDA graph of these by
// hand, `stream` launches them one by one. All numbers are on the GPU before and after, but where
// a row says otherwise. Times are from the call to its return.
#include "bare_product.hpp"
#include "by_hand.hpp"
#include "models.hpp"
#include "rows.hpp"

#include <algorithm>
#include <cmath>

namespace bench {

namespace {

using matrix = weft::tensor<float, weft::dyn, weft::dyn>;
using row = weft::tensor<float, weft::dyn>;
constexpr std::size_t batch = 128, layers = 3;
constexpr std::size_t widths[layers + 1] = {784, 512, 512, 10};

template <class Tensor>
Tensor on_host(const device_memory& from, const weft::dims& shape) {
    Tensor out = Tensor::uninitialized(shape);
    const auto numbers = from.read<float>(shape.size());
    std::copy(numbers.begin(), numbers.end(), out.data());
    return out;
}

// All that both read.
struct parameters {
    device_memory in = device_memory::numbers<float>(batch * widths[0]);
    std::vector<device_memory> weights, biases;

    parameters() {
        for (std::size_t i = 0; i < layers; ++i) {
            weights.push_back(device_memory::numbers<float>(widths[i] * widths[i + 1], 0.05f));
            biases.push_back(device_memory::numbers<float>(widths[i + 1], 0.05f));
        }
    }
};

// One layer by hand.
class layer_by_hand {
public:
    layer_by_hand(own_stream& on, const device_memory& weights, const device_memory& bias,
                  std::size_t from, std::size_t to, bool is_last)
        : weights_(weights),
          between_(batch * to * sizeof(float)),
          out_(batch * to * sizeof(float)),
          product_(on, weft::dtype::float32, {batch, from, to}),
          x_(g_.placeholder<matrix>("x")),
          bias_(g_.placeholder<row>("bias")),
          rest_(is_last ? matrix_node<float>(biased(x_, bias_))
                        : matrix_node<float>(biased_relu(x_, bias_))),
          then_(on, rest_,
                {operand(x_, between_, {batch, to}), operand(bias_, bias, {to})}, out_,
                {batch, to}) {}

    const device_memory& operator()(const device_memory& in) {
        product_(in, weights_, between_);
        then_();
        return out_;
    }

private:
    const device_memory& weights_;
    device_memory between_, out_;
    bare_product product_;
    weft::graph g_;
    matrix_node<float> x_;
    row_node<float> bias_;
    matrix_node<float> rest_;
    kernel_call then_;
};

class network_by_hand {
public:
    network_by_hand(own_stream& on, const parameters& p) : p_(p) {
        for (std::size_t i = 0; i < layers; ++i)
            layers_.push_back(std::make_unique<layer_by_hand>(
                on, p.weights[i], p.biases[i], widths[i], widths[i + 1], i + 1 == layers));
    }
    const device_memory& operator()() {
        const device_memory* value = &p_.in;
        for (const auto& layer : layers_) value = &(*layer)(*value);
        return *value;
    }

private:
    const parameters& p_;
    std::vector<std::unique_ptr<layer_by_hand>> layers_;
};

template <class Input>
auto network_of(weft::graph& g, const Input& x, const parameters& p) {
    const auto weights = [&](std::size_t i) {
        const weft::dims shape{widths[i], widths[i + 1]};
        return g.variable(on_host<matrix>(p.weights[i], shape), "w" + std::to_string(i));
    };
    const auto bias = [&](std::size_t i) {
        return g.variable(on_host<row>(p.biases[i], {widths[i + 1]}), "b" + std::to_string(i));
    };
    const weft::node first(relu(matmul(x, weights(0)) + bias(0)));
    const weft::node second(relu(matmul(first, weights(1)) + bias(1)));
    return weft::node(matmul(second, weights(2)) + bias(2));
}

template <class Values>
void require_same(const Values& logits, const device_memory& other) {
    const auto expected = other.read<float>(batch * widths[layers]);
    for (std::size_t i = 0; i < expected.size(); ++i)
        if (!(std::abs(logits.data()[i] - expected[i]) < 1e-3f))
            throw std::runtime_error("the network by hand computes something else");
}

std::vector<peer_figure> peers_of(const std::vector<figure>& times) {
    std::vector<peer_figure> out{{"weft", times[0].best, times[0].median}};
    if (times.size() > 1) {
        out.push_back({"graph", times[1].best, times[1].median});
        out.push_back({"stream", times[2].best, times[2].median});
    }
    return out;
}

}  // namespace

void measure_network(own_stream& on, const row_writer& to) {
    const std::string name = "784-512-512-10, batch 128";
    const parameters p;
    weft::graph g;
    weft::device_scope on_gpu(g, "/gpu:0");
    const auto x = g.variable(on_host<matrix>(p.in, {batch, widths[0]}), "x");
    const auto fed = g.placeholder<matrix>("fed");
    const weft::node logits = network_of(g, x, p);
    const weft::node answer = network_of(g, fed, p);
    const weft::group done(logits);
    weft::session s{g, in_this_thread};
    s.initialize();
    auto step = s.make_callable(weft::feeds(), weft::fetches(done));
    auto step_from_host = s.make_callable(weft::feeds(fed), weft::fetches(answer));
    const matrix in = on_host<matrix>(p.in, {batch, widths[0]});

    std::vector<rival> rivals{[&] { step(); }};
    std::unique_ptr<network_by_hand> by_hand;
    std::unique_ptr<recorded_by_hand> graph;
    if (bare_product::is_possible()) {
        by_hand = std::make_unique<network_by_hand>(on, p);
        require_same(s.run(logits), (*by_hand)());
        graph = std::make_unique<recorded_by_hand>(on, [&] { (*by_hand)(); });
        rivals.push_back([&] {
            graph->launch();
            on.finish();
        });
        rivals.push_back([&] {
            (*by_hand)();
            on.finish();
        });
    }
    const auto times = steps_in_turn(rivals);
    to.add(name, times[0].best, times.size() > 1 ? times[1].best : 0, {}, peers_of(times));
    const auto whole = steps_in_turn({[&] { step_from_host(in); }});
    to.add(name + ", from the host and back", whole[0].best, 0, {}, peers_of(whole));
}

}  // namespace bench
