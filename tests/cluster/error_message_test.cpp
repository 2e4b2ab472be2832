// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Errors that travel: what is left of one on the other side, and what becomes of damaged bytes.
#include <weft/cluster/error_message.hpp>

#include <doctest/doctest.h>

using namespace weft;

TEST_CASE("an error arrives with its code, its node and whom it is from") {
    const message_bytes bytes =
        error_message(error(errc::resource_exhausted, "no room", "a/b", {}));
    const error got = read_error(bytes.span(), "/job:b/task:1");
    CHECK(got.code() == errc::resource_exhausted);
    CHECK(got.node() == "a/b");
    CHECK(std::string(got.what()) == "From /job:b/task:1: no room");
}

TEST_CASE("damaged bytes make an error too") {
    const message_bytes whole = error_message(error(errc::aborted, "text", "node", {}));
    for (std::size_t length = 0; length < 8; ++length)
        CHECK(std::string(read_error(whole.span().first(length), "x").what()) ==
              "From x: an error that arrived damaged");
    std::vector<std::byte> bytes(whole.data, whole.data + whole.size);
    for (std::size_t i = 4; i < 8; ++i) bytes[i] = std::byte{0xff};  // the length of the name
    const error long_name = read_error(bytes, "x");
    CHECK(long_name.code() == errc::aborted);
    CHECK(long_name.node() == "nodetext");
    for (std::size_t i = 0; i < 4; ++i) bytes[i] = std::byte{0xff};  // the code
    CHECK(read_error(bytes, "x").code() == errc::internal);
}
