// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The definitions of cluster_checkpoints: questions to several tasks and their answers, and what is
// done on this task for the questions of others. A task that is lost has answered every question,
// with an error. Names travel as lines.
#pragma once

#include <weft/cluster/cluster_checkpoints.hpp>
#include <weft/cluster/error_message.hpp>
#include <weft/io/safetensors.hpp>
#include <weft/io/saver.hpp>

#include <filesystem>

namespace weft {

// Saves or restores this task's variables and gives their names. A task without variables has no
// file.
WEFT_SOURCE std::vector<std::string> cluster_checkpoints::do_own(std::uint32_t what,
                                                                 const std::string& folder) {
    const std::string path = folder + '/' + cluster_.job() + '-' +
                             std::to_string(cluster_.task()) + ".safetensors";
    const graph_base& built = session_.of();
    std::vector<node_id> here;
    if (what == saving) {
        here = session_.placed_variables();
        if (here.empty()) return {};
        std::filesystem::create_directories(folder);
        save_variables(session_, here, path);
    } else {
        if (!std::filesystem::exists(path)) return {};
        const safetensors_file file(path);
        for (node_id id : built.variables())
            if (file.find(built.record(id).name) != nullptr) here.push_back(id);
        restore_variables(session_, here, path);
    }
    std::vector<std::string> names;
    for (node_id id : here) names.push_back(built.record(id).name);
    return names;
}

// The same; gives what went wrong.
WEFT_SOURCE std::optional<error> cluster_checkpoints::try_own(std::uint32_t what,
                                                              const std::string& folder,
                                                              std::vector<std::string>& names) {
    try {
        names = do_own(what, folder);
        return std::nullopt;
    } catch (const error& e) {
        return e;
    } catch (const std::exception& e) {
        return error(errc::failed_precondition, e.what());
    }
}

// The number of the question.
WEFT_SOURCE std::uint64_t cluster_checkpoints::ask(const cluster_job& to, bool also_leaving,
                                                   std::uint32_t what, std::uint64_t step,
                                                   std::span<const std::byte> text) {
    std::uint64_t number = 0;
    std::set<int> others;
    {
        const std::lock_guard lock(mutex_);
        number = next_++;
        for (int rank = to.first_rank(); rank < to.first_rank() + to.size(); ++rank)
            if (rank != cluster_.rank() && !lost_.contains(rank) &&
                (also_leaving || !left_.contains(rank)))
                others.insert(rank);
        asked_[number].open = others;
    }
    for (int rank : others)
        endpoint_.send(rank, {message_kind::checkpoint, step, number, what}, copy_of(text));
    return number;
}
WEFT_SOURCE cluster_checkpoints::question cluster_checkpoints::answer_to(std::uint64_t number) {
    const auto all_have_answered = [&] {
        const std::lock_guard lock(mutex_);
        return asked_.at(number).open.empty();
    };
    endpoint_.wait(all_have_answered, (std::chrono::steady_clock::time_point::max)());
    const std::lock_guard lock(mutex_);
    return std::move(asked_.extract(number).mapped());
}

WEFT_SOURCE std::vector<std::string> cluster_checkpoints::save_all(const std::string& folder) {
    return ask_all(saving, folder);
}
WEFT_SOURCE std::vector<std::string> cluster_checkpoints::restore_all(const std::string& folder) {
    return ask_all(restoring, folder);
}
// This task does its own part meanwhile.
WEFT_SOURCE std::vector<std::string> cluster_checkpoints::ask_all(std::uint32_t what,
                                                                  const std::string& folder) {
    const std::uint64_t number = ask({"the cluster", 0, cluster_.size()}, false, what, 0,
                                     std::as_bytes(std::span(folder)));
    std::vector<std::string> names;
    const std::optional<error> wrong = try_own(what, folder, names);
    const question got = answer_to(number);
    if (wrong || got.wrong) throw wrong ? *wrong : *got.wrong;
    names.insert(names.end(), got.names.begin(), got.names.end());
    return names;
}

WEFT_SOURCE void cluster_checkpoints::announce(const cluster_job& to, long step) {
    due_ = step;
    announced_ = ask(to, true, due, static_cast<std::uint64_t>(step), {});
}
WEFT_SOURCE void cluster_checkpoints::confirm() {
    if (announced_) answer_to(*announced_);
    announced_.reset();
}

// What another task has asked for, on a thread that may wait.
WEFT_SOURCE void cluster_checkpoints::answer(std::uint32_t what, const std::string& folder,
                                             int to, message_key back) {
    std::vector<std::string> names;
    const std::optional<error> wrong = try_own(what, folder, names);
    std::string lines;
    for (const std::string& name : names) lines += name + '\n';
    back.edge = wrong ? refused : done;
    endpoint_.send(to, back,
                   wrong ? error_message(*wrong) : copy_of(std::as_bytes(std::span(lines))));
}

WEFT_SOURCE void cluster_checkpoints::on_message(const delivery& message) {
    const std::uint32_t what = message.key.edge;
    const std::string text(reinterpret_cast<const char*>(message.payload.data),
                           message.payload.size);
    if (what == due) {
        due_ = static_cast<long>(message.key.plan);
        return endpoint_.send(message.from,
                              {message_kind::checkpoint, 0, message.key.step, done}, {});
    }
    if (what == saving || what == restoring)
        return later_([this, what, text, from = message.from, back = message.key] {
            answer(what, text, from, back);
        });
    const std::lock_guard lock(mutex_);
    const auto found = asked_.find(message.key.step);
    if (found == asked_.end()) return;
    question& of = found->second;
    if (of.open.erase(message.from) == 0) return;
    if (what == refused && !of.wrong)
        of.wrong = read_error(message.payload.span(), cluster_.name_of(message.from));
    if (what != done) return;
    for (std::size_t at = 0, end = 0; at < text.size(); at = end + 1) {
        end = (std::min)(text.find('\n', at), text.size());
        of.names.insert(text.substr(at, end - at));
    }
}
WEFT_SOURCE void cluster_checkpoints::on_loss(int peer, const error& why) {
    const std::lock_guard lock(mutex_);
    lost_.insert(peer);
    for (auto& [number, of] : asked_)
        if (of.open.erase(peer) > 0 && !of.wrong) of.wrong = why;
}
WEFT_SOURCE void cluster_checkpoints::on_leave(int peer) {
    const std::lock_guard lock(mutex_);
    left_.insert(peer);
}

}  // namespace weft
