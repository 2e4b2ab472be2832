// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Clusters on MPI, 3.1 or later: the one file that includes <mpi.h>. An engine initialises MPI if
// nobody has, knows who this process is, and is the transport of an endpoint. One thread at a time
// calls MPI. Where MPI can survive the loss of a process (ULFM), losses are told as they are found;
// elsewhere heartbeats find them. Nothing waits without end, ending least of all: after a loss the
// process leaves MPI as it is, and mpirun ends the job.
#pragma once

// The C++ bindings of MPI 2 are gone from the standard, and cost half a second to compile.
#if !defined(OMPI_SKIP_MPICXX)
#define OMPI_SKIP_MPICXX 1
#endif
#if !defined(MPICH_SKIP_MPICXX)
#define MPICH_SKIP_MPICXX 1
#endif
#include <mpi.h>
#if __has_include(<mpi-ext.h>)
#include <mpi-ext.h>
#endif

#include <weft/cluster/spec.hpp>
#include <weft/cluster/transport.hpp>
#include <weft/config.hpp>

#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#if defined(MPIX_ERR_PROC_FAILED)
#define WEFT_MPI_SURVIVES 1
#else
#define WEFT_MPI_SURVIVES 0
#endif

namespace weft {

// What MPI says of an error.
inline std::string mpi_text(int code) {
    char text[MPI_MAX_ERROR_STRING] = "";
    int length = 0;
    MPI_Error_string(code, text, &length);
    return {text, static_cast<std::size_t>(length)};
}

// The transport of a communicator, which is duplicated. Frames are received in their order into a
// ring of buffers; what is on its way otherwise is tested all at once.
class mpi_transport final : public transport {
public:
    explicit mpi_transport(MPI_Comm of);
    mpi_transport(const mpi_transport&) = delete;
    mpi_transport& operator=(const mpi_transport&) = delete;
    ~mpi_transport() override;

    int self() const override { return self_; }
    int size() const override { return size_; }
    bool serves_threads() const override { return serves_threads_; }
    void post(int to, std::span<const std::byte> header,
              std::span<const std::byte> payload) override;
    void bulk_send(int to, int tag, std::span<const std::byte> bytes, std::uint64_t token) override;
    void bulk_receive(int from, int tag, std::span<std::byte> bytes, std::uint64_t token) override;
    void cancel_receive(std::uint64_t token) override;
    bool poll(transport_events& events) override;
    void give_up(int peer) override;
    // Waits for the members where they are more than max_own; else it is a matter of this task
    // alone.
    int make_group(std::span<const int> ranks) override;
    // In the order of the members, whatever MPI would do, up to max_own members.
    void all_reduce(int group, reduce_type type, reduce_op op, const void* in, void* out,
                    std::size_t count, std::uint64_t token) override;
    void all_gather(int group, const void* in, void* out, std::size_t bytes,
                    std::uint64_t token) override;

    // Whether a peer is known to be gone, so that nothing collective can end.
    bool has_loss() const { return has_loss_; }
    // Lets go of what MPI holds, and waits for the others, until the deadline; false if they did
    // not come, or something is still on its way.
    bool close(std::chrono::steady_clock::time_point deadline);

private:
    static constexpr int frame_tag = 0;
    static constexpr std::size_t ring_size = 32;
    // MPI copies a chunk in one go, and nothing else meanwhile.
    static constexpr std::size_t max_chunk = std::size_t{64} << 20;
    static constexpr std::size_t max_own = 64;  // members

    struct ring_slot {
        MPI_Request request = MPI_REQUEST_NULL;
        std::unique_ptr<std::byte[]> bytes;
    };
    struct group {
        std::vector<int> ranks;
        std::size_t self = 0;           // the place of this task in it
        MPI_Comm comm = MPI_COMM_NULL;  // of a group of more than max_own
    };
    // An all_reduce: each member reduces a slice of what all send it, then sends that to all.
    struct reduction {
        const group* members = nullptr;
        std::vector<int> tags{};  // by member
        int phase = 1;
        reduce_type type{};
        reduce_op op{};
        const std::byte* in = nullptr;
        std::byte* out = nullptr;
        std::size_t count = 0;
        std::vector<std::unique_ptr<std::byte[]>> parts{};  // by member, but what out receives
    };
    // What one or more requests are for.
    struct operation {
        enum class kind { frame, send, receive, collective } what = kind::frame;
        std::uint64_t token = 0;
        int peer = -1;
        int left = 0;  // requests
        bool ok = true, is_cancelled = false;
        // Of a bulk operation: what is left to be sent or received after the requests.
        std::byte* next = nullptr;
        std::size_t rest = 0;
        int tag = 0;
        std::unique_ptr<std::byte[]> frame{};  // one that is being sent
        std::unique_ptr<reduction> reducing{};
    };

    void arm(ring_slot& slot);
    bool poll_ring(transport_events& events);
    bool poll_requests(transport_events& events);
    void end(std::unique_ptr<operation> of, transport_events& events);
    void note(int code, int peer);
    void note_losses();
    void tell_losses(transport_events& events);
    bool check(operation& of, int code);

    operation& begin(operation&& what);
    void go_on(operation& of);
    void send_chunks(operation& of, std::span<const std::byte> bytes, int to, int tag,
                     MPI_Comm comm);
    void receive_chunks(operation& of, std::span<std::byte> bytes, int from, int tag,
                        MPI_Comm comm);
    struct slice {
        std::size_t first, count;
    };
    static slice slice_of(const reduction& of, std::size_t member);
    void exchange(operation& of);
    static void reduce_slice(const reduction& of);
    int next_tag(int peer);
    void spread(operation& of);

    MPI_Comm comm_ = MPI_COMM_NULL, collective_comm_ = MPI_COMM_NULL;
    int self_ = 0, size_ = 0;
    ring_slot ring_[ring_size];
    std::size_t head_ = 0;
    std::unique_ptr<std::byte[]> spare_;
    std::vector<std::unique_ptr<std::byte[]>> free_frames_;

    std::vector<MPI_Request> requests_;
    std::vector<operation*> owners_;  // of each request
    std::vector<std::unique_ptr<operation>> operations_;
    std::vector<std::unique_ptr<operation>> ended_;  // to be told
    std::vector<int> indices_;
    std::vector<MPI_Status> statuses_;

    std::deque<group> groups_;
    std::unordered_map<int, int> collective_tags_;  // by peer
    bool has_loss_ = false, serves_threads_ = false;
    std::vector<std::pair<int, std::string>> losses_;  // to be told
    std::vector<int> told_;
};

// MPI for a program: made at the beginning of main, on the thread that began. Two at a time are one
// too many.
class mpi_engine {
public:
    // Initialises MPI, if nobody has, for several threads that take turns.
    mpi_engine(int& argc, char**& argv);
    mpi_engine(const mpi_engine&) = delete;
    mpi_engine& operator=(const mpi_engine&) = delete;
    // Finalises what it initialised, unless a peer is lost, does not come within `patience`, or an
    // exception passes through here: then mpirun ends the job.
    ~mpi_engine();

    int rank() const { return transport_->self(); }
    int size() const { return transport_->size(); }

    // The cluster that was started: the jobs that processes name with --job=NAME, in the order of
    // ranks; without a name, job0, job1 and so on by the parts of mpirun's command line.
    // invalid_argument where ranks of a job are not next to each other.
    weft::cluster cluster_from_args() const;
    // This cluster; invalid_argument where another number of processes was started.
    weft::cluster cluster(const cluster_spec& spec) const;

    mpi_transport& transport() { return *transport_; }

    // How long ending waits for the others.
    std::chrono::nanoseconds patience = std::chrono::seconds(20);

private:
    std::unique_ptr<mpi_transport> transport_;
    std::string job_;  // of --job
    bool is_ours_ = false;
    int exceptions_ = 0;
};

}  // namespace weft

#include <weft/cluster/mpi_engine_source.hpp>
#include <weft/cluster/mpi_reduce_source.hpp>
#include <weft/cluster/mpi_transport_source.hpp>
