// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Every task of a group tells all others something: each sends its bytes to the first, which sends
// all of them back. Two messages a task, whatever the size of the group, and a deadline; with
// nothing to tell it is a barrier. Turns of a group are numbered, so one can be entered before the
// one before is left elsewhere. Where losses are excused, the first task that is left collects:
// whoever has a turn's table already answers those that ask for it again.
#pragma once

#include <weft/cluster/endpoint.hpp>
#include <weft/cluster/spec.hpp>

#include <atomic>
#include <cstring>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

namespace weft {

class exchanges {
public:
    using clock = std::chrono::steady_clock;
    using text = std::optional<std::vector<std::byte>>;  // of a task that is gone: none
    using texts = std::vector<text>;

    // Sends, polls and waits. `lost(rank)` says why a task is gone, or nothing; `left(rank)`
    // whether it will tell nothing any more. Both end the wait unless they are excused. Throws
    // error deadline_exceeded, with the names of those that are missing, or unavailable.
    template <class Lost, class Left>
    texts run(endpoint& by, const cluster& in, const cluster_job& group,
              std::span<const std::byte> mine, clock::time_point deadline, Lost lost,
              Left left, bool excuses = false) {
        return run(by, in, group, mine, deadline, lost, left, excuses, next_turn(group));
    }
    // The last turn of a group, whatever turns its tasks had before: until all of them that are
    // not lost have come here.
    template <class Lost>
    void leave(endpoint& by, const cluster& in, const cluster_job& group, Lost lost) {
        const auto never = [](int) { return false; };
        run(by, in, group, {}, (clock::time_point::max)(), lost, never, true,
            {number_of(group) | std::uint64_t{1} << 62, 0});
    }
    // `lost` or `left` say something else from now on.
    void look_again() { ++changes_; }
    // A message of this kind, from the thread that polls.
    void on_message(endpoint& by, const delivery& message) {
        const std::lock_guard lock(mutex_);
        const turn_key key{message.key.plan, message.key.step};
        const auto table = tables_.find(key);
        const std::vector<std::byte> bytes(message.payload.data,
                                           message.payload.data + message.payload.size);
        if (message.key.edge != 0)
            tables_.try_emplace(key, bytes);
        else if (table == tables_.end())
            heard_[key][message.from] = bytes;
        else
            by.send(message.from, table_key(key), copy_of(table->second));
    }

private:
    using turn_key = std::pair<std::uint64_t, std::uint64_t>;  // group, turn
    static constexpr std::uint64_t absent = ~std::uint64_t{0};

    template <class Lost, class Left>
    texts run(endpoint& by, const cluster& in, const cluster_job& group,
              std::span<const std::byte> mine, clock::time_point deadline, Lost lost,
              Left left, bool excuses, const turn_key& key) {
        const message_key report{message_kind::barrier, key.first, key.second, 0};
        int collector = -1;
        std::string gone;
        // Looking at every task takes its time: done where it may find something new.
        std::size_t awaited = 0;
        std::uint64_t seen = ~std::uint64_t{0};
        const auto ended = [&] {
            const std::lock_guard lock(mutex_);
            if (tables_.contains(key)) return true;
            const bool may_be_all = collector == by.self() && heard_[key].size() >= awaited;
            const std::uint64_t now = changes_;
            if (!may_be_all && now == seen) return false;
            seen = now;
            std::vector<int> here;  // that can tell, or have told
            int first = -1;
            const int end = group.first_rank() + group.size();
            for (int rank = group.first_rank(); rank < end; ++rank) {
                if (std::string why = lost(rank); !why.empty()) {
                    gone = std::move(why);
                    continue;
                }
                const bool silent = left(rank);
                if (first < 0 && !silent) first = rank;
                if (!silent || heard_[key].contains(rank))
                    here.push_back(rank);
                else if (first == by.self() || first < 0)
                    gone = in.name_of(rank) + " has left";
            }
            if (!gone.empty() && !excuses) return true;
            awaited = here.size();
            if (collector != first) {
                collector = first;
                if (collector == by.self()) {
                    heard_[key][collector].assign(mine.begin(), mine.end());
                    watch(by, group);
                } else {
                    by.send(collector, report, copy_of(mine));
                }
            }
            return collector == by.self() && collect(by, group, key, here);
        };
        by.wait(ended, deadline);
        const std::lock_guard lock(mutex_);
        const auto table = tables_.find(key);
        if (table == tables_.end()) refuse(by, in, group, key, gone);
        texts out = read(table->second, group);
        tables_.erase(tables_.lower_bound({key.first, 0}), tables_.lower_bound(key));
        return out;
    }

    static std::uint64_t number_of(const cluster_job& group) {
        // Never the number of a plan, whose upper half is a rank: steps of plans are closed.
        constexpr std::uint64_t no_plan = std::uint64_t{1} << 63;
        return no_plan | static_cast<std::uint64_t>(group.first_rank()) << 32 |
               static_cast<std::uint64_t>(group.size());
    }
    // Who collects has to hear of the loss of any.
    static void watch(endpoint& by, const cluster_job& group) {
        for (int rank = group.first_rank(); rank < group.first_rank() + group.size(); ++rank)
            if (rank != by.self()) by.watch(rank);
    }
    turn_key next_turn(const cluster_job& group) {
        const std::uint64_t number = number_of(group);
        const std::lock_guard lock(mutex_);
        return {number, turns_[number]++};
    }
    static message_key table_key(const turn_key& key) {
        return {message_kind::barrier, key.first, key.second, 1};
    }

    // Makes the table once everybody that is left has told, and sends it to all of them.
    bool collect(endpoint& by, const cluster_job& group, const turn_key& key,
                 const std::vector<int>& here) {
        std::map<int, std::vector<std::byte>>& heard = heard_[key];
        for (int rank : here)
            if (!heard.contains(rank)) return false;
        std::vector<std::byte> table;
        for (int rank = group.first_rank(); rank < group.first_rank() + group.size(); ++rank) {
            const auto found = heard.find(rank);
            const std::uint64_t size = found == heard.end() ? absent : found->second.size();
            const auto* word = reinterpret_cast<const std::byte*>(&size);
            table.insert(table.end(), word, word + sizeof size);
            if (found != heard.end())
                table.insert(table.end(), found->second.begin(), found->second.end());
        }
        heard_.erase(key);
        const message_bytes message = copy_of(table);
        for (int rank : here)
            if (rank != by.self()) by.send(rank, table_key(key), message);
        tables_.emplace(key, std::move(table));
        return true;
    }
    static texts read(const std::vector<std::byte>& table, const cluster_job& group) {
        texts out;
        std::size_t at = 0;
        for (int i = 0; i < group.size(); ++i) {
            std::uint64_t size = 0;
            if (table.size() - at < sizeof size) break;
            std::memcpy(&size, table.data() + at, sizeof size);
            at += sizeof size;
            if (size == absent) {
                out.emplace_back();
                continue;
            }
            if (table.size() - at < size) break;
            const auto from = table.begin() + static_cast<std::ptrdiff_t>(at);
            out.emplace_back(std::in_place, from, from + static_cast<std::ptrdiff_t>(size));
            at += static_cast<std::size_t>(size);
        }
        if (out.size() != static_cast<std::size_t>(group.size()) || at != table.size())
            throw error(errc::internal, "what the tasks of '" + group.name() +
                                            "' told each other arrived damaged");
        return out;
    }
    [[noreturn]] void refuse(endpoint& by, const cluster& in, const cluster_job& group,
                             const turn_key& key, const std::string& gone) {
        if (!gone.empty()) throw error(errc::unavailable, gone);
        std::string missing;
        const auto heard = heard_.find(key);
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

    std::atomic<std::uint64_t> changes_{0};
    std::mutex mutex_;
    std::map<std::uint64_t, std::uint64_t> turns_;  // of each group
    std::map<turn_key, std::map<int, std::vector<std::byte>>> heard_;
    std::map<turn_key, std::vector<std::byte>> tables_;  // of the last turns
};

}  // namespace weft
