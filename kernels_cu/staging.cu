// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include "staging.hpp"

#include <weft/runtime/stop_state.hpp>

#include <algorithm>
#include <cstring>

namespace weft::cuda {

// Most waits are short: a look at the event takes less than being woken. Then the thread sleeps
// until the driver's interrupt. A thread that polled for all of them would look as often for every
// waiting one as this does for its own, and still would have to wake it; and it would take a core
// from the kernels of the CPU while a long run goes on.
cudaError_t wait_for(const event& of) noexcept {
    constexpr std::int64_t patience_ns = 50'000;
    const std::int64_t end = stop_state::now_ns() + patience_ns;
    do {
        const cudaError_t state = cudaEventQuery(of.get());
        if (state != cudaErrorNotReady) return state;
        for (int i = 0; i < 16; ++i) relax_core();
    } while (stop_state::now_ns() < end);
    static_cast<void>(cudaGetLastError());  // that it was not ready
    return cudaEventSynchronize(of.get());
}

cudaError_t upload_staging::take(std::size_t wanted, const stream& on,
                                 std::span<std::byte>& out) {
    if (used_ == block_bytes)
        if (const cudaError_t error = next_block(on); error != cudaSuccess) return error;
    const std::size_t bytes = std::min(wanted, block_bytes - used_);
    out = {blocks_[current_].memory.data() + used_, bytes};
    used_ = std::min(block_bytes, (used_ + bytes + 63) / 64 * 64);
    return cudaSuccess;
}

// Blocks are used in turn, so that the one behind the current has been under way for longest.
cudaError_t upload_staging::next_block(const stream& on) {
    if (blocks_.empty()) {
        if (const cudaError_t error = add_block(); error != cudaSuccess) return error;
        current_ = 0;
        used_ = 0;
        return cudaSuccess;
    }
    cudaError_t state = cudaEventRecord(blocks_[current_].read.get(), on.get());
    if (state != cudaSuccess) return state;
    std::size_t next = (current_ + 1) % blocks_.size();
    state = cudaEventQuery(blocks_[next].read.get());
    if (state == cudaErrorNotReady) {
        static_cast<void>(cudaGetLastError());
        // Memory that cannot be pinned is not needed: there is another block to wait for.
        if (blocks_.size() < most_blocks && add_block() == cudaSuccess) {
            next = current_ + 1;
            std::rotate(blocks_.begin() + static_cast<std::ptrdiff_t>(next), blocks_.end() - 1,
                        blocks_.end());
            state = cudaSuccess;
        } else {
            static_cast<void>(cudaGetLastError());
            state = wait_for(blocks_[next].read);
        }
    }
    if (state != cudaSuccess) return state;
    current_ = next;
    used_ = 0;
    return cudaSuccess;
}

cudaError_t upload_staging::add_block() {
    block made;
    if (const cudaError_t error = made.memory.make(block_bytes); error != cudaSuccess)
        return error;
    if (const cudaError_t error = made.read.make(); error != cudaSuccess) return error;
    blocks_.push_back(std::move(made));
    return cudaSuccess;
}

cudaError_t download_staging::begin(block& in, const void* from, std::size_t bytes,
                                    const stream& on) {
    if (const cudaError_t error = in.memory.make(block_bytes); error != cudaSuccess) return error;
    if (const cudaError_t error = in.written.make(); error != cudaSuccess) return error;
    const cudaError_t error =
        cudaMemcpyAsync(in.memory.data(), from, bytes, cudaMemcpyDeviceToHost, on.get());
    return error != cudaSuccess ? error : cudaEventRecord(in.written.get(), on.get());
}

cudaError_t download_staging::copy(void* to, const void* from, std::size_t bytes,
                                   const stream& on) {
    auto* const target = static_cast<std::byte*>(to);
    const auto* const source = static_cast<const std::byte*>(from);
    const auto piece_at = [&](std::size_t at) { return std::min(block_bytes, bytes - at); };
    if (const cudaError_t error = begin(blocks_[0], source, piece_at(0), on);
        error != cudaSuccess)
        return error;
    for (std::size_t at = 0, turn = 0; at < bytes; at += block_bytes, turn ^= 1) {
        const std::size_t next = at + block_bytes;
        if (next < bytes)
            if (const cudaError_t error =
                    begin(blocks_[turn ^ 1], source + next, piece_at(next), on);
                error != cudaSuccess)
                return error;
        if (const cudaError_t error = wait_for(blocks_[turn].written); error != cudaSuccess)
            return error;
        std::memcpy(target + at, blocks_[turn].memory.data(), piece_at(at));
    }
    return cudaSuccess;
}

}  // namespace weft::cuda
