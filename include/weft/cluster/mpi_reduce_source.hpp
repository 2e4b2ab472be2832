// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Collective operations on MPI. all_reduce is our own up to 64 members, of sends and receives: each
// member adds up a slice, in the order of the members, and sends it to all. Its result does not
// depend on chance, elements of 16 bits need no operation of MPI's, and the non-blocking one of
// OpenMPI 4.1 takes a third longer than the blocking one. No memory but for what is not received
// into the result.
#pragma once

#include <weft/cluster/mpi.hpp>
#include <weft/cluster/reduce.hpp>
#include <weft/core/error.hpp>

#include <algorithm>
#include <climits>
#include <cstring>

namespace weft {

inline int mpi_transport::make_group(std::span<const int> ranks) {
    group made{{ranks.begin(), ranks.end()}};
    const auto place = std::find(ranks.begin(), ranks.end(), self_);
    if (place == ranks.end())
        throw_error(errc::invalid_argument, {"a group of tasks needs this one, rank ",
                                             std::to_string(self_), ", among its members"});
    made.self = static_cast<std::size_t>(place - ranks.begin());
    if (ranks.size() > max_own) {
        MPI_Group all = MPI_GROUP_NULL, some = MPI_GROUP_NULL;
        MPI_Comm_group(collective_comm_, &all);
        MPI_Group_incl(all, static_cast<int>(ranks.size()), ranks.data(), &some);
        const int code = MPI_Comm_create_group(collective_comm_, some, max_tag, &made.comm);
        MPI_Group_free(&some);
        MPI_Group_free(&all);
        if (code != MPI_SUCCESS)
            throw_error(errc::unavailable, {"MPI cannot make a group of tasks: ", mpi_text(code)});
        MPI_Comm_set_errhandler(made.comm, MPI_ERRORS_RETURN);
    }
    groups_.push_back(std::move(made));
    return static_cast<int>(groups_.size()) - 1;
}

// Operations that two tasks share, of whatever groups, begin in the same order on both: their
// number is what tells them apart. Two tags each.
inline int mpi_transport::next_tag(int peer) {
    int& next = collective_tags_[peer];
    const int tag = next;
    next = (next + 2) % max_tag;
    return tag;
}

namespace detail {

inline MPI_Datatype mpi_type(reduce_type type) {
    switch (type) {
        case reduce_type::f32: return MPI_FLOAT;
        case reduce_type::f64: return MPI_DOUBLE;
        case reduce_type::i8: return MPI_INT8_T;
        case reduce_type::u8: return MPI_UINT8_T;
        case reduce_type::i32: return MPI_INT32_T;
        case reduce_type::u32: return MPI_UINT32_T;
        case reduce_type::i64: return MPI_INT64_T;
        case reduce_type::u64: return MPI_UINT64_T;
        case reduce_type::f16:
        case reduce_type::bf16: break;
    }
    return MPI_DATATYPE_NULL;
}

inline MPI_Op mpi_op(reduce_op op) {
    switch (op) {
        case reduce_op::sum: return MPI_SUM;
        case reduce_op::min: return MPI_MIN;
        case reduce_op::max: return MPI_MAX;
        case reduce_op::prod: break;
    }
    return MPI_PROD;
}

}  // namespace detail

inline void mpi_transport::all_reduce(int number, reduce_type type, reduce_op op, const void* in,
                                      void* out, std::size_t count, std::uint64_t token) {
    const group& members = groups_[static_cast<std::size_t>(number)];
    operation& of = begin({operation::kind::collective, token});
    const MPI_Datatype known = detail::mpi_type(type);
    if (members.comm != MPI_COMM_NULL && known != MPI_DATATYPE_NULL) {
        const std::size_t width = size_of(type);
        for (std::size_t done = 0; done < count; done += max_chunk / width) {
            const std::size_t n = (std::min)(max_chunk / width, count - done);
            std::byte* const to = static_cast<std::byte*>(out) + done * width;
            const void* const from =
                in == out ? MPI_IN_PLACE : static_cast<const std::byte*>(in) + done * width;
            requests_.push_back(MPI_REQUEST_NULL);
            if (!check(of, MPI_Iallreduce(from, to, static_cast<int>(n), known, detail::mpi_op(op),
                                          members.comm, &requests_.back())))
                return;
        }
        return;
    }
    const std::size_t size = members.ranks.size();
    if (size == 1) {
        if (in != out && count != 0) std::memcpy(out, in, count * size_of(type));
        return;
    }
    of.reducing = std::make_unique<reduction>();
    reduction& work = *of.reducing;
    work.members = &members;
    work.type = type;
    work.op = op;
    work.in = static_cast<const std::byte*>(in);
    work.out = static_cast<std::byte*>(out);
    work.count = count;
    work.parts.resize(size);
    for (int rank : members.ranks) work.tags.push_back(rank == self_ ? 0 : next_tag(rank));
    exchange(of);
}

// Slices are whole cache lines, as far as they go.
inline mpi_transport::slice mpi_transport::slice_of(const reduction& of, std::size_t member) {
    const std::size_t line = 64 / size_of(of.type), size = of.members->ranks.size();
    const std::size_t each = ((of.count + size - 1) / size + line - 1) / line * line;
    const std::size_t first = (std::min)(of.count, each * member);
    return {first, (std::min)(of.count - first, each)};
}

// Each member sends all others their slices, and gets theirs of its own.
inline void mpi_transport::exchange(operation& of) {
    reduction& work = *of.reducing;
    const std::vector<int>& ranks = work.members->ranks;
    const std::size_t self = work.members->self, width = size_of(work.type);
    const slice mine = slice_of(work, self);
    // The first of the others is received where the result will be, if nothing is there.
    const std::size_t into_out = self == 0 ? 1 : 0;
    for (std::size_t from = 0; from < ranks.size(); ++from) {
        if (from == self) continue;
        std::byte* to = work.out + mine.first * width;
        if (work.in == work.out || from != into_out) {
            work.parts[from] = std::make_unique_for_overwrite<std::byte[]>(mine.count * width);
            to = work.parts[from].get();
        }
        receive_chunks(of, {to, mine.count * width}, ranks[from], work.tags[from],
                       collective_comm_);
    }
    for (std::size_t step = 1; step < ranks.size(); ++step) {
        const std::size_t to = (self + step) % ranks.size();
        const slice theirs = slice_of(work, to);
        send_chunks(of, {work.in + theirs.first * width, theirs.count * width}, ranks[to],
                    work.tags[to], collective_comm_);
    }
}

// The slice of all members, added in their order; the first two may change places.
inline void mpi_transport::reduce_slice(const reduction& work) {
    const std::size_t self = work.members->self;
    const slice mine = slice_of(work, self);
    const std::size_t at = mine.first * size_of(work.type), bytes = mine.count * size_of(work.type);
    if (bytes == 0) return;
    std::byte* const out = work.out + at;
    std::byte* sum = out;
    std::size_t held = self == 0 ? 1 : 0;  // whose slice is in sum
    if (work.in == work.out) {
        if (self > 1)
            sum = work.parts[0].get();
        else
            held = self;
    }
    for (std::size_t member = 0; member < work.parts.size(); ++member) {
        if (member == held) continue;
        const std::byte* const part = member == self ? work.in + at : work.parts[member].get();
        reduce_into(work.type, work.op, part, sum, mine.count);
    }
    if (sum != out) std::memcpy(out, sum, bytes);
}

inline void mpi_transport::spread(operation& of) {
    reduction& work = *of.reducing;
    reduce_slice(work);
    work.parts.clear();
    work.phase = 2;
    const std::vector<int>& ranks = work.members->ranks;
    const std::size_t self = work.members->self, width = size_of(work.type);
    const slice mine = slice_of(work, self);
    for (std::size_t step = 1; step < ranks.size(); ++step) {
        const std::size_t other = (self + step) % ranks.size();
        const slice theirs = slice_of(work, other);
        receive_chunks(of, {work.out + theirs.first * width, theirs.count * width}, ranks[other],
                       work.tags[other] + 1, collective_comm_);
        send_chunks(of, {work.out + mine.first * width, mine.count * width}, ranks[other],
                    work.tags[other] + 1, collective_comm_);
    }
}

inline void mpi_transport::all_gather(int number, const void* in, void* out, std::size_t bytes,
                                      std::uint64_t token) {
    const group& members = groups_[static_cast<std::size_t>(number)];
    operation& of = begin({operation::kind::collective, token});
    if (members.comm != MPI_COMM_NULL && bytes <= INT_MAX) {
        const int n = static_cast<int>(bytes);
        requests_.push_back(MPI_REQUEST_NULL);
        check(of,
              MPI_Iallgather(in, n, MPI_BYTE, out, n, MPI_BYTE, members.comm, &requests_.back()));
        return;
    }
    const std::span from(static_cast<const std::byte*>(in), bytes);
    std::byte* to = static_cast<std::byte*>(out);
    for (int rank : members.ranks) {
        if (rank == self_) {
            std::copy(from.begin(), from.end(), to);
        } else {
            const int tag = next_tag(rank);
            receive_chunks(of, {to, bytes}, rank, tag, collective_comm_);
            send_chunks(of, from, rank, tag, collective_comm_);
        }
        to += bytes;
    }
}

}  // namespace weft
