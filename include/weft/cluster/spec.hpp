// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Who is in a cluster: named jobs of tasks, and which of them this process is. Tasks have ranks,
// counted through the jobs in the order in which they are given. Values without any connection: the
// same spec in every process is what makes them agree. Must not know what carries messages.
#pragma once

#include <weft/core/device_name.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace weft {

// A job and how many tasks it has.
struct cluster_job_spec {
    std::string name;
    int tasks = 1;

    friend bool operator==(const cluster_job_spec&, const cluster_job_spec&) = default;
};

// The jobs of a cluster: `cluster_spec{{"ps", 1}, {"worker", 2}}` has ranks 0 (ps), 1 and 2.
// invalid_argument where a name is no identifier or comes twice, where a job has no task, where
// there is no job, and above max_tasks.
class cluster_spec {
public:
    static constexpr int max_tasks = 1 << 20;

    cluster_spec(std::initializer_list<cluster_job_spec> jobs);
    explicit cluster_spec(std::vector<cluster_job_spec> jobs);

    const std::vector<cluster_job_spec>& jobs() const { return jobs_; }
    // All tasks.
    int size() const { return first_.back(); }
    // Of the job with that number in jobs(), its first rank; with jobs().size(), size().
    int first_rank(std::size_t job) const { return first_[job]; }
    // "ps (1 task), worker (2 tasks)"
    std::string describe() const;

    friend bool operator==(const cluster_spec&, const cluster_spec&) = default;

private:
    void check();

    std::vector<cluster_job_spec> jobs_;
    std::vector<int> first_;  // one more than there are jobs
};

// One job of a cluster.
class cluster_job {
public:
    cluster_job(std::string name, int first_rank, int size)
        : name_(std::move(name)), first_rank_(first_rank), size_(size) {}

    const std::string& name() const { return name_; }
    // Its tasks have ranks first_rank() to first_rank() + size() - 1.
    int size() const { return size_; }
    int first_rank() const { return first_rank_; }

    // "/job:ps": any task of it, any device.
    device_spec device() const { return {name_, -1, {}, -1}; }
    // "/job:ps/task:1"; out_of_range where it has no such task.
    device_spec device(int task) const;

private:
    std::string name_;
    int first_rank_, size_;
};

// A cluster as one of its tasks sees it. Copies share nothing.
class cluster {
public:
    // out_of_range where the spec has no such rank.
    cluster(cluster_spec spec, int rank);

    // This task: its job, its number within the job, its rank.
    const std::string& job() const { return spec_.jobs()[job_].name; }
    int task() const { return rank_ - spec_.first_rank(job_); }
    int rank() const { return rank_; }
    // "/job:worker/task:1"
    device_spec self() const { return device_of(rank_); }

    // A job by its name; not_found, with the list of all, where there is none.
    cluster_job job(std::string_view name) const;
    const cluster_spec& spec() const { return spec_; }
    int size() const { return spec_.size(); }

    // Tasks by rank and the other way round; not_found and out_of_range where there is none.
    int rank_of(std::string_view job, int task) const;
    device_spec device_of(int rank) const;
    std::string name_of(int rank) const { return device_of(rank).to_string(); }

    // "ps (1 task), worker (2 tasks)"
    std::string describe() const { return spec_.describe(); }

private:
    std::size_t number_of(std::string_view job) const;
    std::size_t job_of(int rank) const;

    cluster_spec spec_;
    int rank_;
    std::size_t job_;
};

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/cluster/spec_source.hpp>
#endif
