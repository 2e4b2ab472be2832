// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Every task of a group tells all others something: each sends its bytes to the first, which sends
// all of them back. Two messages a task, whatever the size of the group, and a deadline; with
// nothing to tell it is a barrier. Calls of a group are numbered, so one can be entered before the
// one before is left elsewhere.
#pragma once

#include <weft/cluster/endpoint.hpp>
#include <weft/cluster/spec.hpp>

#include <cstring>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

namespace weft {

class exchanges {
public:
    using clock = std::chrono::steady_clock;
    using texts = std::vector<std::vector<std::byte>>;

    // Sends, polls and waits; what is() says of a task that will not answer ends the wait. Throws
    // error deadline_exceeded, with the names of those that are missing, or unavailable.
    template <class Lost>
    texts run(endpoint& by, const cluster& in, const cluster_job& group,
              std::span<const std::byte> mine, clock::time_point deadline, Lost lost) {
        const std::uint64_t number = group_number(group);
        std::uint64_t turn = 0;
        {
            const std::lock_guard lock(mutex_);
            turn = turns_[number]++;
        }
        const message_key key{message_kind::barrier, number, turn, 0};
        if (by.self() == group.first_rank())
            arrived(by.self(), key, mine);
        else
            by.send(group.first_rank(), key, copy_of(mine));
        const auto ended = [&] { return ready(key, group, by); };
        const auto given_up = [&] { return ended() || lost(group) != nullptr; };
        by.wait(given_up, deadline);
        if (!ended()) refuse(by, in, group, key, lost(group));
        return take(key, group);
    }

    // A message of this kind, from the thread that polls.
    void on_message(const delivery& message) {
        const std::lock_guard lock(mutex_);
        if (message.key.edge == 0)
            heard_[{message.key.plan, message.key.step}][message.from] = bytes_of(message.payload);
        else
            tables_[{message.key.plan, message.key.step}] = bytes_of(message.payload);
    }

private:
    using turn_key = std::pair<std::uint64_t, std::uint64_t>;  // group, turn

    static std::uint64_t group_number(const cluster_job& group) {
        // Never that of a plan, whose upper half is a rank: steps of plans are closed.
        constexpr std::uint64_t no_plan = std::uint64_t{1} << 63;
        return no_plan | static_cast<std::uint64_t>(group.first_rank()) << 32 |
               static_cast<std::uint64_t>(group.size());
    }
    static std::vector<std::byte> bytes_of(const message_bytes& from) {
        return {from.data, from.data + from.size};
    }
    void arrived(int from, const message_key& key, std::span<const std::byte> bytes) {
        const std::lock_guard lock(mutex_);
        heard_[{key.plan, key.step}][from].assign(bytes.begin(), bytes.end());
    }

    // The first task has a table as soon as it has heard everybody, and sends it to all others.
    bool ready(const message_key& key, const cluster_job& group, endpoint& by) {
        std::vector<std::byte> table;
        {
            const std::lock_guard lock(mutex_);
            if (tables_.contains({key.plan, key.step})) return true;
            if (by.self() != group.first_rank()) return false;
            const auto heard = heard_.find({key.plan, key.step});
            if (heard == heard_.end() ||
                heard->second.size() != static_cast<std::size_t>(group.size()))
                return false;
            for (const auto& [from, bytes] : heard->second) {
                const std::uint64_t size = bytes.size();
                const auto* words = reinterpret_cast<const std::byte*>(&size);
                table.insert(table.end(), words, words + sizeof size);
                table.insert(table.end(), bytes.begin(), bytes.end());
            }
            heard_.erase(heard);
            tables_[{key.plan, key.step}] = table;
        }
        message_key back = key;
        back.edge = 1;
        const message_bytes message = copy_of(table);
        for (int rank = group.first_rank() + 1; rank < group.first_rank() + group.size(); ++rank)
            by.send(rank, back, message);
        return true;
    }
    texts take(const message_key& key, const cluster_job& group) {
        const std::lock_guard lock(mutex_);
        const std::vector<std::byte> table = std::move(tables_.at({key.plan, key.step}));
        tables_.erase({key.plan, key.step});
        texts out;
        std::size_t at = 0;
        for (int i = 0; i < group.size(); ++i) {
            std::uint64_t size = 0;
            if (table.size() - at < sizeof size) break;
            std::memcpy(&size, table.data() + at, sizeof size);
            at += sizeof size;
            if (table.size() - at < size) break;
            const auto from = table.begin() + static_cast<std::ptrdiff_t>(at);
            out.emplace_back(from, from + static_cast<std::ptrdiff_t>(size));
            at += static_cast<std::size_t>(size);
        }
        if (out.size() != static_cast<std::size_t>(group.size()) || at != table.size())
            throw error(errc::internal, "what the tasks of '" + group.name() +
                                            "' told each other arrived damaged");
        return out;
    }
    [[noreturn]] void refuse(endpoint& by, const cluster& in, const cluster_job& group,
                             const message_key& key, const std::string* lost) {
        if (lost != nullptr) throw error(errc::unavailable, *lost);
        std::string missing;
        const std::lock_guard lock(mutex_);
        const auto heard = heard_.find({key.plan, key.step});
        for (int rank = group.first_rank(); rank < group.first_rank() + group.size(); ++rank) {
            const bool here = by.self() != group.first_rank()
                                  ? rank != group.first_rank()
                                  : heard != heard_.end() && heard->second.contains(rank);
            if (!here) missing += (missing.empty() ? "" : ", ") + in.name_of(rank);
        }
        throw error(errc::deadline_exceeded,
                    "the tasks of '" + group.name() + "' did not all come in time; missing: " +
                        missing);
    }

    std::mutex mutex_;
    std::map<std::uint64_t, std::uint64_t> turns_;  // of each group
    std::map<turn_key, std::map<int, std::vector<std::byte>>> heard_;
    std::map<turn_key, std::vector<std::byte>> tables_;
};

}  // namespace weft
