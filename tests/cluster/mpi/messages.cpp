// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Every task sends messages of many sizes to every other before it waits for any, gets them back,
// and reduces and gathers with the others. With `big` as argument one of more than 2 GiB, too.
#include <weft/cluster/mpi.hpp>

#include <weft/cluster/endpoint.hpp>

#include <atomic>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <string_view>

using namespace weft;
using namespace std::chrono_literals;

namespace {

std::atomic<int> wrong{0};

void expect(bool ok, const char* what) {
    if (ok) return;
    std::fprintf(stderr, "wrong: %s\n", what);
    ++wrong;
}

// Sends back what has a key of a user's kind, and counts the rest.
class answers final : public message_handler {
public:
    explicit answers(endpoint& through) : through_(through) {}
    std::atomic<std::size_t> count{0}, bytes{0};

private:
    void on_delivery(delivery&& message) override {
        const message_bytes& got = message.payload;
        for (std::size_t i = 0; i < got.size; i += 4093)
            if (got.data[i] != std::byte(message.key.edge)) expect(false, "bytes");
        expect(reinterpret_cast<std::uintptr_t>(got.data) % 64 == 0, "alignment");
        if (message.key.kind == message_kind::user0) {
            message.key.kind = message_kind::value;
            return through_.send(message.from, message.key, std::move(message.payload));
        }
        bytes += got.size;
        ++count;
    }
    void on_loss(int peer, const std::string& reason) override {
        std::fprintf(stderr, "lost %d: %s\n", peer, reason.c_str());
        ++wrong;
    }
    void on_corrupt(int, const message_key&, const std::string& reason) override {
        expect(false, reason.c_str());
    }

    endpoint& through_;
};

void flood(endpoint& through, answers& got) {
    constexpr std::size_t sizes[] = {0, 8, 16, 5000, 8192, 8193, 200'000, 1, 16, 3'000'000};
    constexpr std::uint32_t rounds = 30;
    std::size_t sent = 0, bytes = 0;
    for (std::uint32_t i = 0; i < rounds * std::size(sizes); ++i) {
        const std::size_t size = sizes[i % std::size(sizes)];
        const message_bytes content = copy_of(std::vector<std::byte>(size, std::byte(i)));
        for (int to = 0; to < through.size(); ++to) {
            if (to == through.self()) continue;
            through.send(to, {message_kind::user0, 1, i / 7, i}, content);
            ++sent;
            bytes += size;
        }
    }
    const bool all = through.wait([&] { return got.count == sent; }, endpoint::clock::now() + 50s);
    expect(all, "not all messages came back");
    expect(got.bytes == bytes, "bytes are missing");
}

void big(endpoint& through, answers& got) {
    const std::size_t before = got.count, size = (std::size_t{2} << 30) + 12345;
    if (through.self() == 0)
        through.send(1, {message_kind::user0, 2, 1, 77},
                     copy_of(std::vector<std::byte>(size, std::byte{77})));
    const bool came = through.wait([&] { return through.self() != 0 || got.count == before + 1; },
                                   endpoint::clock::now() + 100s);
    expect(came, "more than 2 GiB");
}

template <class T>
void reduce(endpoint& through, int group, int members, reduce_type type, std::size_t count) {
    const int self = through.self();
    std::vector<T> in(count), out(count), in_place(count);
    for (std::size_t i = 0; i < count; ++i)
        in[i] = in_place[i] = static_cast<T>(static_cast<std::size_t>(self) + i % 5);
    const auto first =
        through.all_reduce(group, type, reduce_op::sum, in.data(), out.data(), count);
    const auto second =
        through.all_reduce(group, type, reduce_op::max, in_place.data(), in_place.data(), count);
    through.wait([&] { return through.done(first) && through.done(second); },
                 endpoint::clock::now() + 20s);
    expect(through.state(second) == collective_state::done, "all_reduce did not end");
    bool same = true;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t sum = static_cast<std::size_t>(members * (members - 1) / 2) +
                                static_cast<std::size_t>(members) * (i % 5);
        same = same && out[i] == static_cast<T>(sum) &&
               in_place[i] == static_cast<T>(static_cast<std::size_t>(members) - 1 + i % 5);
    }
    expect(same, "all_reduce");
}

void collectives(endpoint& through) {
    std::vector<int> all(static_cast<std::size_t>(through.size()));
    std::iota(all.begin(), all.end(), 0);
    const int group = through.group(all);
    for (std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{7}, std::size_t{1000},
                              std::size_t{300'001}}) {
        reduce<float>(through, group, through.size(), reduce_type::f32, count);
        reduce<double>(through, group, through.size(), reduce_type::f64, count);
        reduce<std::int32_t>(through, group, through.size(), reduce_type::i32, count);
        reduce<std::uint8_t>(through, group, through.size(), reduce_type::u8, count);
    }
    const std::uint64_t mine = 100 + static_cast<std::uint64_t>(through.self());
    std::vector<std::uint64_t> gathered(all.size());
    const auto token = through.all_gather(group, &mine, gathered.data(), sizeof mine);
    through.wait([&] { return through.done(token); }, endpoint::clock::now() + 20s);
    for (std::size_t i = 0; i < gathered.size(); ++i) expect(gathered[i] == 100 + i, "all_gather");
    // A group of its own.
    const int alone = through.self();
    reduce<float>(through, through.group({&alone, 1}), 1, reduce_type::f32,
                  through.self() == 0 ? 10 : 0);
}

}  // namespace

int main(int argc, char** argv) {
    mpi_engine engine{argc, argv};
    {
        endpoint through(engine.transport(), {.memory_budget = std::size_t{8} << 20});
        answers got(through);
        through.receive_by(&got);
        through.start_background();
        flood(through, got);
        collectives(through);
        if (argc > 1 && std::string_view(argv[1]) == "big") big(through, got);
        // Until all are here: what they still have to send back needs this task.
        std::vector<int> all(static_cast<std::size_t>(through.size()));
        std::iota(all.begin(), all.end(), 0);
        const char none = 0;
        std::vector<char> nothing(all.size());
        const auto token = through.all_gather(through.group(all), &none, nothing.data(), 1);
        expect(through.wait([&] { return through.done(token); }, endpoint::clock::now() + 100s),
               "the others");
        expect(through.flush(endpoint::clock::now() + 10s), "flush");
        const protocol_statistics seen = through.statistics();
        expect(seen.corrupt + seen.duplicates + seen.stale + seen.late + seen.to_lost == 0,
               "messages were dropped");
        through.stop_background();
        through.receive_by(nullptr);
    }
    if (engine.rank() == 0 && wrong == 0) std::puts("all messages came back");
    return wrong != 0;
}
