// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Learning to read handwritten digits (data/README.md): a softmax classifier, its variables spread
// over two emulated GPUs, its input pipeline on the CPU. Prints where every node went and why, the
// loss as it falls, and how well unseen digits are read.
#include "digits.hpp"

#include <weft/weft.hpp>

#include <unistd.h>

#include <cstdio>
#include <random>
#include <tuple>
#include <utility>
#include <vector>

using namespace weft;

constexpr std::size_t batch = 32;
constexpr int epochs = 40;

// A source of batches: which rows come next, all of them in random order, then again in another
// one.
class shuffled_rows {
public:
    explicit shuffled_rows(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) order_.push_back(static_cast<std::int64_t>(i));
    }
    tensor<std::int64_t, dyn> operator()() {
        auto rows = tensor<std::int64_t, dyn>::zeros({batch});
        for (std::int64_t& row : rows) {
            if (next_ == 0)  // Fisher and Yates: std::shuffle is not the same with every library
                for (std::size_t i = order_.size(); i > 1; --i)
                    std::swap(order_[i - 1], order_[random_() % i]);
            row = order_[next_];
            next_ = (next_ + 1) % order_.size();
        }
        return rows;
    }

private:
    std::vector<std::int64_t> order_;
    std::size_t next_ = 0;
    std::mt19937 random_{2026};
};

// One line per epoch; on a terminal each takes the place of the one before.
static void show_progress(int epoch, float loss) {
    const bool terminal = isatty(STDOUT_FILENO) != 0;
    if (!terminal && epoch % 5 != 0 && epoch != 1) return;
    std::printf("%sepoch %2d of %d  loss %.4f%s", terminal ? "\r" : "", epoch, epochs,
                static_cast<double>(loss), terminal && epoch < epochs ? "" : "\n");
    std::fflush(stdout);
}

int main() {
    const auto [seen, unseen] = read_digits();
    if (unseen.labels.size() == 0) return 1;
    std::printf("%zu images to train with, %zu to test with\n\n", seen.labels.size(),
                unseen.labels.size());

    graph g;
    // The input pipeline is pinned to the host: draw rows, pick them, bring grey levels to [0, 1].
    auto [x, label] = [&] {
        device_scope host{g, "/cpu:0"};
        name_scope input{g, "input"};
        auto images = g.constant(seen.images, "images");
        auto labels = g.constant(seen.labels, "labels");
        auto rows = g.call(shuffled_rows(seen.labels.size()), "rows");
        return std::pair{node{gather<0>(images, rows) / 16.0f, "pixels"},
                         node{gather<0>(labels, rows), "label"}};
    }();

    // Variables go to the GPUs in turn. There is no kernel for integers: soft placement moves
    // steps.
    auto [w, b, steps] = [&] {
        device_scope spread{g, round_robin({"/gpu:0", "/gpu:1"}, "Variable")};
        return std::tuple{g.variable(normal<float, pixels, digits>(1, 0.0f, 0.01f), "w"),
                          g.variable(zeros<float, digits>(), "b"), g.variable(0, "steps")};
    }();

    // The model. None of this is pinned: the placer decides.
    node logits{matmul(x, w) + b, "logits"};
    node truth{one_hot<digits, float>(label), "truth"};
    node loss{mean(softmax_cross_entropy(logits, label)), "loss"};
    node guess{argmax<1>(logits), "guess"};
    node accuracy{mean(cast<float>(guess == label)), "accuracy"};
    node confusion{matmul(transpose(truth), one_hot<digits, float>(guess)), "confusion"};

    // Gradients by hand: d loss / d logits is (softmax - truth) / batch. Steps shrink with time.
    node slope{(softmax(logits) - truth) / static_cast<float>(batch), "slope"};
    node rate{1.0f / (1.0f + cast<float>(steps) / 500.0f), "rate"};
    auto better_w = w.assign_sub(rate * matmul(transpose(x), slope));
    auto better_b = b.assign_sub(rate * sum<0>(slope));
    auto train = group(better_w, better_b, steps.assign_add(1));

    session s{g, {.allow_soft_placement = true, .emulated_gpus = 2}};
    std::printf("%s\n", s.explain(loss, train).to_string().c_str());
    s.initialize();

    auto step = s.make_callable(fetches(loss, train));
    const std::size_t batches = seen.labels.size() / batch;
    for (int epoch = 1; epoch <= epochs; ++epoch) {
        float total = 0;
        for (std::size_t i = 0; i < batches; ++i) total += std::get<0>(step());
        show_progress(epoch, total / static_cast<float>(batches));
    }

    // Feeding x and label cuts the pipeline off: what is above them does not run.
    auto scaled = unseen.images;
    for (float& level : scaled) level /= 16.0f;
    auto [right, table] = s.run({feed(x, scaled), feed(label, unseen.labels)}, accuracy, confusion);
    std::puts("\nunseen digits (down) and what they were taken for (across)");
    for (std::size_t i = 0; i < digits; ++i) {
        std::printf("%zu ", i);
        for (std::size_t j = 0; j < digits; ++j)
            std::printf(table(i, j) == 0 ? "   ." : " %3.0f", static_cast<double>(table(i, j)));
        std::puts("");
    }
    std::printf("\naccuracy on unseen digits: %.3f\n", static_cast<double>(right));
    return right >= 0.95f ? 0 : 1;
}
