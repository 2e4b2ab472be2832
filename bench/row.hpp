// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A row of the table that table.py prints: what was measured, what it is compared with, and what it
// should reach. Programs append theirs to the file that WEFT_BENCH_ROWS names. Knows nothing of how
// times are taken.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace bench {

// What a benchmark should reach.
struct goal {
    enum kind { none, speed_at_least, time_at_most } what = none;
    double value = 0;
};
// At least this share of the plain loop's speed.
constexpr goal speed_at_least(double share) { return {goal::speed_at_least, share}; }
// At most this many of the row's units.
constexpr goal time_at_most(double units) { return {goal::time_at_most, units}; }

// How times are told: `per_call` units are done in one call of the body.
struct unit {
    const char* name = "ns";
    double per_call = 1;
};
// Nanoseconds per node of a body that handles `n` of them.
inline unit per_node(std::size_t n) { return {"ns/node", static_cast<double>(n)}; }
// Microseconds of a call.
inline unit microseconds() { return {"us", 1e3}; }

// What another library took for the same work, in the row's units: the smallest and the median.
struct peer_figure {
    std::string name;
    double best = 0, median = 0;
};

// Times are in the row's units; `plain` of 0: there is none.
inline void write_row(const std::string& name, const unit& in, double weft, double plain,
                      goal wanted, const std::vector<peer_figure>& peers) {
    const char* const path = std::getenv("WEFT_BENCH_ROWS");
    std::FILE* const rows = path == nullptr ? nullptr : std::fopen(path, "a");
    if (rows == nullptr) return;
    const char* const kinds[] = {"none", "speed", "time"};
    std::fprintf(rows, "%s\t%s\t%.6g\t%.6g\t%s\t%.6g", name.c_str(), in.name, weft, plain,
                 kinds[wanted.what], wanted.value);
    for (const peer_figure& peer : peers)
        std::fprintf(rows, "\t%s=%.6g/%.6g", peer.name.c_str(), peer.best, peer.median);
    std::fputc('\n', rows);
    std::fclose(rows);
}

}  // namespace bench
