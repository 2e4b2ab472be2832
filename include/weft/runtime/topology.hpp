// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How many cores this process may use: the affinity mask and the CPU quotas of its control groups,
// versions 1 and 2. Reading files and understanding them are apart, so that the latter can be
// tested with texts. Control groups are expected where every distribution mounts them,
// /sys/fs/cgroup.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <sched.h>

namespace weft {

namespace detail {

// A decimal number at the start of `text`, -1 where there is none ("max") or it is negative.
constexpr long long leading_number(std::string_view text) {
    constexpr long long most = 1'000'000'000'000'000;
    long long value = -1;
    for (char c : text) {
        if (c < '0' || c > '9') break;
        value = (value < 0 ? 0 : value) * 10 + (c - '0');
        if (value > most) return most;
    }
    return value;
}

// Rounded up: a quota of 1.5 cores is worth two threads, since neither runs all the time.
constexpr int cores_of_quota(long long quota, long long period) {
    if (quota <= 0 || period <= 0) return 0;
    const long long cores = (quota + period - 1) / period;
    return cores > 1'000'000 ? 0 : static_cast<int>(cores);
}

constexpr int smaller_limit(int a, int b) { return a == 0 || (b != 0 && b < a) ? b : a; }

}  // namespace detail

// The cores that a version 2 `cpu.max` grants ("150000 100000" is 2), rounded up; 0 means no limit.
constexpr int quota_cores_v2(std::string_view cpu_max) {
    const std::size_t space = cpu_max.find(' ');
    if (space == cpu_max.npos) return 0;
    return detail::cores_of_quota(detail::leading_number(cpu_max),
                                  detail::leading_number(cpu_max.substr(space + 1)));
}

// The same from version 1's `cpu.cfs_quota_us` (-1 means no limit) and `cpu.cfs_period_us`.
constexpr int quota_cores_v1(std::string_view quota_us, std::string_view period_us) {
    return detail::cores_of_quota(detail::leading_number(quota_us),
                                  detail::leading_number(period_us));
}

// The smallest quota that applies to a process with this `/proc/self/cgroup`: that of its own
// groups and of all groups around them. `read(path)` gives a file's text, empty if there is none. 0
// means no limit.
template <class Read>
int quota_cores(std::string_view self_cgroup, Read read) {
    int limit = 0;
    while (!self_cgroup.empty()) {
        const std::size_t end = self_cgroup.find('\n');
        const std::string_view line = self_cgroup.substr(0, end);
        self_cgroup.remove_prefix(end == self_cgroup.npos ? self_cgroup.size() : end + 1);
        const std::size_t first = line.find(':');
        const std::size_t second = line.find(':', first + 1);
        if (first == line.npos || second == line.npos) continue;
        const std::string_view controllers = line.substr(first + 1, second - first - 1);
        const bool v1 = (',' + std::string(controllers) + ',').find(",cpu,") != std::string::npos;
        if (!v1 && !controllers.empty()) continue;
        std::string root = "/sys/fs/cgroup";
        if (v1) root += '/' + std::string(controllers);
        // Inside a container the path may be the host's one: what does not exist limits nothing,
        // and the walk ends at the root, where the container's own group is mounted.
        for (std::string path(line.substr(second + 1));; path.resize(path.find_last_of('/'))) {
            while (!path.empty() && path.back() == '/') path.pop_back();
            const std::string group = root + path;
            const int cores = v1 ? quota_cores_v1(read(group + "/cpu.cfs_quota_us"),
                                                  read(group + "/cpu.cfs_period_us"))
                                 : quota_cores_v2(read(group + "/cpu.max"));
            limit = detail::smaller_limit(limit, cores);
            if (path.find('/') == path.npos) break;
        }
    }
    return limit;
}

// The cores in the calling thread's affinity mask; 1 where the system does not say.
inline int affinity_cores() {
    // Machines with more than 1024 cores need a larger mask; the kernel refuses one too small.
    for (std::size_t sets = 1; sets <= 64; sets *= 2) {
        const std::size_t bytes = sets * sizeof(cpu_set_t);
        std::vector<unsigned long> words(bytes / sizeof(unsigned long));
        auto* const mask = reinterpret_cast<cpu_set_t*>(words.data());
        if (sched_getaffinity(0, bytes, mask) != 0) continue;
        const int cores = CPU_COUNT_S(bytes, mask);
        return cores < 1 ? 1 : cores;
    }
    return 1;
}

// The text of a small file, empty if it cannot be read.
inline std::string read_small_file(const std::string& path) {
    std::string text;
    std::FILE* file = std::fopen(path.c_str(), "re");
    if (file == nullptr) return text;
    char buffer[1024];
    for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, file)) > 0;)
        text.append(buffer, n);
    std::fclose(file);
    return text;
}

// The number of cores that the calling thread may use now, at least 1. A mask or quota that changes
// later does not resize pools that exist. Reads a few small files.
inline int allowed_cores() {
    const int quota = quota_cores(read_small_file("/proc/self/cgroup"), read_small_file);
    return detail::smaller_limit(affinity_cores(), quota);
}

}  // namespace weft
