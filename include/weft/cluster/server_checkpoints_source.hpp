// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How the tasks of a cluster save and restore the variables that they hold: each in a file of its
// own, named after the task, when one of them asks for it. A file is one state of its task's
// variables; that all files are of one step is for the one who asks to see to.
#pragma once

#include <weft/cluster/server_core.hpp>
#include <weft/io/saver.hpp>
#include <weft/io/safetensors.hpp>

#include <filesystem>

namespace weft {

// Saves or restores this task's variables and gives their names, each with an end of line. A task
// without variables has no file.
WEFT_SOURCE std::string server_core::checkpoint_names(std::uint32_t what,
                                                      const std::string& folder) {
    const std::string path = folder + '/' + cluster_.job() + '-' +
                             std::to_string(cluster_.task()) + ".safetensors";
    std::vector<node_id> here;
    if (what == saving) {
        here = session_->placed_variables();
        if (here.empty()) return {};
        std::filesystem::create_directories(folder);
        save_variables(*session_, here, path);
    } else {
        if (!std::filesystem::exists(path)) return {};
        const safetensors_file file(path);
        for (node_id id : graph_.variables())
            if (file.find(graph_.record(id).name) != nullptr) here.push_back(id);
        restore_variables(*session_, here, path);
    }
    std::string names;
    for (node_id id : here) names += graph_.record(id).name + '\n';
    return names;
}

WEFT_SOURCE std::vector<std::string> server_core::save_all(const std::string& folder) {
    return ask_all(saving, folder);
}
WEFT_SOURCE std::vector<std::string> server_core::restore_all(const std::string& folder) {
    return ask_all(restoring, folder);
}

// This task does its own part meanwhile.
WEFT_SOURCE std::vector<std::string> server_core::ask_all(std::uint32_t what,
                                                          const std::string& folder) {
    std::uint64_t number = 0;
    std::set<int> others;
    {
        const std::lock_guard lock(mutex_);
        number = next_question_++;
        for (int rank = 0; rank < cluster_.size(); ++rank)
            if (rank != cluster_.rank() && lost_[static_cast<std::size_t>(rank)].empty() &&
                !left_.contains(rank))
                others.insert(rank);
        asked_[number].open = others;
    }
    for (int rank : others)
        endpoint_.send(rank, {message_kind::checkpoint, 0, number, what},
                       copy_of(std::as_bytes(std::span(folder))));
    std::optional<error> wrong;
    std::string own;
    try {
        own = checkpoint_names(what, folder);
    } catch (const error& e) {
        wrong = e;
    } catch (const std::exception& e) {
        wrong = error(errc::failed_precondition, e.what());
    }
    const auto all_answered = [&] {
        const std::lock_guard lock(mutex_);
        return asked_.at(number).open.empty();
    };
    endpoint_.wait(all_answered, (clock::time_point::max)());
    const std::lock_guard lock(mutex_);
    const answers got = std::move(asked_.at(number));
    asked_.erase(number);
    if (wrong || got.wrong) throw wrong ? *wrong : *got.wrong;
    std::vector<std::string> names(got.names.begin(), got.names.end());
    for (std::size_t at = 0; at < own.size();) {
        const std::size_t end = own.find('\n', at);
        names.push_back(own.substr(at, end - at));
        at = end + 1;
    }
    return names;
}

WEFT_SOURCE void server_core::announce_checkpoint(const cluster_job& job, long step) {
    checkpoint_step_ = step;
    std::set<int> others;
    {
        const std::lock_guard lock(mutex_);
        announced_ = next_question_++;
        for (int rank = job.first_rank(); rank < job.first_rank() + job.size(); ++rank)
            if (rank != cluster_.rank() && lost_[static_cast<std::size_t>(rank)].empty())
                others.insert(rank);
        asked_[*announced_].open = others;
    }
    for (int rank : others)
        endpoint_.send(rank, {message_kind::checkpoint, static_cast<std::uint64_t>(step),
                              *announced_, due},
                       {});
}
WEFT_SOURCE void server_core::confirm_checkpoint() {
    if (!announced_) return;
    const auto all_know = [&] {
        const std::lock_guard lock(mutex_);
        return asked_.at(*announced_).open.empty();
    };
    endpoint_.wait(all_know, (clock::time_point::max)());
    const std::lock_guard lock(mutex_);
    asked_.erase(*announced_);
    announced_.reset();
}

WEFT_SOURCE void server_core::on_checkpoint(const delivery& message) {
    if (message.key.edge == due) {
        checkpoint_step_ = static_cast<long>(message.key.plan);
        endpoint_.send(message.from, {message_kind::checkpoint, 0, message.key.step, saved}, {});
        return;
    }
    const std::string text(reinterpret_cast<const char*>(message.payload.data),
                           message.payload.size);
    message_key back = message.key;
    const std::lock_guard lock(mutex_);
    if (message.key.edge == saving || message.key.edge == restoring) {
        const std::uint32_t what = message.key.edge;
        add_work({{}, 0, [this, what, text, back, from = message.from]() mutable {
                      try {
                          const std::string names = checkpoint_names(what, text);
                          back.edge = saved;
                          endpoint_.send(from, back, copy_of(std::as_bytes(std::span(names))));
                      } catch (const error& e) {
                          back.edge = refused;
                          send_error(from, back, e);
                      } catch (const std::exception& e) {
                          back.edge = refused;
                          send_error(from, back, error(errc::failed_precondition, e.what()));
                      }
                  }});
        return;
    }
    const auto question = asked_.find(message.key.step);
    if (question == asked_.end()) return;
    answers& to = question->second;
    if (to.open.erase(message.from) == 0) return;
    if (message.key.edge == refused && !to.wrong) to.wrong = error_from(message);
    if (message.key.edge != saved) return;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find('\n', at);
        to.names.insert(text.substr(at, end - at));
        at = end + 1;
    }
}

}  // namespace weft
