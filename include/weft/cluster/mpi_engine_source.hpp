// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How MPI begins and ends, and how the processes that mpirun has started become jobs. All of them
// see the names of all, so that all come to the same cluster, or to the same error. Not compiled
// separately: programs that need it include mpi.hpp.
#pragma once

#include <weft/cluster/mpi.hpp>
#include <weft/core/error.hpp>

#include <algorithm>
#include <cstring>
#include <exception>
#include <string_view>
#include <thread>

namespace weft {

inline mpi_engine::mpi_engine(int& argc, char**& argv) : exceptions_(std::uncaught_exceptions()) {
    int is_initialised = 0, level = 0;
    MPI_Initialized(&is_initialised);
    if (is_initialised == 0) {
        MPI_Init_thread(&argc, &argv, MPI_THREAD_SERIALIZED, &level);
        is_ours_ = true;
    }
    constexpr std::string_view option = "--job=";
    for (int i = 1; i < argc; ++i)
        if (std::string_view(argv[i]).starts_with(option)) job_ = argv[i] + option.size();
    transport_ = std::make_unique<mpi_transport>(MPI_COMM_WORLD);
}

inline mpi_engine::~mpi_engine() {
    const bool is_closed = std::uncaught_exceptions() == exceptions_ &&
                           transport_->close(std::chrono::steady_clock::now() + patience);
    int is_finalised = 0;
    MPI_Finalized(&is_finalised);
    if (is_ours_ && is_closed && is_finalised == 0) MPI_Finalize();
}

inline weft::cluster mpi_engine::cluster(const cluster_spec& spec) const {
    if (spec.size() != size())
        throw_error(
            errc::invalid_argument,
            {"the cluster has ", spec.describe(), ", which is ", std::to_string(spec.size()),
             " processes, and mpirun started ", std::to_string(size())});
    return {spec, rank()};
}

inline weft::cluster mpi_engine::cluster_from_args() const {
    constexpr std::size_t width = 64;
    std::string name = job_;
    if (name.empty()) {
        int* part = nullptr;
        int is_set = 0;
        MPI_Comm_get_attr(MPI_COMM_WORLD, MPI_APPNUM, static_cast<void*>(&part), &is_set);
        name = "job" + std::to_string(is_set != 0 ? *part : 0);
    }
    // Names that are too long are cut, and told by all.
    char mine[width] = "";
    std::memcpy(mine, name.data(), (std::min)(name.size(), width));
    std::vector<char> all(width * static_cast<std::size_t>(size()));
    MPI_Request request = MPI_REQUEST_NULL;
    MPI_Iallgather(mine, width, MPI_CHAR, all.data(), width, MPI_CHAR, MPI_COMM_WORLD, &request);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    for (int are_here = 0; MPI_Test(&request, &are_here, MPI_STATUS_IGNORE), are_here == 0;) {
        if (std::chrono::steady_clock::now() > deadline)
            throw_error(errc::deadline_exceeded,
                        {"not all processes of the cluster came within 60 s"});
        std::this_thread::yield();
    }
    std::vector<cluster_job_spec> jobs;
    for (std::size_t rank = 0; rank < static_cast<std::size_t>(size()); ++rank) {
        const char* const from = all.data() + rank * width;
        const std::string_view job(from, std::find(from, from + width, '\0'));
        if (job.size() == width)
            throw_error(errc::invalid_argument,
                        {"the name of a job has at most 63 letters: '", job, "'"});
        if (!jobs.empty() && jobs.back().name == job) {
            ++jobs.back().tasks;
            continue;
        }
        for (const cluster_job_spec& earlier : jobs)
            if (earlier.name == job)
                throw_error(errc::invalid_argument,
                            {"the tasks of job '", job, "' are not next to each other: rank ",
                             std::to_string(rank), " is one, after ranks of job '",
                             jobs.back().name, "'; name them in one part of mpirun's command"});
        jobs.push_back({std::string(job), 1});
    }
    return cluster(cluster_spec(std::move(jobs)));
}

}  // namespace weft
