// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How frames and bytes go through MPI. Receives of frames match in the order in which they were
// posted, so only the oldest is tested, and it is posted again before its frame is looked at. What
// else is on its way is in one list of requests; a request in it is in use until it was told to be
// complete, whatever its value. Not compiled separately: programs that need it include mpi.hpp.
#pragma once

#include <weft/cluster/mpi.hpp>

#include <algorithm>
#include <cstring>

namespace weft {

inline mpi_transport::mpi_transport(MPI_Comm of) {
    MPI_Comm_dup(of, &comm_);
    MPI_Comm_dup(of, &collective_comm_);
    MPI_Comm_set_errhandler(comm_, MPI_ERRORS_RETURN);
    MPI_Comm_set_errhandler(collective_comm_, MPI_ERRORS_RETURN);
    int level = MPI_THREAD_SINGLE;
    MPI_Query_thread(&level);
    serves_threads_ = level >= MPI_THREAD_SERIALIZED;
    MPI_Comm_rank(comm_, &self_);
    MPI_Comm_size(comm_, &size_);
    spare_ = std::make_unique_for_overwrite<std::byte[]>(max_frame);
    for (ring_slot& slot : ring_) {
        slot.bytes = std::make_unique_for_overwrite<std::byte[]>(max_frame);
        arm(slot);
    }
}

// Memory that MPI may still use is left to it, for good.
inline mpi_transport::~mpi_transport() {
    if (comm_ == MPI_COMM_NULL) return;
    static_cast<void>(new std::vector<std::shared_ptr<const void>>(std::move(kept_)));
    for (ring_slot& slot : ring_)
        if (slot.request != MPI_REQUEST_NULL) static_cast<void>(slot.bytes.release());
    for (std::unique_ptr<operation>& of : operations_) static_cast<void>(of.release());
}

inline void mpi_transport::arm(ring_slot& slot) {
    MPI_Irecv(slot.bytes.get(), static_cast<int>(max_frame), MPI_BYTE, MPI_ANY_SOURCE, frame_tag,
              comm_, &slot.request);
}

inline void mpi_transport::post(int to, std::span<const std::byte> header,
                                std::span<const std::byte> payload) {
    std::unique_ptr<std::byte[]> frame;
    if (free_frames_.empty()) {
        frame = std::make_unique_for_overwrite<std::byte[]>(max_frame);
    } else {
        frame = std::move(free_frames_.back());
        free_frames_.pop_back();
    }
    std::memcpy(frame.get(), header.data(), header.size());
    if (!payload.empty()) std::memcpy(frame.get() + header.size(), payload.data(), payload.size());
    MPI_Request request = MPI_REQUEST_NULL;
    int is_sent = 0;
    int code = MPI_Isend(frame.get(), static_cast<int>(header.size() + payload.size()), MPI_BYTE,
                         to, frame_tag, comm_, &request);
    if (code == MPI_SUCCESS) code = MPI_Test(&request, &is_sent, MPI_STATUS_IGNORE);
    if (code != MPI_SUCCESS) return note(code, to);
    if (is_sent != 0) {
        free_frames_.push_back(std::move(frame));
        return;
    }
    operation& of = begin({operation::kind::frame, 0, to});
    of.frame = std::move(frame);
    of.left = 1;
    requests_.push_back(request);
    owners_.push_back(&of);
}

inline mpi_transport::operation& mpi_transport::begin(operation&& what) {
    operations_.push_back(std::make_unique<operation>(std::move(what)));
    return *operations_.back();
}

// Whether a request was started.
inline bool mpi_transport::check(operation& of, int code) {
    if (code == MPI_SUCCESS) {
        ++of.left;
        owners_.push_back(&of);
        return true;
    }
    of.ok = false;
    requests_.pop_back();
    note(code, of.peer);
    return false;
}

inline void mpi_transport::send_chunks(operation& of, std::span<const std::byte> bytes, int to,
                                       int tag, MPI_Comm comm) {
    for (std::size_t done = 0; done < bytes.size(); done += max_chunk) {
        const std::size_t n = (std::min)(max_chunk, bytes.size() - done);
        requests_.push_back(MPI_REQUEST_NULL);
        if (!check(of, MPI_Isend(bytes.data() + done, static_cast<int>(n), MPI_BYTE, to, tag, comm,
                                 &requests_.back())))
            return;
    }
}
inline void mpi_transport::receive_chunks(operation& of, std::span<std::byte> bytes, int from,
                                          int tag, MPI_Comm comm) {
    for (std::size_t done = 0; done < bytes.size(); done += max_chunk) {
        const std::size_t n = (std::min)(max_chunk, bytes.size() - done);
        requests_.push_back(MPI_REQUEST_NULL);
        if (!check(of, MPI_Irecv(bytes.data() + done, static_cast<int>(n), MPI_BYTE, from, tag,
                                 comm, &requests_.back())))
            return;
    }
}

// Two chunks at a time, so that heartbeats pass between them.
inline void mpi_transport::go_on(operation& of) {
    while (of.ok && !of.is_cancelled && of.rest != 0 && of.left < 2) {
        const std::size_t n = (std::min)(max_chunk, of.rest);
        if (of.what == operation::kind::send)
            send_chunks(of, {of.next, n}, of.peer, of.tag, comm_);
        else
            receive_chunks(of, {of.next, n}, of.peer, of.tag, comm_);
        of.next += n;
        of.rest -= n;
    }
}

inline void mpi_transport::bulk_send(int to, int tag, std::span<const std::byte> bytes,
                                     std::uint64_t token) {
    operation& of = begin({operation::kind::send, token, to});
    of.next = const_cast<std::byte*>(bytes.data());  // only read
    of.rest = bytes.size();
    of.tag = tag;
    go_on(of);
}
inline void mpi_transport::bulk_receive(int from, int tag, std::span<std::byte> bytes,
                                        std::uint64_t token) {
    operation& of = begin({operation::kind::receive, token, from});
    of.next = bytes.data();
    of.rest = bytes.size();
    of.tag = tag;
    go_on(of);
}

inline void mpi_transport::cancel_receive(std::uint64_t token) {
    for (std::unique_ptr<operation>& of : operations_)
        if (of->what == operation::kind::receive && of->token == token) of->is_cancelled = true;
    for (std::size_t i = 0; i < requests_.size(); ++i) {
        operation& of = *owners_[i];
        if (of.what != operation::kind::receive || of.token != token) continue;
        if (requests_[i] != MPI_REQUEST_NULL) MPI_Cancel(&requests_[i]);
    }
}

inline bool mpi_transport::poll(transport_events& events) {
    bool progress = poll_ring(events);
    if (!operations_.empty()) progress = poll_requests(events) || progress;
    if (!losses_.empty()) {
        tell_losses(events);
        progress = true;
    }
    return progress;
}

inline bool mpi_transport::poll_ring(transport_events& events) {
    int taken = 0;
    for (; taken < 16; ++taken) {
        ring_slot& slot = ring_[head_];
        MPI_Status status;
        int is_here = 0;
        const int code = MPI_Test(&slot.request, &is_here, &status);
        if (code != MPI_SUCCESS) {
            note(code, -1);
            // A receive from anybody goes on once the loss was acknowledged.
            if (slot.request == MPI_REQUEST_NULL) arm(slot);
            break;
        }
        if (is_here == 0) break;
        int size = 0;
        MPI_Get_count(&status, MPI_BYTE, &size);
        std::swap(slot.bytes, spare_);
        arm(slot);
        head_ = (head_ + 1) % ring_size;
        events.on_frame(status.MPI_SOURCE, {spare_.get(), static_cast<std::size_t>(size)});
    }
    return taken != 0;
}

inline bool mpi_transport::poll_requests(transport_events& events) {
    int ended = 0;
    if (!requests_.empty()) {
        indices_.resize(requests_.size());
        statuses_.resize(requests_.size());
        const int code = MPI_Testsome(static_cast<int>(requests_.size()), requests_.data(), &ended,
                                      indices_.data(), statuses_.data());
        if (ended == MPI_UNDEFINED) ended = 0;
        if (code != MPI_SUCCESS && code != MPI_ERR_IN_STATUS) note(code, -1);
        for (int i = 0; i < ended; ++i) {
            const auto number = static_cast<std::size_t>(indices_[static_cast<std::size_t>(i)]);
            const MPI_Status& status = statuses_[static_cast<std::size_t>(i)];
            operation& of = *owners_[number];
            --of.left;
            owners_[number] = nullptr;
            int is_cancelled = 0;
            if (of.is_cancelled) MPI_Test_cancelled(&status, &is_cancelled);
            if (is_cancelled != 0 || (of.is_cancelled && of.rest != 0)) of.ok = false;
            if (code == MPI_ERR_IN_STATUS && status.MPI_ERROR != MPI_SUCCESS) {
                of.ok = false;
                note(status.MPI_ERROR, of.peer);
            }
            go_on(of);
        }
        std::size_t kept = 0;
        for (std::size_t i = 0; i < requests_.size(); ++i) {
            if (owners_[i] == nullptr) continue;
            requests_[kept] = requests_[i];
            owners_[kept++] = owners_[i];
        }
        requests_.resize(kept);
        owners_.resize(kept);
    }
    // Events may begin operations.
    const auto running =
        std::stable_partition(operations_.begin(), operations_.end(),
                              [](const std::unique_ptr<operation>& of) { return of->left != 0; });
    ended_.insert(ended_.end(), std::make_move_iterator(running),
                  std::make_move_iterator(operations_.end()));
    operations_.erase(running, operations_.end());
    std::vector<std::unique_ptr<operation>> telling;
    telling.swap(ended_);
    for (std::unique_ptr<operation>& of : telling) end(std::move(of), events);
    return ended != 0 || !telling.empty();
}

inline void mpi_transport::end(std::unique_ptr<operation> of, transport_events& events) {
    switch (of->what) {
        case operation::kind::frame:
            if (of->frame != nullptr) free_frames_.push_back(std::move(of->frame));
            return;
        case operation::kind::send:
        case operation::kind::receive: return events.on_bulk_done(of->token, of->ok);
        case operation::kind::collective: break;
    }
    if (of->reducing != nullptr && of->ok && of->reducing->phase == 1) {
        operations_.push_back(std::move(of));
        return spread(*operations_.back());
    }
    events.on_collective_done(of->token, of->ok);
}

inline void mpi_transport::give_up(int peer) {
    has_loss_ = true;
    told_.push_back(peer);
}

// An error of MPI's. What kind of loss it is can be asked with ULFM; without, what failed with one
// peer is the loss of that peer.
inline void mpi_transport::note(int code, int peer) {
#if WEFT_MPI_SURVIVES
    int kind = 0;
    MPI_Error_class(code, &kind);
    if (kind == MPIX_ERR_PROC_FAILED || kind == MPIX_ERR_PROC_FAILED_PENDING) {
        MPI_Group gone = MPI_GROUP_NULL, all = MPI_GROUP_NULL;
        MPIX_Comm_failure_ack(comm_);
        MPIX_Comm_failure_get_acked(comm_, &gone);
        MPI_Comm_group(comm_, &all);
        int count = 0;
        MPI_Group_size(gone, &count);
        for (int i = 0; i < count; ++i) {
            int rank = MPI_UNDEFINED;
            MPI_Group_translate_ranks(gone, 1, &i, all, &rank);
            if (rank != MPI_UNDEFINED) losses_.emplace_back(rank, "its process has ended");
        }
        MPI_Group_free(&gone);
        MPI_Group_free(&all);
        return;
    }
#endif
    if (peer >= 0) losses_.emplace_back(peer, "MPI says: " + mpi_text(code));
}

inline void mpi_transport::tell_losses(transport_events& events) {
    std::vector<std::pair<int, std::string>> telling;
    telling.swap(losses_);
    for (const auto& [peer, reason] : telling) {
        has_loss_ = true;
        if (std::find(told_.begin(), told_.end(), peer) != told_.end()) continue;
        told_.push_back(peer);
        events.on_peer_failed(peer, reason.c_str());
    }
}

inline bool mpi_transport::close(std::chrono::steady_clock::time_point deadline) {
    if (comm_ == MPI_COMM_NULL) return true;
    if (has_loss_) return false;
    // Sends that are under way, then everybody.
    MPI_Request everybody = MPI_REQUEST_NULL;
    MPI_Ibarrier(comm_, &everybody);
    int are_here = 0, are_sent = 0;
    while (are_here == 0 || are_sent == 0) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        if (MPI_Test(&everybody, &are_here, MPI_STATUS_IGNORE) != MPI_SUCCESS) return false;
        if (MPI_Testall(static_cast<int>(requests_.size()), requests_.data(), &are_sent,
                        MPI_STATUSES_IGNORE) != MPI_SUCCESS)
            return false;
        // What others still send is taken, lest they wait for it.
        int is_here = 0;
        if (MPI_Test(&ring_[head_].request, &is_here, MPI_STATUS_IGNORE) != MPI_SUCCESS)
            return false;
        if (is_here == 0) continue;
        arm(ring_[head_]);
        head_ = (head_ + 1) % ring_size;
    }
    requests_.clear();
    operations_.clear();
    for (ring_slot& slot : ring_) {
        if (slot.request == MPI_REQUEST_NULL) continue;
        MPI_Cancel(&slot.request);
        MPI_Wait(&slot.request, MPI_STATUS_IGNORE);
    }
    for (group& of : groups_)
        if (of.comm != MPI_COMM_NULL) MPI_Comm_free(&of.comm);
    MPI_Comm_free(&collective_comm_);
    MPI_Comm_free(&comm_);
    return true;
}

}  // namespace weft
