// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/cluster/spec.hpp>

#include <support/caught.hpp>

#include <doctest/doctest.h>

using namespace weft;
using weft_test::caught;
using weft_test::error_of;

TEST_CASE("ranks go through the jobs in their order") {
    const cluster c({{"ps", 1}, {"worker", 2}}, 2);
    CHECK(c.size() == 3);
    CHECK(c.rank() == 2);
    CHECK(c.job() == "worker");
    CHECK(c.task() == 1);
    CHECK(c.self().to_string() == "/job:worker/task:1");
    CHECK(c.name_of(0) == "/job:ps/task:0");
    CHECK(c.name_of(1) == "/job:worker/task:0");
    CHECK(c.rank_of("worker", 1) == 2);
    CHECK(c.rank_of("ps", 0) == 0);
    CHECK(c.describe() == "ps (1 task), worker (2 tasks)");
    const cluster_job worker = c.job("worker");
    CHECK(worker.size() == 2);
    CHECK(worker.first_rank() == 1);
    CHECK(worker.device().to_string() == "/job:worker");
    CHECK(worker.device(1) == c.self());
    CHECK(worker.device().matches(c.self()));
    CHECK_FALSE(c.job("ps").device().matches(c.self()));
}

TEST_CASE("what is not in the cluster is told with what is") {
    const cluster c({{"ps", 1}, {"worker", 2}}, 0);
    caught found = error_of([&] { c.job("x"); });
    CHECK(found.code == errc::not_found);
    CHECK(found.text == "there is no job 'x' in the cluster, it has ps (1 task), worker (2 tasks)");
    found = error_of([&] { c.rank_of("ps", 1); });
    CHECK(found.code == errc::out_of_range);
    CHECK(found.text == "there is no task 1 in job 'ps', it has 1 task");
    CHECK(error_of([&] { c.job("worker").device(-1); }).code == errc::out_of_range);
    for (int rank : {-1, 3}) CHECK(error_of([&] { c.name_of(rank); }).code == errc::out_of_range);
    CHECK(error_of([&] { cluster({{"a", 1}}, 1); }).code == errc::out_of_range);
}

TEST_CASE("descriptions that mean nothing are refused") {
    for (const char* name : {"", "1a", "a-b", "a b", "_a", "a/b", "\xc3\xa4"}) {
        const caught found = error_of([&] { cluster_spec{{name, 1}}; });
        CHECK(found.code == errc::invalid_argument);
        CHECK(found.says("is no name for a job"));
    }
    const auto refused = [](std::vector<cluster_job_spec> jobs, const char* text) {
        const caught found = error_of([&] { cluster_spec(std::move(jobs)); });
        CHECK(found.code == errc::invalid_argument);
        CHECK(found.says(text));
    };
    refused({}, "at least one job");
    refused({{"a", 0}}, "job 'a' has 0 tasks");
    refused({{"a", -2147483647}}, "has -2147483647 tasks");
    refused({{"a", 1}, {"b", 1}, {"a", 1}}, "two jobs 'a'");
    refused({{"a", 1 << 20}, {"b", 1}}, "at most 1048576 tasks, and with job 'b'");
    refused({{"a", 2147483647}, {"b", 2147483647}}, "at most 1048576 tasks");
    CHECK(cluster_spec({{"a", 1 << 20}}).size() == 1 << 20);
    CHECK(cluster({{"a", 1 << 19}, {"b", 1 << 19}}, (1 << 20) - 1).task() == (1 << 19) - 1);
}
