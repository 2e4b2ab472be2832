// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Names against a set of those that are taken, in random order.
#include <weft/graph/name_table.hpp>

#include <doctest/doctest.h>

#include <map>
#include <random>

namespace {

// What a table of all names does.
class model {
public:
    std::string take(const std::string& name) {
        if (last_.emplace(name, 0).second) return name;
        for (;;) {
            std::string next = name + '_' + std::to_string(++last_[name]);
            if (last_.emplace(next, 0).second) return next;
        }
    }
    bool is_taken(const std::string& name) const { return last_.count(name) != 0; }

private:
    std::map<std::string, int> last_;
};

}  // namespace

TEST_CASE("name_table: names are those that a table of all names gives") {
    std::mt19937 random(5);
    for (int round = 0; round < 50; ++round) {
        weft::name_table table;
        model all;
        for (int i = 0; i < 200; ++i) {
            std::string name(1, static_cast<char>('a' + random() % 3));
            for (std::size_t parts = random() % 3; parts > 0; --parts)
                name += '_' + std::to_string(random() % 12);
            CHECK(table.is_taken(name) == all.is_taken(name));
            CHECK(table.take(name) == all.take(name));
        }
    }
}

TEST_CASE("name_table: what looks like a number and is none") {
    weft::name_table table;
    CHECK(table.take("a") == "a");
    CHECK(table.take("a") == "a_1");
    for (const char* name : {"a_01", "a_", "_1", "1", "a__1", "a_1_", "a_99999999999"}) {
        CHECK_FALSE(table.is_taken(name));
        CHECK(table.take(name) == name);
    }
}

TEST_CASE("name_table: many names keep what they are") {
    weft::name_table table;
    for (int i = 0; i < 5000; ++i) table.take("node" + std::to_string(i));
    for (int i = 0; i < 5000; ++i) CHECK(table.is_taken("node" + std::to_string(i)));
    CHECK_FALSE(table.is_taken("node5000"));
}
