// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What carries bytes between the tasks of a cluster: the interface to an engine such as MPI.
// Nothing in it waits but make_group. One thread at a time may be in a transport; whoever sees to
// that may be another thread each time. Must not know what the bytes mean.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace weft {

// Elements and operations of all_reduce.
enum class reduce_type : unsigned char { f32, f64, f16, bf16, i8, u8, i32, u32, i64, u64 };
enum class reduce_op : unsigned char { sum, min, max, prod };

// Bytes of an element.
constexpr std::size_t size_of(reduce_type type) {
    constexpr unsigned char sizes[] = {4, 8, 2, 2, 1, 1, 4, 4, 8, 8};
    return sizes[static_cast<unsigned char>(type)];
}

// What poll() tells. Functions of the transport may be called from within, but not poll().
class transport_events {
public:
    // A frame; its bytes are there until this returns.
    virtual void on_frame(int from, std::span<const std::byte> frame) = 0;
    // The memory of a bulk operation is free again; `ok` is false if its bytes did not arrive.
    virtual void on_bulk_done(std::uint64_t token, bool ok) = 0;
    // The same of a collective operation.
    virtual void on_collective_done(std::uint64_t token, bool ok) = 0;
    // The engine itself knows that a peer is gone. At most once a peer.
    virtual void on_peer_failed(int peer, const char* reason) = 0;

protected:
    ~transport_events() = default;
};

class transport {
public:
    virtual ~transport() = default;

    virtual int self() const = 0;
    virtual int size() const = 0;

    // Whether that one thread may be another each time.
    virtual bool serves_threads() const { return true; }

    // Sends a frame, header and payload together at most max_frame bytes, which are copied.
    static constexpr std::size_t max_frame = 64 + 8192;
    virtual void post(int to, std::span<const std::byte> header,
                      std::span<const std::byte> payload) = 0;

    // Sends or receives bytes of any number, without a header. Operations with the same peer and
    // tag are for each other in their order; tags are in [1, max_tag]. The memory is the
    // transport's until on_bulk_done(token), which always comes for a receive that was cancelled;
    // for a send to a peer that is gone it may never come.
    static constexpr int max_tag = 32766;
    virtual void bulk_send(int to, int tag, std::span<const std::byte> bytes,
                           std::uint64_t token) = 0;
    virtual void bulk_receive(int from, int tag, std::span<std::byte> bytes,
                              std::uint64_t token) = 0;
    virtual void cancel_receive(std::uint64_t token) = 0;

    // Tells what has happened; false if nothing has.
    virtual bool poll(transport_events& events) = 0;

    // Memory of operations that nobody waits for any more: kept as long as the engine may use it.
    void keep(std::shared_ptr<const void> memory) { kept_.push_back(std::move(memory)); }

    // Endpoints that use a transport one after the other have numbers: tasks begin the next one at
    // different times, and what it sends must not reach the one before it elsewhere. Frames of
    // later ones are kept for them. Like all here for one caller at a time.
    struct kept_frame {
        int from;
        std::vector<std::byte> bytes;
    };
    void keep_frame(int from, std::span<const std::byte> frame) {
        early_.push_back({from, {frame.begin(), frame.end()}});
    }
    std::vector<kept_frame> take_kept_frames() { return std::exchange(early_, {}); }

    // The number of a server that uses this transport alone until end_use(); none while another
    // does. Any thread.
    std::optional<std::uint16_t> begin_use() {
        if (is_used_.exchange(true)) return std::nullopt;
        return uses_++;
    }
    void end_use() { is_used_ = false; }

    // Others have found out that this peer is gone: shutting down must not wait for it.
    virtual void give_up(int peer) = 0;

    // Makes a group of these ranks, self among them, which all of them call with the same list, in
    // the same order as other groups that they share. May wait for them.
    virtual int make_group(std::span<const int> ranks) = 0;

    // Collective among the members of a group, which call the same in the same order. in and out
    // are the same memory or do not overlap, and are the transport's until on_collective_done.
    virtual void all_reduce(int group, reduce_type type, reduce_op op, const void* in, void* out,
                            std::size_t count, std::uint64_t token) = 0;
    // `out` gets `bytes` of each member, in the order of the group.
    virtual void all_gather(int group, const void* in, void* out, std::size_t bytes,
                            std::uint64_t token) = 0;

protected:
    std::vector<std::shared_ptr<const void>> kept_;

private:
    std::vector<kept_frame> early_;
    std::atomic<bool> is_used_{false};
    std::uint16_t uses_ = 0;
};

}  // namespace weft
