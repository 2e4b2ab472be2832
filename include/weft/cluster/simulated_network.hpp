// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A network that exists in time that does not pass: one thread, a seed, and a queue of what arrives
// when. Frames are delayed, overtake each other, come twice, get lost or damaged, and tasks die,
// all as the seed has it, so that what went wrong once goes wrong again. Whoever drives it asks for
// the next event and lets that task poll. Must not know what the bytes mean.
#pragma once

#include <weft/cluster/transport.hpp>
#include <weft/config.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <queue>
#include <tuple>
#include <vector>

namespace weft {

// Probabilities, each for one frame or one bulk operation; times in nanoseconds.
struct simulated_faults {
    std::int64_t least_delay = 1'000, most_delay = 1'000;
    double overtake = 0;   // a frame may pass those before it
    double duplicate = 0;  // a frame comes twice
    double lose = 0;
    double damage = 0;     // a bit of a frame is another
    double lose_bulk = 0;  // its receiver never hears of it
    double damage_bulk = 0;
};

class simulated_network {
public:
    simulated_network(int tasks, std::uint64_t seed, const simulated_faults& faults);
    ~simulated_network();
    simulated_network(const simulated_network&) = delete;
    simulated_network& operator=(const simulated_network&) = delete;

    int size() const { return static_cast<int>(tasks_.size()); }
    // The transport of a task. Has no collective operations: they throw unimplemented.
    transport& of(int rank);

    std::int64_t now() const { return now_; }
    // When the next event is; the largest number where there is none.
    std::int64_t next_event() const;
    // Passes the time until then, and the event to its task, whose rank this is: it has to poll.
    int take_event();
    // Passes the time until then, before which there is no event.
    void pass_until(std::int64_t time) { now_ = time; }

    // Nothing leaves or reaches this task any more; if `tells`, the others' transports report it.
    void kill(int rank, bool tells);
    bool is_dead(int rank) const;

    // What has been done to others' messages so far.
    struct harm {
        int lost = 0, damaged = 0, duplicated = 0;
    };
    const harm& done_to(int from, int to) const { return harm_[index_of(from, to)]; }

    // A number below n, of the same seed.
    std::uint64_t random(std::uint64_t n);
    bool happens(double probability);

private:
    class task;
    struct event {
        enum class kind { frame, bulk, failed } what = kind::frame;
        int to = 0, from = 0;
        std::vector<std::byte> bytes{};
        std::uint64_t token = 0;
        bool ok = true;
    };
    struct timed {
        std::int64_t time;
        std::uint64_t order;
        std::size_t number;  // in events_
        bool operator<(const timed& other) const {
            return std::tie(time, order) > std::tie(other.time, other.order);
        }
    };
    struct bulk_end {
        std::uint64_t token;
        const std::byte* from;
        std::byte* to;
        std::size_t size;
        int owner;
    };
    using route = std::tuple<int, int, int>;  // from, to, tag

    std::size_t index_of(int from, int to) const {
        return static_cast<std::size_t>(from) * tasks_.size() + static_cast<std::size_t>(to);
    }
    std::int64_t delayed(int from, int to, bool in_order);
    void schedule(std::int64_t time, event&& what);
    void send_frame(event&& frame);
    void meet(const route& by);

    const simulated_faults faults_;
    std::uint64_t state_;
    std::int64_t now_ = 0;
    std::uint64_t order_ = 0;
    std::vector<std::unique_ptr<task>> tasks_;
    std::priority_queue<timed> queue_;
    std::vector<event> events_;
    std::vector<std::size_t> free_events_;
    std::vector<std::int64_t> last_;  // by pair: when the last frame in order arrives
    std::vector<harm> harm_;          // by pair
    std::map<route, std::vector<bulk_end>> sends_, receives_;
};

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/cluster/simulated_network_source.hpp>
#endif
