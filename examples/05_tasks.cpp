// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A task graph: nodes of C++ callables whose values are strings and objects. They run as soon as
// what they need is there, on several threads; a run can have a deadline and can be stopped.
#include <weft/weft.hpp>

#include <atomic>
#include <chrono>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <thread>

using namespace weft;
using namespace std::chrono_literals;
using word_counts = std::map<std::string, int>;

static word_counts count_words(const std::string& text) {
    word_counts counts;
    std::istringstream words(text);
    for (std::string word; words >> word;) ++counts[word];
    return counts;
}

int main() {
    graph g;
    auto text = g.placeholder<std::string>("text");
    auto middle = [](const std::string& t) { return t.find(' ', t.size() / 2); };
    node head = call([=](const std::string& t) { return t.substr(0, middle(t)); }, text);
    node tail = call([=](const std::string& t) { return t.substr(middle(t)); }, text);
    node a = call(count_words, head);  // the two halves are counted at the same time
    node b = call(count_words, tail);
    node total = call(
        [](word_counts all, const word_counts& more) {
            for (const auto& [word, n] : more) all[word] += n;
            return all;
        },
        a, b);
    // A callable that takes the context first may split itself over the device's threads.
    node primes = g.call([](cpu_context& ctx) {
        std::atomic<int> found{0};
        ctx.parallel_for(100'000, /*cost_ns=*/100.0, [&](std::size_t i, std::size_t last) {
            for (; i < last; ++i) {
                bool prime = i > 1;
                for (std::size_t d = 2; prime && d * d <= i; ++d) prime = i % d != 0;
                found += prime;
            }
        });
        return found.load();
    });

    session s{g, {.inter_op_parallelism_threads = 4, .intra_op_parallelism_threads = 4}};
    auto [counts, n] =
        s.run({feed(text, std::string("to be or not to be that is the question"))}, total, primes);
    for (const auto& [word, times] : counts) std::cout << word << ' ' << times << '\n';
    std::cout << n << " primes below 100000\n";

    // Work that takes too long looks whether it should stop; the session works on afterwards.
    node endless = g.call([](cpu_context& ctx) {
        while (!ctx.stop_requested()) std::this_thread::sleep_for(1ms);
    });
    const auto outcome = [&](const run_options& options) {
        try {
            s.run(options, endless);
        } catch (const error& e) {
            return name_of(e.code());
        }
        return "done";
    };
    std::cout << "with a deadline: " << outcome({.timeout = 20ms}) << '\n';
    std::stop_source stop;
    std::jthread later([&] { std::this_thread::sleep_for(20ms), stop.request_stop(); });
    std::cout << "with a stop token: " << outcome({.stop = stop.get_token()}) << '\n';
    std::cout << "and again: " << s.run(primes) << '\n';
}
