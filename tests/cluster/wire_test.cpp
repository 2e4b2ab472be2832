// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/cluster/wire.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

using namespace weft;

namespace {

std::vector<std::byte> frame_of(frame_header header, std::size_t size) {
    std::vector<std::byte> payload(size);
    for (std::size_t i = 0; i < size; ++i) payload[i] = std::byte(i * 7);
    header.bytes = size;
    seal(header, payload);
    std::vector<std::byte> frame(sizeof header + size);
    std::memcpy(frame.data(), &header, sizeof header);
    std::copy(payload.begin(), payload.end(), frame.begin() + sizeof header);
    return frame;
}

hash128 hash_of(std::string_view text, std::size_t piece) {
    hasher hash;
    for (std::size_t i = 0; i < text.size(); i += piece)
        hash.add(std::as_bytes(std::span(text.substr(i, piece))));
    return hash.finish();
}

}  // namespace

TEST_CASE("a frame is read as it was written") {
    frame_header header;
    header.kind = message_kind::user0;
    header.incarnation = 7;
    header.plan = 1;
    header.step = 2;
    header.edge = 3;
    header.sequence = 4;
    for (std::size_t size : {0u, 1u, 15u, 16u, 17u, 8192u}) {
        const parsed_frame parsed = parse_frame(frame_of(header, size));
        REQUIRE(parsed.wrong == nullptr);
        CHECK(parsed.header.key() == message_key{message_kind::user0, 1, 2, 3});
        CHECK(parsed.header.incarnation == 7);
        CHECK(parsed.payload.size() == size);
    }
}

TEST_CASE("no bit of a frame can be another without being noticed") {
    const std::vector<std::byte> good = frame_of({}, 40);
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
        std::vector<std::byte> bad = good;
        bad[bit / 8] ^= std::byte{1} << (bit % 8);
        const parsed_frame parsed = parse_frame(bad);
        CHECK(parsed.wrong != nullptr);
        CHECK(parsed.header_is_good == (bit >= sizeof(frame_header) * 8));
    }
}

TEST_CASE("frames that are cut or longer are noticed") {
    std::vector<std::byte> frame = frame_of({}, 40);
    for (std::size_t size = 0; size < frame.size(); ++size) {
        const parsed_frame parsed = parse_frame(std::span(frame).first(size));
        CHECK(parsed.wrong != nullptr);
        CHECK(parsed.header_is_good == (size >= sizeof(frame_header)));
    }
    frame.push_back({});
    CHECK(parse_frame(frame).wrong != nullptr);
}

TEST_CASE("bytes of any kind are read without harm") {
    std::mt19937_64 random(1);
    for (int i = 0; i < 20'000; ++i) {
        std::vector<std::byte> bytes(random() % 200);
        for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
        if (i % 2 == 0 && bytes.size() >= 4)
            std::memcpy(bytes.data(), &frame_header::right_magic, 4);
        CHECK(parse_frame(bytes).wrong != nullptr);
    }
}

TEST_CASE("other versions and other byte orders are told apart") {
    frame_header header;
    header.version = 2;
    CHECK(std::string(parse_frame(frame_of(header, 0)).wrong) == "it is of another version");
    header = {};
    header.magic = 0x77656674;
    CHECK(std::string(parse_frame(frame_of(header, 0)).wrong) ==
          "it does not begin as messages of weft do");
}

TEST_CASE("a hash is the same in whatever pieces it is fed") {
    const std::string text(1000, 'x');
    const hash128 whole = hash_of(text, 1000);
    for (std::size_t piece : {1u, 3u, 15u, 16u, 17u, 100u}) CHECK(hash_of(text, piece) == whole);
    CHECK(hash_of(text.substr(1), 1000) != whole);
    // Zeros at the end count.
    CHECK(hash_of(std::string(5, '\0'), 5) != hash_of(std::string(6, '\0'), 6));
    CHECK(hash_of("", 1) != hash_of(std::string(1, '\0'), 1));
    hasher parts, others;
    parts.add(std::string_view("ab"));
    parts.add(std::string_view("c"));
    others.add(std::string_view("a"));
    others.add(std::string_view("bc"));
    CHECK(parts.finish() != others.finish());
    CHECK(hasher(1).finish() != hasher(2).finish());
}

TEST_CASE("each bit of a text changes about half of its hash") {
    std::string text(48, 'a');
    const hash128 before = hash_of(text, 48);
    int changed = 0;
    for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
        text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << (bit % 8)));
        const hash128 after = hash_of(text, 48);
        const int here =
            std::popcount(after.low ^ before.low) + std::popcount(after.high ^ before.high);
        CHECK(here > 32);
        changed += here;
        text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << (bit % 8)));
    }
    CHECK(changed / 384.0 == doctest::Approx(64).epsilon(0.03));
}
