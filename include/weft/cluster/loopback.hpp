// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A cluster within one process: transports that hand everything over at once, in order, between
// threads. For tests and documentation, not for speed: all of it is under one mutex. A task can be
// killed; it is silent from then on, and the others are told, or have to find out.
#pragma once

#include <weft/cluster/transport.hpp>
#include <weft/config.hpp>

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <tuple>
#include <vector>

namespace weft {

class loopback_network {
public:
    explicit loopback_network(int tasks);
    ~loopback_network();
    loopback_network(const loopback_network&) = delete;
    loopback_network& operator=(const loopback_network&) = delete;

    int size() const { return static_cast<int>(tasks_.size()); }
    // The transport of a task: each for one thread at a time. Any thread may ask.
    transport& of(int rank);

    // Nothing leaves or reaches this task any more. If `tells`, the others' transports report it.
    void kill(int rank, bool tells = true);

private:
    class task;
    struct event {
        enum kind { frame, bulk, collective, failed } what;
        int from = 0;
        std::vector<std::byte> bytes{};
        std::uint64_t token = 0;
        bool ok = true;
    };
    struct bulk_end {
        std::uint64_t token;
        const std::byte* from;
        std::byte* to;
        std::size_t size;
        int owner;  // the rank whose operation this is
    };
    // Operations of the same route are for each other in their order.
    using route = std::tuple<int, int, int>;  // from, to, tag
    struct collective {
        bool reduces = true;
        reduce_type type{};
        reduce_op op{};
        std::size_t count = 0;
        struct part {
            const void* in;
            void* out;
            std::uint64_t token;
            bool is_here = false;
        };
        std::vector<part> parts;  // by member
        std::size_t here = 0;
    };
    struct group {
        std::vector<int> ranks;
        std::deque<collective> running;
        std::vector<std::size_t> started;  // by member, counted from the first one running
    };

    void meet(const route& by);
    void give(int rank, event&& what);
    void join_collective(int rank, int number, collective&& what, collective::part part);
    static void finish(const collective& of);

    std::mutex lock_;
    std::vector<std::unique_ptr<task>> tasks_;
    std::map<route, std::deque<bulk_end>> sends_, receives_;
    std::deque<group> groups_;
};

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/cluster/loopback_source.hpp>
#endif
