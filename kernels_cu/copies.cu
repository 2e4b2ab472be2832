// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The copies of cuda_device: between host and GPU through pinned memory, between two GPUs directly
// where they can, inside one GPU as a step of its stream.
#include "device.hpp"

#include <algorithm>
#include <cstring>

namespace weft::cuda {

namespace {

// Where the host has no memory that can be pinned: slowly.
cudaError_t copy_pageable(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind,
                          const stream& on) {
    static_cast<void>(cudaGetLastError());
    const cudaError_t error = cudaMemcpyAsync(to, from, bytes, kind, on.get());
    return error != cudaSuccess ? error : cudaStreamSynchronize(on.get());
}

}  // namespace

void cuda_device::copy_in(void* to_device, const void* from_host, std::size_t bytes) {
    if (bytes == 0) return;
    refuse_if_lost();
    const current_device here(ordinal_);
    const profiler_span span("weft copy to GPU");
    const std::lock_guard lock(in_mutex_);
    require_copied(upload(to_device, from_host, bytes), "a copy from the host", to_device);
}

// Kernels that were enqueued before may still use what is there now.
cudaError_t cuda_device::upload(void* to, const void* from, std::size_t bytes) {
    cudaError_t error = follow(to_device_, compute_, in_event_);
    for (std::size_t at = 0; at < bytes && error == cudaSuccess;) {
        std::span<std::byte> room;
        error = uploads_.take(bytes - at, to_device_, room);
        if (error == cudaErrorMemoryAllocation) {
            error = copy_pageable(static_cast<std::byte*>(to) + at,
                                  static_cast<const std::byte*>(from) + at, bytes - at,
                                  cudaMemcpyHostToDevice, to_device_);
            at = bytes;
        }
        if (error != cudaSuccess || at == bytes) break;
        std::memcpy(room.data(), static_cast<const std::byte*>(from) + at, room.size());
        error = cudaMemcpyAsync(static_cast<std::byte*>(to) + at, room.data(), room.size(),
                                cudaMemcpyHostToDevice, to_device_.get());
        at += room.size();
    }
    if (error == cudaSuccess) error = follow(compute_, to_device_, in_event_);
    // Else nobody waits for what is under way, to memory that will be used for something else.
    if (error != cudaSuccess) static_cast<void>(cudaStreamSynchronize(to_device_.get()));
    return error;
}

void cuda_device::copy_out(void* to_host, const void* from_device, std::size_t bytes) {
    if (bytes == 0) return;
    refuse_if_lost();
    const current_device here(ordinal_);
    const profiler_span span("weft copy from GPU");
    const std::lock_guard lock(out_mutex_);
    const std::uint64_t enqueued = issued_.count_enqueued();
    require_copied(download(to_host, from_device, bytes), "a copy to the host", from_device);
    issued_.done(enqueued);
}

cudaError_t cuda_device::download(void* to, const void* from, std::size_t bytes) {
    cudaError_t error = follow(to_host_, compute_, out_event_);
    if (error == cudaSuccess) error = downloads_.copy(to, from, bytes, to_host_);
    if (error == cudaErrorMemoryAllocation)
        error = copy_pageable(to, from, bytes, cudaMemcpyDeviceToHost, to_host_);
    if (error != cudaSuccess) static_cast<void>(cudaStreamSynchronize(to_host_.get()));
    return error;
}

void cuda_device::copy_from(void* to, device& other, const void* from, std::size_t bytes) {
    auto* const peer = dynamic_cast<cuda_device*>(&other);
    if (peer == nullptr) return device::copy_from(to, other, from, bytes);
    if (bytes == 0) return;
    refuse_if_lost();
    peer->refuse_if_lost();
    const current_device here(ordinal_);
    const profiler_span span("weft copy between GPUs");
    if (peer == this)
        return require_copied(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice,
                                              compute_.get()),
                              "a copy", to);
    const cudaError_t error = copy_peer(to, *peer, from, bytes);
    if (error == cudaSuccess) return;
    if (is_lost(error)) refuse_if_lost();
    if (peer->is_lost(error)) peer->refuse_if_lost();
    copy_through_host(to, *peer, from, bytes);
}

// Both GPUs go on behind the copy: here what was copied is used, there it may be overwritten.
cudaError_t cuda_device::copy_peer(void* to, cuda_device& peer, const void* from,
                                   std::size_t bytes) {
    const std::scoped_lock lock(peer_mutex_, peer.peer_mutex_);
    open_to(peer);
    peer.open_to(*this);
    cudaError_t error = between_.make();
    const auto then = [&](auto step) {
        if (error == cudaSuccess) error = step();
    };
    then([&] { return follow(between_, compute_, peer_event_); });
    then([&] { return follow(between_, peer.compute_, peer.peer_event_); });
    then([&] {
        return cudaMemcpyPeerAsync(to, ordinal_, from, peer.ordinal_, bytes, between_.get());
    });
    then([&] { return follow(compute_, between_, peer_event_); });
    then([&] { return cudaStreamWaitEvent(peer.compute_.get(), peer_event_.get(), 0); });
    if (error != cudaSuccess && between_.get() != nullptr)
        static_cast<void>(cudaStreamSynchronize(between_.get()));
    return error;
}

// Gives this GPU access to the other's memory. A copy works without, but through the host.
void cuda_device::open_to(cuda_device& peer) {
    if (std::find(open_.begin(), open_.end(), peer.ordinal_) != open_.end()) return;
    open_.push_back(peer.ordinal_);
    int can = 0;
    if (cudaDeviceCanAccessPeer(&can, ordinal_, peer.ordinal_) == cudaSuccess && can != 0) {
        const current_device here(ordinal_);
        if (peer.has_pool_) {
            cudaMemAccessDesc access{};
            access.location.type = cudaMemLocationTypeDevice;
            access.location.id = ordinal_;
            access.flags = cudaMemAccessFlagsProtReadWrite;
            static_cast<void>(cudaMemPoolSetAccess(peer.pool_, &access, 1));
        } else {
            static_cast<void>(cudaDeviceEnablePeerAccess(peer.ordinal_, 0));
        }
    }
    static_cast<void>(cudaGetLastError());
}

void cuda_device::copy_through_host(void* to, cuda_device& peer, const void* from,
                                    std::size_t bytes) {
    std::vector<std::byte> piece(std::min(bytes, upload_staging::block_bytes));
    for (std::size_t at = 0; at < bytes; at += piece.size()) {
        const std::size_t now = std::min(piece.size(), bytes - at);
        peer.copy_out(piece.data(), static_cast<const std::byte*>(from) + at, now);
        copy_in(static_cast<std::byte*>(to) + at, piece.data(), now);
    }
}

// CUDA calls an address that is the host's an invalid value, as it does much else.
void cuda_device::require_copied(cudaError_t error, const char* what, const void* on_device) {
    if (error == cudaErrorInvalidValue) {
        static_cast<void>(cudaGetLastError());
        cudaPointerAttributes attributes{};
        const bool known = cudaPointerGetAttributes(&attributes, on_device) == cudaSuccess;
        static_cast<void>(cudaGetLastError());
        if (!known || (attributes.type != cudaMemoryTypeDevice &&
                       attributes.type != cudaMemoryTypeManaged))
            fail(errc::internal, "%p is not an address of the device's memory", on_device);
    }
    require(error, what);
}

}  // namespace weft::cuda
