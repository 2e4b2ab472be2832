// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Element-wise expressions by two threads: against a plain loop whose halves are given out
// beforehand, and while one of the two cores is taken by somebody else, against the same without
// that. On a taken core what counts is what one has to expect, so those rows are medians.
#include "compare.hpp"
#include "expressions/operands.hpp"
#include "expressions/plain.hpp"
#include "taken_core.hpp"

#include <weft/weft.hpp>

#include <atomic>
#include <functional>
#include <optional>
#include <thread>

using namespace weft;

namespace {

using bench::vector, bench::numbers, bench::Mi;

const session_options two_threads{.inter_op_parallelism_threads = -1,
                                  .intra_op_parallelism_threads = 2,
                                  .use_per_session_threads = true};

// A second thread that spins for its half of a loop, as little as there can be between two threads.
class second_thread {
public:
    explicit second_thread(std::function<void()> half)
        : half_(std::move(half)), thread_([this] { serve(); }) {}
    ~second_thread() {
        asked_.store(-1, std::memory_order_release);
        thread_.join();
    }
    void begin() { asked_.store(++calls_, std::memory_order_release); }
    void wait() const {
        // Pairs with the release in serve().
        while (done_.load(std::memory_order_acquire) != calls_) relax_core();
    }

private:
    void serve() {
        for (int served = 0;;) {
            int asked = 0;
            // Pairs with the releases in begin() and in the destructor.
            while ((asked = asked_.load(std::memory_order_acquire)) == served) relax_core();
            if (asked < 0) return;
            half_();
            served = asked;
            done_.store(served, std::memory_order_release);
        }
    }

    std::function<void()> half_;
    int calls_ = 0;
    std::atomic<int> asked_{0}, done_{0};
    std::thread thread_;  // last: uses the others
};

// a * b + c by two threads.
void triad(benchmark::State& state, std::size_t n) {
    graph g;
    auto a = g.placeholder<vector>("a"), b = g.placeholder<vector>("b"),
         c = g.placeholder<vector>("c");
    node y = a * b + c;
    session s{g, two_threads};
    const vector av = numbers(n, 0.01f), bv = numbers(n, 0.02f), cv = numbers(n, 0.03f);
    vector out = vector::zeros({n});
    auto step = s.make_callable(feeds(a, b, c), fetches(fetch_into(y, out)));
    const auto part = [&](std::size_t first, std::size_t last) {
        plain::triad(av.data() + first, bv.data() + first, cv.data() + first, out.data() + first,
                     last - first);
    };
    std::vector<double> weft, halves;
    for (auto _ : state) {
        {
            second_thread other([&] { part(n / 2, n); });
            const double took = bench::detail::time_of(
                [&] {
                    other.begin();
                    part(0, n / 2);
                    other.wait();
                },
                4);
            halves.push_back(took);
        }
        step(av, bv, cv);
        weft.push_back(bench::detail::time_of([&] { step(av, bv, cv); }, 4));
        state.SetIterationTime(weft.back() * 1e-9);
    }
    bench::report(state, "a*b+c, " + std::to_string(n / Mi) + " Mi floats, 2 threads",
                  bench::microseconds(), *std::min_element(weft.begin(), weft.end()),
                  *std::min_element(halves.begin(), halves.end()), bench::speed_at_least(1));
}

double median(std::vector<double> times) {
    const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
    std::nth_element(times.begin(), middle, times.end());
    return *middle;
}

// The node that `make` makes of (a, b, c), with a core taken and without: `plain` is without.
template <class Make>
void taken_core(benchmark::State& state, const std::string& name, Make make) {
    graph g;
    auto a = g.placeholder<vector>("a"), b = g.placeholder<vector>("b"),
         c = g.placeholder<vector>("c");
    node y = make(a, b, c);
    session s{g, two_threads};
    const vector av = numbers(Mi, 0.01f), bv = numbers(Mi, 0.02f), cv = numbers(Mi, 0.03f);
    vector out = vector::zeros({Mi});
    auto step = s.make_callable(feeds(a, b, c), fetches(fetch_into(y, out)));
    std::vector<double> idle, taken;
    for (auto _ : state)
        for (const bool busy : {false, true}) {
            std::optional<bench::taken_core> other;
            if (busy) other.emplace();
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
            std::vector<double>& times = busy ? taken : idle;
            for (int call = 0; call < 20; ++call)
                times.push_back(bench::detail::time_of([&] { step(av, bv, cv); }, 1));
            state.SetIterationTime(times.back() * 1e-9);
        }
    bench::report(state, name + ", 1 Mi floats, 2 threads, one core taken (plain: free)",
                  bench::microseconds(), median(taken), median(idle),
                  bench::speed_at_least(1 / 2.2));
}

}  // namespace

int main(int argc, char** argv) {
    bench::add("triad/1Mi", 100, [](auto& state) { triad(state, Mi); });
    bench::add("triad/16Mi", 10, [](auto& state) { triad(state, 16 * Mi); });
    bench::add("taken/triad", 40, [](auto& state) {
        taken_core(state, "a*b+c", [](auto a, auto b, auto c) { return a * b + c; });
    });
    bench::add("taken/gelu", 40, [](auto& state) {
        taken_core(state, "gelu, fast",
                   [](auto a, auto b, auto c) { return gelu<accuracy::fast>(a + 0.0f * b * c); });
    });
    bench::add("taken/exp", 40, [](auto& state) {
        taken_core(state, "exp, fast",
                   [](auto a, auto b, auto c) { return exp<accuracy::fast>(a + 0.0f * b * c); });
    });
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
