// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/runtime/topology.hpp>

#include <doctest/doctest.h>

#include <utility>

using namespace weft;

namespace {

using files = std::vector<std::pair<std::string, std::string>>;

int cores(std::string_view self_cgroup, const files& all) {
    return quota_cores(self_cgroup, [&](const std::string& path) {
        for (const auto& [name, text] : all)
            if (name == path) return text;
        return std::string{};
    });
}

}  // namespace

TEST_CASE("cpu.max of version 2") {
    static_assert(quota_cores_v2("200000 100000") == 2);
    CHECK(quota_cores_v2("max 100000\n") == 0);
    CHECK(quota_cores_v2("150000 100000\n") == 2);
    CHECK(quota_cores_v2("50000 100000\n") == 1);
    CHECK(quota_cores_v2("1 100000\n") == 1);
    CHECK(quota_cores_v2("100000 100000\n") == 1);
    CHECK(quota_cores_v2("") == 0);
    CHECK(quota_cores_v2("100000") == 0);
    CHECK(quota_cores_v2("100000 0") == 0);
    CHECK(quota_cores_v2("rubbish rubbish") == 0);
    CHECK(quota_cores_v2("99999999999999999999999999 1") == 0);
}

TEST_CASE("cfs quota and period of version 1") {
    CHECK(quota_cores_v1("-1\n", "100000\n") == 0);
    CHECK(quota_cores_v1("350000\n", "100000\n") == 4);
    CHECK(quota_cores_v1("20000\n", "100000\n") == 1);
    CHECK(quota_cores_v1("", "") == 0);
}

TEST_CASE("a version 2 group is limited by the groups around it") {
    const files all = {{"/sys/fs/cgroup/a/b/cpu.max", "800000 100000\n"},
                       {"/sys/fs/cgroup/a/cpu.max", "300000 100000\n"},
                       {"/sys/fs/cgroup/cpu.max", "max 100000\n"}};
    CHECK(cores("0::/a/b\n", all) == 3);
    CHECK(cores("0::/a/c\n", all) == 3);
    CHECK(cores("0::/\n", all) == 0);
}

TEST_CASE("inside a container the quota is at the root of the mount") {
    const files v2 = {{"/sys/fs/cgroup/cpu.max", "150000 100000\n"}};
    CHECK(cores("0::/\n", v2) == 2);
    CHECK(cores("0::/docker/0123abcd", v2) == 2);
    CHECK(cores("0::/../../outside\n", v2) == 2);
    const files v1 = {{"/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "400000\n"},
                      {"/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n"}};
    CHECK(cores("12:memory:/x\n4:cpu,cpuacct:/docker/0123abcd\n0::/system.slice\n", v1) == 4);
    CHECK(cores("4:cpuset:/docker/0123abcd\n", v1) == 0);
}

TEST_CASE("texts that are no cgroup file limit nothing") {
    CHECK(cores("", {}) == 0);
    CHECK(cores("\n\n:\n::\nnonsense", {}) == 0);
}

TEST_CASE("this process may use a core") {
    CHECK(affinity_cores() >= 1);
    CHECK(allowed_cores() >= 1);
    CHECK(allowed_cores() <= affinity_cores());
    CHECK(allowed_cores() == allowed_cores());
    CHECK(read_small_file("/nowhere/at/all").empty());
    CHECK_FALSE(read_small_file("/proc/self/stat").empty());
}
