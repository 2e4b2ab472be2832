// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What oneDNN is asked for (-Donednn): convolutions with channels last and products, by oneDNN as
// weft calls it, filters brought to its layout in each call, against weft's own; one thread.
// `speed` above 1 is oneDNN's; onednn_is_faster in runtime/onednn_source.hpp is made of it.
#include "compare.hpp"

#include <weft/ops/conv2d.hpp>
#include <weft/runtime/onednn_source.hpp>

#include <memory>

using namespace weft;

namespace {

// Runs everything in the calling thread and keeps its scratch memory from call to call.
class one_thread final : public context<cpu> {
public:
    void parallel_for(std::size_t n, double, range_function body) override { body(0, n); }
    bool stop_requested() const noexcept override { return false; }
    void* scratch(std::size_t bytes) override {
        if (next_ == blocks_.size()) blocks_.emplace_back();
        auto& block = blocks_[next_++];
        if (block.size() < bytes) block = memory::uninitialized({bytes});
        return block.data();
    }
    void begin() { next_ = 0; }

private:
    using memory = tensor<unsigned char, dyn>;
    std::vector<memory> blocks_;
    std::size_t next_ = 0;
};

tensor<float, dyn> numbers(std::size_t n) {
    auto out = tensor<float, dyn>::uninitialized({n});
    for (std::size_t i = 0; i < n; ++i) out.data()[i] = static_cast<float>(i % 13) * 0.1f - 0.6f;
    return out;
}

struct problem {
    std::size_t batch, size, channels, window, filters, stride = 1, groups = 1;
};

void convolution(benchmark::State& state, const std::string& name, const problem& p) {
    const conv2d_options o{.stride = p.stride,
                           .padding = p.window / 2,
                           .groups = p.groups,
                           .layout = image_layout::nhwc};
    const conv2d_sizes s(o, {p.batch, p.size, p.size, p.channels},
                         {p.window, p.window, p.channels / p.groups, p.filters});
    const auto x = numbers(s.image.size()), w = numbers(p.filters * s.depth());
    auto out = numbers(s.out.size());
    one_thread ctx;
    bench::compare(
        state, name + (detail::onednn_is_faster(s) ? " *" : ""), bench::microseconds(),
        [&] {
            ctx.begin();
            detail::convolve_by_onednn(ctx, s, x.data(), w.data(), out.data(), {});
        },
        [&] {
            ctx.begin();
            detail::convolve_in_panels<float>(ctx, s, x.data(), w.data(), out.data(), {});
        });
}

void product(benchmark::State& state, const std::string& name, const dims& a, const dims& b,
             bool transposed) {
    const matmul_sizes s(a, false, b, transposed);
    const auto x = numbers(a.size()), y = numbers(b.size());
    auto out = numbers(s.rows * s.columns);
    one_thread ctx;
    bench::compare(
        state, name + (detail::onednn_is_faster(s) ? " *" : ""), bench::microseconds(),
        [&] {
            ctx.begin();
            detail::multiply_by_onednn(ctx, s, x.data(), y.data(), out.data(), {});
        },
        [&] {
            ctx.begin();
            detail::multiply_in_tiles<float>(ctx, s, x.data(), y.data(), out.data(), {});
        });
}

void add_all() {
    const auto text = [](std::size_t n) { return std::to_string(n); };
    for (const problem& p :
         {problem{8, 56, 32, 3, 64},           problem{1, 56, 64, 3, 64},
          problem{1, 28, 128, 3, 128},         problem{1, 14, 256, 3, 256},
          problem{8, 14, 256, 3, 256},         problem{1, 7, 512, 3, 512},
          problem{8, 7, 512, 3, 512},          problem{1, 56, 64, 3, 128, 2},
          problem{1, 224, 3, 7, 64, 2},        problem{1, 32, 16, 3, 16},
          problem{1, 28, 48, 3, 40},           problem{1, 14, 32, 3, 64},
          problem{1, 28, 30, 3, 50},           problem{1, 32, 3, 3, 32},
          problem{1, 28, 64, 3, 128, 1, 2},    problem{1, 28, 128, 3, 128, 1, 32},
          problem{1, 56, 256, 1, 64},          problem{1, 28, 64, 1, 128},
          problem{1, 28, 128, 1, 512},         problem{1, 14, 256, 1, 1024},
          problem{1, 56, 96, 3, 96, 1, 96},    problem{1, 56, 96, 3, 96, 2, 96},
          problem{1, 14, 384, 3, 384, 1, 384}, problem{1, 7, 960, 3, 960, 1, 960},
          problem{1, 28, 24, 5, 24, 1, 24}}) {
        const std::string name = "[" + text(p.batch) + "," + text(p.size) + "," + text(p.size) +
                                 "," + text(p.channels) + "] " + text(p.window) + "x" +
                                 text(p.window) + "x" + text(p.filters) + ", stride " +
                                 text(p.stride) + ", groups " + text(p.groups);
        bench::add("convolution/" + name, 20,
                   [=](benchmark::State& state) { convolution(state, name, p); });
    }
    for (const std::size_t rows : {1, 2, 3, 4, 6, 8, 12, 16})
        for (const dims& b : {dims{256, 256}, dims{784, 512}, dims{1024, 1024}})
            for (const bool transposed : {false, true}) {
                const std::string name = text(rows) + "x" + text(b[0]) + "x" + text(b[1]) +
                                         (transposed ? ", transposed" : "");
                const dims right = swapped_if(transposed, b);
                const dims left{rows, b[0]};
                bench::add("product/" + name, 20, [=](benchmark::State& state) {
                    product(state, name, left, right, transposed);
                });
            }
}

}  // namespace

int main(int argc, char** argv) {
    omp_set_num_threads(1);
    add_all();
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
