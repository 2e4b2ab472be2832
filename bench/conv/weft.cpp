// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Convolutions and pooling of float images through a session in the calling thread, against oneDNN
// where the build has found it (one thread). oneDNN has the filters in its own layout beforehand;
// its time is the better of two: images as they are, or brought to its layout and back. "blocked"
// is the second without these ways. Where there is no oneDNN there is no plain side.
#include "compare.hpp"

#include <weft/weft.hpp>

#include <functional>
#ifdef WEFT_BENCH_ONEDNN
#include <omp.h>
#include <dnnl.hpp>
#endif

using namespace weft;

namespace {

using images = tensor<float, dyn, dyn, dyn, dyn>;

const session_options one_thread{.inter_op_parallelism_threads = -1,
                                 .intra_op_parallelism_threads = 1,
                                 .use_per_session_threads = true};

images numbers(const dims& shape) {
    images out = images::uninitialized(shape);
    for (std::size_t i = 0; i < out.size(); ++i)
        out.data()[i] = static_cast<float>(i % 13) * 0.1f - 0.6f;
    return out;
}

// Square images and windows.
struct sizes {
    std::size_t batch, channels, size, window, filters;
};
std::string text_of(const sizes& n, const conv2d_options& o) {
    const auto text = [](std::size_t x) { return std::to_string(x); };
    return "[" + text(n.batch) + "," + text(n.channels) + "," + text(n.size) + "," + text(n.size) +
           "] " + text(n.window) + "x" + text(n.window) + "x" + text(n.filters) +
           (o.stride.height > 1 ? ", stride " + text(o.stride.height) : "") +
           (o.groups > 1 ? ", depthwise" : "") + (o.layout == image_layout::nhwc ? ", nhwc" : "");
}

struct peer {
    std::string name;
    std::function<void()> run;
    double best = 1e30;
};

#ifdef WEFT_BENCH_ONEDNN
using onednn_dims = dnnl::memory::dims;
using tag = dnnl::memory::format_tag;

// A convolution by oneDNN, with images in the layout that they have, or in the one it chooses.
class onednn_convolution {
public:
    onednn_convolution(const sizes& n, const conv2d_options& o, bool chooses, std::size_t out_size,
                       float* x, float* w, float* out) {
        omp_set_num_threads(1);
        const auto number = [](std::size_t i) { return static_cast<dnnl::memory::dim>(i); };
        const auto f32 = dnnl::memory::data_type::f32;
        const bool last = o.layout == image_layout::nhwc, grouped = o.groups > 1;
        const tag plain = last ? tag::nhwc : tag::nchw, wanted = chooses ? tag::any : plain;
        const onednn_dims x_dims{number(n.batch), number(n.channels), number(n.size),
                                 number(n.size)};
        const onednn_dims out_dims{number(n.batch), number(n.filters), number(out_size),
                                   number(out_size)};
        onednn_dims w_dims{number(n.filters / o.groups), number(n.channels / o.groups),
                           number(n.window), number(n.window)};
        if (grouped) w_dims.insert(w_dims.begin(), number(o.groups));
        const tag w_tag = grouped ? (last ? tag::hwigo : tag::goihw) : last ? tag::hwio : tag::oihw;
        const onednn_dims stride(2, number(o.stride.height)), pad(2, number(o.padding.top));
        const dnnl::convolution_forward::primitive_desc description(
            {dnnl::prop_kind::forward_inference,
             dnnl::algorithm::convolution_auto,
             {x_dims, f32, wanted},
             {w_dims, f32, tag::any},
             {out_dims, f32, wanted},
             stride,
             pad,
             pad},
            engine_);
        dnnl::memory plain_w({w_dims, f32, w_tag}, engine_, w);
        x_ = {{x_dims, f32, plain}, engine_, x};
        out_ = {{out_dims, f32, plain}, engine_, out};
        own_x_ = chooses ? dnnl::memory(description.src_desc(), engine_) : x_;
        own_out_ = chooses ? dnnl::memory(description.dst_desc(), engine_) : out_;
        w_ = {description.weights_desc(), engine_};
        dnnl::reorder(plain_w, w_).execute(stream_, plain_w, w_);
        convolution_ = dnnl::convolution_forward(description);
        to_own_ = dnnl::reorder(x_, own_x_), from_own_ = dnnl::reorder(own_out_, out_);
    }
    void convolve() {
        convolution_.execute(
            stream_, {{DNNL_ARG_SRC, own_x_}, {DNNL_ARG_WEIGHTS, w_}, {DNNL_ARG_DST, own_out_}});
        stream_.wait();
    }
    void convolve_plain() {
        to_own_.execute(stream_, x_, own_x_);
        convolve();
        from_own_.execute(stream_, own_out_, out_);
        stream_.wait();
    }

private:
    dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
    dnnl::stream stream_{engine_};
    dnnl::memory x_, own_x_, w_, out_, own_out_;
    dnnl::convolution_forward convolution_;
    dnnl::reorder to_own_, from_own_;
};
#endif

std::vector<peer> peers_of(const sizes& n, const conv2d_options& o, std::size_t out_size, images& x,
                           images& w, images& out) {
    std::vector<peer> peers;
    static_cast<void>(n), static_cast<void>(o), static_cast<void>(out_size);
    static_cast<void>(x), static_cast<void>(w), static_cast<void>(out);
#ifdef WEFT_BENCH_ONEDNN
    const auto make = [&](bool chooses) {
        return std::make_shared<onednn_convolution>(n, o, chooses, out_size, x.data(), w.data(),
                                                    out.data());
    };
    const auto plain = make(false), own = make(true);
    peers.push_back({"oneDNN plain", [plain] { plain->convolve(); }});
    peers.push_back({"oneDNN with ways", [own] { own->convolve_plain(); }});
    peers.push_back({"oneDNN blocked", [own] { own->convolve(); }});
#endif
    return peers;
}

template <conv2d_options O>
void convolution(benchmark::State& state, const sizes& n, bench::goal wanted) {
    graph g;
    auto x = g.placeholder<images>("x"), w = g.placeholder<images>("w");
    node y = conv2d<O>(x, w);
    session s{g, one_thread};
    const std::size_t in = n.channels / O.groups;
    const image_shape image{n.batch, n.channels, n.size, n.size};
    images xv = numbers(image.in(O.layout));
    images wv = numbers(O.layout == image_layout::nchw ? dims{n.filters, in, n.window, n.window}
                                                       : dims{n.window, n.window, in, n.filters});
    images out = images::zeros(conv2d_shape(O, xv.shape(), wv.shape()));
    images other = out;
    auto step = s.make_callable(feeds(x, w), fetches(fetch_into(y, out)));
    const auto weft = [&] { step(xv, wv); };
    const image_shape result = image_shape::of(out.shape(), O.layout);
    std::vector<peer> peers = peers_of(n, O, result.height, xv, wv, other);
    const int calls = bench::detail::calls_for(weft);
    double best = 1e30;
    for (auto _ : state) {
        for (peer& p : peers) p.best = std::min(p.best, bench::detail::time_of(p.run, calls));
        const double now = bench::detail::time_of(weft, calls);
        best = std::min(best, now);
        state.SetIterationTime(now * 1e-9);
    }
    std::vector<bench::peer_figure> figures;
    for (const peer& p : peers) figures.push_back({p.name, p.best * 1e-3, p.best * 1e-3});
    const double plain = peers.empty() ? 0 : std::min(peers[0].best, peers[1].best);
    for (std::size_t i = 0; i < out.size() && !peers.empty(); ++i)
        if (std::abs(out.data()[i] - other.data()[i]) > 1e-2f) state.SkipWithError("they differ");
    const double gigaflops =
        2 * static_cast<double>(out.size() * in * n.window * n.window) / best;
    state.counters["GFLOP/s"] = gigaflops;
    bench::report(state, "conv2d " + text_of(n, O), bench::microseconds(), best, plain, wanted,
                  figures);
}

// relu(conv2d(x, w) + bias) against conv2d(x, w).
void fused(benchmark::State& state, const sizes& n) {
    graph g;
    auto x = g.placeholder<images>("x"), w = g.placeholder<images>("w");
    auto bias = g.placeholder<tensor<float, dyn, 1, 1>>("bias");
    constexpr conv2d_options padded{.padding = 1};
    node y = relu(conv2d<padded>(x, w) + bias);
    node z = conv2d<padded>(x, w);
    session s{g, one_thread};
    const images xv = numbers({n.batch, n.channels, n.size, n.size});
    const images wv = numbers({n.filters, n.channels, n.window, n.window});
    const auto bv = tensor<float, dyn, 1, 1>::zeros({n.filters, 1, 1});
    images out = images::zeros(conv2d_shape(padded, xv.shape(), wv.shape()));
    auto together = s.make_callable(feeds(x, w, bias), fetches(fetch_into(y, out)));
    auto alone = s.make_callable(feeds(x, w), fetches(fetch_into(z, out)));
    bench::compare(
        state, "relu(conv2d+bias) to conv2d, " + text_of(n, padded), bench::microseconds(),
        [&] { together(xv, wv, bv); }, [&] { alone(xv, wv); });
}

template <conv2d_options O>
void add(const sizes& n, bench::goal wanted = {}) {
    bench::add("conv2d/" + text_of(n, O), 20,
               [n, wanted](benchmark::State& state) { convolution<O>(state, n, wanted); });
}

void add_all() {
    constexpr image_layout nhwc = image_layout::nhwc;
    constexpr conv2d_options padded{.padding = 1}, plain{};
    constexpr conv2d_options halved{.stride = 2, .padding = 1};
    constexpr conv2d_options first{.stride = 2, .padding = 3};
    constexpr conv2d_options channels{.padding = 1, .groups = 96};
    constexpr conv2d_options halved_channels{.stride = 2, .padding = 1, .groups = 96};
    constexpr conv2d_options last{.padding = 1, .layout = nhwc};
    constexpr conv2d_options last_channels{.padding = 1, .groups = 96, .layout = nhwc};
    add<padded>({8, 32, 56, 3, 64}, bench::speed_at_least(0.95));
    add<padded>({1, 64, 56, 3, 64});
    add<padded>({1, 128, 28, 3, 128});
    add<padded>({1, 256, 14, 3, 256});
    add<padded>({1, 512, 7, 3, 512});
    add<padded>({8, 512, 7, 3, 512});
    add<halved>({1, 64, 56, 3, 128});
    add<first>({1, 3, 224, 7, 64});
    add<plain>({1, 256, 56, 1, 64});
    add<plain>({8, 512, 7, 1, 2048});
    add<channels>({1, 96, 56, 3, 96});
    add<halved_channels>({1, 96, 56, 3, 96});
    add<last>({8, 32, 56, 3, 64});
    add<last>({1, 128, 28, 3, 128});
    add<last>({1, 512, 7, 3, 512});
    add<last_channels>({1, 96, 56, 3, 96});
    for (const sizes& n : {sizes{8, 32, 56, 3, 64}, sizes{1, 256, 14, 3, 256}})
        bench::add("fused/" + text_of(n, padded), 20,
                   [n](benchmark::State& state) { fused(state, n); });
}

}  // namespace

int main(int argc, char** argv) {
    add_all();
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
