// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The checks of a cluster's description and the look-ups in it. Jobs are few and looked for one by
// one; tasks are many and are never listed, so that a process of a large cluster holds no table of
// them.
#pragma once

#include <weft/cluster/spec.hpp>

#include <algorithm>

namespace weft {

namespace detail {

inline bool is_job_name(std::string_view name) {
    const auto is_letter = [](char c) { return lower_case(c) >= 'a' && lower_case(c) <= 'z'; };
    if (name.empty() || !is_letter(name[0])) return false;
    return std::all_of(name.begin(), name.end(),
                       [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; });
}

inline std::string tasks_in_words(int tasks) {
    return std::to_string(tasks) + (tasks == 1 ? " task" : " tasks");
}

}  // namespace detail

WEFT_SOURCE cluster_spec::cluster_spec(std::initializer_list<cluster_job_spec> jobs) : jobs_(jobs) {
    check();
}
WEFT_SOURCE cluster_spec::cluster_spec(std::vector<cluster_job_spec> jobs)
    : jobs_(std::move(jobs)) {
    check();
}

WEFT_SOURCE void cluster_spec::check() {
    if (jobs_.empty()) throw_error(errc::invalid_argument, {"a cluster has at least one job"});
    first_ = {0};
    for (const cluster_job_spec& job : jobs_) {
        if (!detail::is_job_name(job.name))
            throw_error(errc::invalid_argument,
                        {"'", job.name,
                         "' is no name for a job: use letters, digits and '_', and begin with a "
                         "letter"});
        if (job.tasks < 1)
            throw_error(errc::invalid_argument,
                        {"job '", job.name, "' has ", std::to_string(job.tasks),
                         " tasks; a job has at least one"});
        if (job.tasks > max_tasks - first_.back())
            throw_error(errc::invalid_argument,
                        {"a cluster has at most ", std::to_string(max_tasks),
                         " tasks, and with job '", job.name, "' it has more"});
        first_.push_back(first_.back() + job.tasks);
    }
    std::vector<std::string_view> names;
    for (const cluster_job_spec& job : jobs_) names.push_back(job.name);
    std::sort(names.begin(), names.end());
    if (auto twice = std::adjacent_find(names.begin(), names.end()); twice != names.end())
        throw_error(errc::invalid_argument, {"a cluster has two jobs '", *twice, "'"});
}

WEFT_SOURCE std::string cluster_spec::describe() const {
    std::string out;
    for (const cluster_job_spec& job : jobs_) {
        if (!out.empty()) out += ", ";
        out += job.name + " (" + detail::tasks_in_words(job.tasks) + ')';
    }
    return out;
}

WEFT_SOURCE device_spec cluster_job::device(int task) const {
    if (task < 0 || task >= size_)
        throw_error(errc::out_of_range, {"there is no task ", std::to_string(task), " in job '",
                                         name_, "', it has ", detail::tasks_in_words(size_)});
    return {name_, task, {}, -1};
}

WEFT_SOURCE cluster::cluster(cluster_spec spec, int rank)
    : spec_(std::move(spec)), rank_(rank), job_(job_of(rank)) {}

WEFT_SOURCE std::size_t cluster::number_of(std::string_view job) const {
    for (std::size_t i = 0; i < spec_.jobs().size(); ++i)
        if (spec_.jobs()[i].name == job) return i;
    throw_error(errc::not_found,
                {"there is no job '", job, "' in the cluster, it has ", describe()});
}

WEFT_SOURCE std::size_t cluster::job_of(int rank) const {
    if (rank < 0 || rank >= size())
        throw_error(errc::out_of_range,
                    {"there is no rank ", std::to_string(rank), " in the cluster of ",
                     detail::tasks_in_words(size()), ", it has ", describe()});
    std::size_t job = 0;
    while (spec_.first_rank(job + 1) <= rank) ++job;
    return job;
}

WEFT_SOURCE cluster_job cluster::job(std::string_view name) const {
    const std::size_t job = number_of(name);
    return {spec_.jobs()[job].name, spec_.first_rank(job), spec_.jobs()[job].tasks};
}

WEFT_SOURCE int cluster::rank_of(std::string_view name, int task) const {
    const cluster_job found = job(name);
    return found.first_rank() + found.device(task).task;
}

WEFT_SOURCE device_spec cluster::device_of(int rank) const {
    const std::size_t job = job_of(rank);
    return {spec_.jobs()[job].name, rank - spec_.first_rank(job), {}, -1};
}

}  // namespace weft
