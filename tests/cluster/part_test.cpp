// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Parts of plans and values as messages: they come back as they were, and damaged ones are refused
// before anything of them is used.
#include <weft/cluster/part.hpp>
#include <weft/cluster/value_message.hpp>

#include <doctest/doctest.h>

#include <random>

using namespace weft;

namespace {

constexpr part_limits limits{.nodes = 10, .devices = 2, .tasks = 3};

cluster_part a_part() {
    cluster_part out;
    out.slots = {{4, true, 0, no_slot}, {5, false, no_slot, no_slot}, {6, true, no_slot, 1}};
    part_segment first;
    first.placed = {{4, 0}, {7, 1}};
    first.feeds = {0, 2};
    first.done = {3};
    first.waits = {0, 1, 2};
    first.fetches = {{7, no_slot, {{8, 2}, {9, 1}}}};
    first.signals = {1};
    first.signal_edges = {{3, 0}};
    out.segments = {first, {}};
    out.segments[1].collective = true;
    out.segments[1].feeds = {0};
    out.segments[1].fetches = {{7, 1, {}}};
    return out;
}
std::vector<std::uint64_t> words_of(const cluster_part& part) {
    std::vector<std::uint64_t> out;
    append_part(part, out);
    return out;
}

}  // namespace

TEST_CASE("a part travels") {
    const cluster_part part = a_part();
    CHECK(read_part(words_of(part), limits) == part);
    CHECK(read_part(words_of({}), limits).empty());
}

TEST_CASE("a damaged part is refused, or within its limits") {
    const std::vector<std::uint64_t> words = words_of(a_part());
    for (std::size_t length = 0; length < words.size(); ++length)
        CHECK_THROWS_AS(read_part(std::span(words).first(length), limits), error);
    std::minstd_rand random(3);
    const std::uint64_t values[] = {0, 1, 2, 3, 9, 10, 11, no_slot, ~std::uint64_t{0}, 1u << 31};
    int refused = 0;
    for (int i = 0; i < 5000; ++i) {
        std::vector<std::uint64_t> damaged = words;
        damaged[random() % damaged.size()] = values[random() % 10];
        try {
            const cluster_part read = read_part(damaged, limits);
            for (const part_slot& slot : read.slots) CHECK(slot.node < limits.nodes);
            for (const part_segment& segment : read.segments) {
                if (segment.collective) CHECK(segment.feeds.size() == 1);
                for (std::uint32_t slot : segment.waits) CHECK(slot < read.slots.size());
                for (std::uint32_t slot : segment.feeds) CHECK(slot < read.slots.size());
                for (const auto& [node, device] : segment.placed)
                    CHECK((node < limits.nodes && device < limits.devices));
            }
        } catch (const error&) {
            ++refused;
        }
    }
    CHECK(refused > 1000);
}

TEST_CASE("values of known and of unknown shapes") {
    const value_type known{dtype::float32, dims{2, 3}, nullptr};
    const value_type some{dtype::int64, dims{dyn, 2}, nullptr};
    travelling_value read;
    value_buffer plain(known, {2, 3});
    CHECK(plain.message().size == 24);
    CHECK(read_value(plain.message(), known, read) == nullptr);
    value_buffer shaped(some, {5, 2});
    CHECK(reinterpret_cast<std::uintptr_t>(shaped.elements()) % 64 == 0);
    static_cast<std::int64_t*>(shaped.elements())[9] = 42;
    REQUIRE(read_value(shaped.message(), some, read) == nullptr);
    CHECK(read.shape == dims{5, 2});
    CHECK(static_cast<const std::int64_t*>(read.data)[9] == 42);
}

TEST_CASE("damaged values are refused") {
    const value_type some{dtype::int64, dims{dyn, 2}, nullptr};
    value_buffer good(some, {5, 2});
    travelling_value read;
    for (std::size_t size = 0; size < good.message().size; ++size) {
        message_bytes part = good.message();
        part.size = size;
        CHECK(read_value(part, some, read) != nullptr);
    }
    for (std::uint64_t extent : {std::uint64_t{4}, std::uint64_t{1} << 61, ~std::uint64_t{0}}) {
        value_buffer bad(some, {5, 2});
        std::memcpy(static_cast<std::byte*>(bad.elements()) - 64 + 8, &extent, sizeof extent);
        CHECK(read_value(bad.message(), some, read) != nullptr);
    }
}
