// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A task's end of the cluster: the protocol on a transport, for any number of threads. Whoever
// waits polls, one thread at a time; a background thread polls while nobody does. Nothing here
// waits for another thread: what cannot be done at once is left to the one that polls.
#pragma once

#include <weft/cluster/message.hpp>
#include <weft/cluster/protocol_driver.hpp>
#include <weft/cluster/transport.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace weft {

struct endpoint_options {
    std::chrono::nanoseconds heartbeat = std::chrono::milliseconds(500);
    std::chrono::nanoseconds dead_after = std::chrono::seconds(3);
    std::chrono::nanoseconds start_within = std::chrono::seconds(60);  // for a peer's first sign
    std::size_t eager_bytes = 8192;                                    // at most 8192
    std::size_t memory_budget = std::size_t{1} << 30;  // of large messages on their way here
    std::uint32_t transfers_per_peer = 4;
    std::size_t max_kept_memory = std::size_t{256} << 20;  // of received messages, for later ones
    bool sum_large = false;                                // checksums of large messages, too
    std::uint64_t incarnation = 0;  // 0: a random one, with the number below
    std::uint16_t number = 0;       // among those that use the transport one after the other
    int watch_all_up_to = 64;  // tasks: then heartbeats go between all from the start
    // Tasks take turns on one thread, as in a simulator: who waits polls without a pause, and
    // nothing polls otherwise.
    bool shares_thread = false;
};

// Who receives. Called by the thread that polls, one call at a time; may send, must not wait or
// throw.
class message_handler {
public:
    virtual void on_delivery(delivery&& message) = 0;
    // Nothing comes from that peer any more. Once a peer.
    virtual void on_loss(int peer, const std::string& reason) = 0;
    // A message was damaged and dropped; `key` is what could be read of it.
    virtual void on_corrupt(int peer, const message_key& key, const std::string& reason) = 0;

protected:
    ~message_handler() = default;
};

enum class collective_state { pending, done, failed };

class endpoint {
public:
    using clock = std::chrono::steady_clock;

    // The transport is the endpoint's alone until its end.
    explicit endpoint(transport& engine, const endpoint_options& options = {});
    endpoint(const endpoint&) = delete;
    endpoint& operator=(const endpoint&) = delete;
    // Waits for nobody; what has not been sent may be lost, see flush.
    ~endpoint();

    int self() const { return self_; }
    int size() const { return size_; }
    std::uint64_t incarnation() const { return incarnation_; }

    // What has arrived before is told then. Null: nobody, from the next poll on.
    void receive_by(message_handler* handler);

    // Any thread. Bytes that are not needed any more are dropped. Messages may overtake each other,
    // but those up to eager_bytes do not overtake each other on MPI.
    void send(int to, const message_key& key, message_bytes bytes);

    // Takes what has come; whether there was anything but heartbeats. False at once where another
    // thread polls.
    bool poll();

    // Polls until done() or the deadline; the last done(). Not from a handler.
    template <class Done>
    bool wait(Done done, clock::time_point deadline) {
        waiting here(*this);
        while (!done())
            if (!here.step(deadline)) return done();
        return true;
    }
    // Until nothing of this task's waits to be sent or granted.
    bool flush(clock::time_point deadline);

    // Messages of this step that come later are dropped. One that is being delivered by another
    // thread still comes: the handler is the one to know.
    void close_step(std::uint64_t plan, std::uint64_t step);
    // Exchanges heartbeats with this peer from now on, even if nothing is sent.
    void watch(int peer);
    // Those that heartbeats are exchanged with, and those that are lost.
    std::vector<int> peers();

    // Polls while nobody else does, until stop_background(), unless it shares_thread;
    // failed_precondition where the engine serves one thread only.
    void start_background();
    void stop_background();

    // Groups for collective operations: see transport.hpp. Made at the start, before others wait.
    int group(std::span<const int> ranks);
    // Start an operation; it has ended once state(token) says so. `keep` is kept alive until then,
    // or for good where a member is lost: the engine may still use the memory.
    std::uint64_t all_reduce(int group, reduce_type type, reduce_op op, const void* in, void* out,
                             std::size_t count, std::shared_ptr<const void> keep = {});
    std::uint64_t all_gather(int group, const void* in, void* out, std::size_t bytes,
                             std::shared_ptr<const void> keep = {});
    collective_state state(std::uint64_t token) const;
    bool done(std::uint64_t token) const { return state(token) != collective_state::pending; }

    protocol_statistics statistics();

private:
    struct collective {
        std::uint64_t token = 0;
        int group = 0;
        bool reduces = false, failed = false;
        reduce_type type{};
        reduce_op op{};
        const void* in = nullptr;
        void* out = nullptr;
        std::size_t count = 0;
        std::shared_ptr<const void> keep{};
    };
    struct command {
        enum class kind { message, closing, watching, collective } what = kind::message;
        int to = 0;
        message_key key{};
        message_bytes bytes{};
        collective of{};
    };

    // A thread that waits, and how long nothing has come.
    class waiting {
    public:
        explicit waiting(endpoint& of);
        ~waiting();
        // One poll, and a pause where nothing came; false after the deadline.
        bool step(clock::time_point deadline);

    private:
        endpoint& of_;
        clock::time_point last_;  // when something came
    };

    bool try_own();
    void release();
    bool owns() const;
    void submit(command&& what);
    void carry_out(command& what);
    void drain();
    void tell();
    void end_collectives();
    void fail_collectives(int peer);
    std::uint64_t start(collective&& what);
    void run_background();
    static std::int64_t now();

    const int self_, size_;
    const std::uint64_t incarnation_;
    const std::size_t eager_bytes_;
    const bool shares_thread_;
    std::unique_ptr<protocol_driver> driver_;  // of the thread that owns
    std::atomic<message_handler*> handler_{nullptr};
    std::vector<arrival> telling_;

    std::atomic<bool> busy_{false};  // pairs with inbox_count_, see release()
    std::atomic<const void*> owner_{nullptr};
    std::atomic<std::size_t> inbox_count_{0};
    std::mutex inbox_lock_;
    std::vector<command> inbox_;
    std::vector<command> taken_;  // of the thread that owns

    mutable std::mutex collectives_lock_;
    std::vector<collective> collectives_;  // those that have not ended
    std::vector<std::uint64_t> failed_;
    std::vector<std::vector<int>> groups_;
    std::uint64_t next_token_ = 1;

    std::atomic<int> waiting_{0};
    std::atomic<bool> is_moving_{false};  // large transfers or reductions are under way
    std::mutex background_lock_;
    std::condition_variable background_wakes_;
    bool background_stops_ = false, background_has_work_ = false;
    std::thread background_;
};

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/cluster/endpoint_source.hpp>
#endif
