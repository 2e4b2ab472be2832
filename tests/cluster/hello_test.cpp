// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What tasks tell each other at the start: what is said where one of them is another version, and
// devices that come back as they were told.
#include <weft/cluster/hello.hpp>

#include <doctest/doctest.h>

using namespace weft;

namespace {

const cluster_spec four{{"ps", 1}, {"worker", 3}};

std::vector<hello> all_alike() {
    std::vector<hello> out(4);
    for (std::uint32_t rank = 0; rank < 4; ++rank) out[rank].rank = rank;
    return out;
}
std::string said_of(std::vector<hello> all) {
    try {
        check_hellos(cluster(four, 2), all);
    } catch (const error& e) {
        CHECK(e.code() == errc::failed_precondition);
        return e.what();
    }
    return {};
}
bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("tasks of another version are named, on every task alike") {
    CHECK(said_of(all_alike()) == "");
    auto odd = all_alike();
    odd[3].library[1] += 1;
    CHECK(has(said_of(odd), "version mismatch: another version of weft than most tasks have: "
                            "/job:worker/task:2;"));
    odd = all_alike();
    odd[0].wire += 1;
    odd[1].magic = __builtin_bswap64(odd[1].magic);
    CHECK(has(said_of(odd), "another byte order or protocol than most tasks have: "
                            "/job:ps/task:0, /job:worker/task:0;"));
    odd = all_alike();
    odd[2].deterministic = 1;
    CHECK(has(said_of(odd), "/job:worker/task:1"));
    odd = all_alike();
    odd[2].cluster.low += 1;
    CHECK(has(said_of(odd), "another cluster"));
    odd = all_alike();
    odd[1].rank = 3;
    CHECK(has(said_of(odd), "the task of rank 1 says that its rank is 3"));
}

TEST_CASE("devices come back kind by kind, and what is told is not believed") {
    hello told;
    told.kinds = 2;
    std::memcpy(told.devices[0].kind, "cpu", 3);
    told.devices[0].count = 2;
    std::memcpy(told.devices[1].kind, "gpu", 3);
    told.devices[1].count = 1;
    std::memcpy(told.devices[1].description, "emulated", 8);
    const auto devices = devices_of(told, {"ps", 1, {}, -1});
    REQUIRE(devices.size() == 3);
    CHECK(devices[1].name.to_string() == "/job:ps/task:1/cpu:1");
    CHECK(devices[2].description == "emulated");
    told.kinds = 4000000000u;
    told.devices[0].count = 2000000000;
    told.devices[1].count = -5;
    std::memset(told.devices[0].kind, 'x', sizeof told.devices[0].kind);
    CHECK(devices_of(told, {"ps", 1, {}, -1}).size() == 1024);
}

TEST_CASE("the first node that differs") {
    const std::uint64_t hashes[] = {1, 2, 3, 1, 2, 3, 1, 2, 4};
    CHECK(first_difference(hashes, 3) == 2);
    const std::uint64_t alike[] = {1, 2, 1, 2};
    CHECK(first_difference(alike, 2) == 2);
}
