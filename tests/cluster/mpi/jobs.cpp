// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Started as one ps and two workers: jobs by name or by their place on the command line, and what
// is said of clusters that are other than what was started. The first argument says which: `named`,
// `numbered`, or `apart` for jobs whose tasks are not next to each other.
#include <weft/cluster/mpi.hpp>

#include <cstdio>
#include <string>

using namespace weft;

namespace {

int wrong = 0;

void expect(const std::string& found, const std::string& wanted) {
    if (found == wanted) return;
    std::printf("found '%s', wanted '%s'\n", found.c_str(), wanted.c_str());
    ++wrong;
}

template <class Body>
std::string error_of(Body body) {
    try {
        body();
        return "no error";
    } catch (const error& caught) {
        return caught.what();
    }
}

}  // namespace

int main(int argc, char** argv) {
    mpi_engine engine{argc, argv};
    const std::string which = argc > 1 ? argv[1] : "";
    if (which == "apart") {
        expect(error_of([&] { engine.cluster_from_args(); }),
               "the tasks of job 'ps' are not next to each other: rank 2 is one, after ranks of "
               "job 'worker'; name them in one part of mpirun's command");
        return wrong;
    }
    const cluster c = engine.cluster_from_args();
    const std::string first = which == "named" ? "ps" : "job0";
    const std::string second = which == "named" ? "worker" : "job1";
    expect(c.describe(), first + " (1 task), " + second + " (2 tasks)");
    expect(c.self().to_string(),
           engine.rank() == 0 ? "/job:" + first + "/task:0"
                              : "/job:" + second + "/task:" + std::to_string(engine.rank() - 1));
    expect(engine.cluster({{"all", 3}}).name_of(2), "/job:all/task:2");
    expect(error_of([&] {
               engine.cluster({{"ps", 1}, {"worker", 4}});
           }),
           "the cluster has ps (1 task), worker (4 tasks), which is 5 processes, and mpirun "
           "started 3");
    if (engine.rank() == 0) std::puts(c.describe().c_str());
    return wrong;
}
