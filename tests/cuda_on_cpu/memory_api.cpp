// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The functions of the API about memory: allocations, at once and in the order of a stream, pinned
// memory, pools, copies.
#include "capture.hpp"
#include "machine.hpp"
#include "memory.hpp"

#include <cstring>

using namespace cuda_on_cpu;

struct CUmemPoolHandle_st {
    device_state* device;
};

namespace {

// Allocations that a capture makes live as long as its graph, which fills them at each launch.
allocation* allocate_in(CUstream_st& stream, std::size_t bytes) {
    allocation* const made = allocate(cudaMemoryTypeDevice, &stream.device, bytes);
    if (made == nullptr || stream.capturing == nullptr) return made;
    stream.capturing->graph->memory.emplace_back(made, [](allocation* memory) {
        if (!memory->released) release(*memory);
    });
    return made;
}

bool is_of_graph(const CUstream_st& stream, const allocation* memory) {
    if (stream.capturing == nullptr) return false;
    for (const auto& each : stream.capturing->graph->memory)
        if (each.get() == memory) return true;
    return false;
}

// What is at an address that a copy or fill uses; an error where that cannot be.
cudaError_t look_up(const void* address, std::size_t bytes, allocation*& found) {
    found = find(address);
    if (found == nullptr) return cudaSuccess;   // pageable, as far as anyone knows
    if (found->free_asked || !holds(*found, address, bytes)) return cudaErrorInvalidValue;
    return cudaSuccess;
}

bool on_device(const allocation* memory) {
    return memory != nullptr && memory->type == cudaMemoryTypeDevice;
}

cudaError_t check_copy(const void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind,
                       const CUstream_st& stream) {
    allocation* target = nullptr;
    allocation* source = nullptr;
    if (const cudaError_t error = look_up(to, bytes, target)) return error;
    if (const cudaError_t error = look_up(from, bytes, source)) return error;
    if (kind != cudaMemcpyDefault) {
        const bool to_device =
            kind == cudaMemcpyHostToDevice || kind == cudaMemcpyDeviceToDevice;
        const bool from_device =
            kind == cudaMemcpyDeviceToHost || kind == cudaMemcpyDeviceToDevice;
        if (to_device != on_device(target) || from_device != on_device(source))
            return cudaErrorInvalidValue;
    }
    // A graph that is launched later would find pageable memory in any state.
    if (stream.capturing != nullptr && (target == nullptr || source == nullptr)) {
        stream.capturing->invalid = true;
        return cudaErrorStreamCaptureUnsupported;
    }
    return cudaSuccess;
}

cudaError_t copy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind,
                 CUstream_st* stream) {
    if (stream == nullptr) return cudaErrorInvalidResourceHandle;
    if (bytes == 0) return cudaSuccess;
    if (to == nullptr || from == nullptr) return cudaErrorInvalidValue;
    if (const cudaError_t error = check_copy(to, from, bytes, kind, *stream)) return error;
    return submit(*stream, cudaGraphNodeTypeMemcpy,
                  [to, from, bytes] { std::memcpy(to, from, bytes); });
}

cudaError_t fill(void* address, int value, std::size_t bytes, CUstream_st* stream) {
    if (stream == nullptr) return cudaErrorInvalidResourceHandle;
    if (bytes == 0) return cudaSuccess;
    allocation* target = nullptr;
    if (const cudaError_t error = look_up(address, bytes, target)) return error;
    if (target == nullptr) return cudaErrorInvalidValue;
    return submit(*stream, cudaGraphNodeTypeMemset,
                  [address, value, bytes] { std::memset(address, value, bytes); });
}

}  // namespace

cudaError_t cudaMalloc(void** address, std::size_t bytes) {
    static api_function& self = function("cudaMalloc");
    if (const cudaError_t error = begin(self)) return error;
    if (const cudaError_t error = refuse_in_capture()) return finish(error);
    *address = nullptr;
    if (bytes == 0) return cudaSuccess;
    allocation* const made = allocate(cudaMemoryTypeDevice, &current_device(), bytes);
    if (made == nullptr) return finish(cudaErrorMemoryAllocation);
    fill_new(*made);
    *address = made->bytes;
    return cudaSuccess;
}

cudaError_t cudaFree(void* address) {
    static api_function& self = function("cudaFree");
    const cudaError_t error = begin(self);
    if (address == nullptr) return error;
    if (const cudaError_t refused = refuse_in_capture()) return finish(refused);
    allocation* const memory = find(address);
    if (memory == nullptr || memory->bytes != address || memory->type != cudaMemoryTypeDevice ||
        memory->free_asked.exchange(true))
        return finish(cudaErrorInvalidValue);
    memory->device->drain();
    release(*memory);
    return error;
}

cudaError_t cudaMallocAsync(void** address, std::size_t bytes, cudaStream_t stream) {
    static api_function& self = function("cudaMallocAsync");
    if (const cudaError_t error = begin(self)) return error;
    CUstream_st* const in = stream_of(stream);
    if (in == nullptr) return finish(cudaErrorInvalidResourceHandle);
    *address = nullptr;
    if (bytes == 0) return cudaSuccess;
    allocation* const made = allocate_in(*in, bytes);
    if (made == nullptr) return finish(cudaErrorMemoryAllocation);
    *address = made->bytes;
    return finish(submit(*in, cudaGraphNodeTypeMemAlloc, [made] { fill_new(*made); }));
}

cudaError_t cudaFreeAsync(void* address, cudaStream_t stream) {
    static api_function& self = function("cudaFreeAsync");
    const cudaError_t error = begin(self);
    if (address == nullptr) return error;
    CUstream_st* const in = stream_of(stream);
    if (in == nullptr) return finish(cudaErrorInvalidResourceHandle);
    allocation* const memory = find(address);
    if (memory == nullptr || memory->bytes != address || memory->type != cudaMemoryTypeDevice)
        return finish(cudaErrorInvalidValue);
    if (is_of_graph(*in, memory))
        return finish(submit(*in, cudaGraphNodeTypeMemFree, [memory] { spoil(*memory); }));
    if (in->capturing != nullptr) {
        in->capturing->invalid = true;
        return finish(cudaErrorNotSupported);
    }
    if (memory->free_asked.exchange(true)) return finish(cudaErrorInvalidValue);
    in->queue([memory] { release(*memory); }, true);
    return error;
}

cudaError_t cudaMallocHost(void** address, std::size_t bytes) {
    return cudaHostAlloc(address, bytes, cudaHostAllocDefault);
}

cudaError_t cudaHostAlloc(void** address, std::size_t bytes, unsigned flags) {
    static api_function& self = function("cudaHostAlloc");
    if (const cudaError_t error = begin(self)) return error;
    if (const cudaError_t error = refuse_in_capture()) return finish(error);
    if (flags > (cudaHostAllocPortable | cudaHostAllocMapped | cudaHostAllocWriteCombined))
        return finish(cudaErrorInvalidValue);
    *address = nullptr;
    if (bytes == 0) return cudaSuccess;
    allocation* const made = allocate(cudaMemoryTypeHost, nullptr, bytes);
    if (made == nullptr) return finish(cudaErrorMemoryAllocation);
    fill_new(*made);
    *address = made->bytes;
    return cudaSuccess;
}

cudaError_t cudaFreeHost(void* address) {
    static api_function& self = function("cudaFreeHost");
    const cudaError_t error = begin(self);
    if (address == nullptr) return error;
    allocation* const memory = find(address);
    if (memory == nullptr || memory->bytes != address || memory->type != cudaMemoryTypeHost ||
        memory->free_asked.exchange(true))
        return finish(cudaErrorInvalidValue);
    for (device_state& device : machine().devices) device.drain();
    release(*memory);
    return error;
}

cudaError_t cudaPointerGetAttributes(cudaPointerAttributes* attributes, const void* address) {
    static api_function& self = function("cudaPointerGetAttributes");
    if (const cudaError_t error = begin(self)) return error;
    *attributes = {cudaMemoryTypeUnregistered, -2, nullptr, const_cast<void*>(address)};
    const allocation* const memory = find(address);
    if (memory == nullptr) return cudaSuccess;
    const bool device = memory->type == cudaMemoryTypeDevice;
    attributes->type = memory->type;
    attributes->device = device ? memory->device->number : current_device().number;
    attributes->devicePointer = const_cast<void*>(address);
    if (device) attributes->hostPointer = nullptr;
    return cudaSuccess;
}

cudaError_t cudaDeviceGetDefaultMemPool(cudaMemPool_t* pool, int device) {
    static api_function& self = function("cudaDeviceGetDefaultMemPool");
    if (const cudaError_t error = begin(self)) return error;
    if (device < 0 || device >= machine().is.devices) return finish(cudaErrorInvalidDevice);
    static CUmemPoolHandle_st pools[most_devices];
    CUmemPoolHandle_st& of = pools[device];
    of.device = &machine().devices[static_cast<std::size_t>(device)];
    *pool = &of;
    return cudaSuccess;
}

cudaError_t cudaMemPoolSetAttribute(cudaMemPool_t pool, cudaMemPoolAttr attribute, void* value) {
    static api_function& self = function("cudaMemPoolSetAttribute");
    if (const cudaError_t error = begin(self)) return error;
    switch (attribute) {
    case cudaMemPoolAttrReleaseThreshold:
        pool->device->release_threshold = *static_cast<std::uint64_t*>(value);
        return cudaSuccess;
    case cudaMemPoolReuseFollowEventDependencies:
    case cudaMemPoolReuseAllowOpportunistic:
    case cudaMemPoolReuseAllowInternalDependencies: return cudaSuccess;
    case cudaMemPoolAttrReservedMemHigh:
    case cudaMemPoolAttrUsedMemHigh:   // may be set back to 0 only
        if (*static_cast<std::uint64_t*>(value) != 0) return finish(cudaErrorInvalidValue);
        pool->device->most_used = pool->device->used.load();
        return cudaSuccess;
    default: return finish(cudaErrorInvalidValue);
    }
}

cudaError_t cudaMemPoolGetAttribute(cudaMemPool_t pool, cudaMemPoolAttr attribute, void* value) {
    static api_function& self = function("cudaMemPoolGetAttribute");
    if (const cudaError_t error = begin(self)) return error;
    auto& number = *static_cast<std::uint64_t*>(value);
    switch (attribute) {
    case cudaMemPoolAttrReleaseThreshold: number = pool->device->release_threshold; break;
    case cudaMemPoolAttrReservedMemCurrent:
    case cudaMemPoolAttrUsedMemCurrent: number = pool->device->used; break;
    case cudaMemPoolAttrReservedMemHigh:
    case cudaMemPoolAttrUsedMemHigh: number = pool->device->most_used; break;
    default: *static_cast<int*>(value) = 1;
    }
    return cudaSuccess;
}

cudaError_t cudaMemPoolTrimTo(cudaMemPool_t, std::size_t) {
    static api_function& self = function("cudaMemPoolTrimTo");
    return begin(self);
}

cudaError_t cudaMemPoolSetAccess(cudaMemPool_t pool, const cudaMemAccessDesc* list,
                                 std::size_t count) {
    static api_function& self = function("cudaMemPoolSetAccess");
    if (const cudaError_t error = begin(self)) return error;
    for (std::size_t i = 0; i < count; ++i) {
        const cudaMemLocation& place = list[i].location;
        if (place.type != cudaMemLocationTypeDevice) return finish(cudaErrorInvalidValue);
        if (place.id < 0 || place.id >= machine().is.devices)
            return finish(cudaErrorInvalidDevice);
        if (place.id != pool->device->number && !machine().is.peers)
            return finish(cudaErrorPeerAccessUnsupported);
    }
    return cudaSuccess;
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t stream) {
    static api_function& self = function("cudaMemcpyAsync");
    if (const cudaError_t error = begin(self)) return error;
    return finish(copy(to, from, bytes, kind, stream_of(stream)));
}

cudaError_t cudaMemcpyPeerAsync(void* to, int to_device, const void* from, int from_device,
                                std::size_t bytes, cudaStream_t stream) {
    static api_function& self = function("cudaMemcpyPeerAsync");
    if (const cudaError_t error = begin(self)) return error;
    const allocation* const target = find(to);
    const allocation* const source = find(from);
    if (target == nullptr || source == nullptr || target->device == nullptr ||
        source->device == nullptr || target->device->number != to_device ||
        source->device->number != from_device)
        return finish(cudaErrorInvalidValue);
    return finish(copy(to, from, bytes, cudaMemcpyDeviceToDevice, stream_of(stream)));
}

cudaError_t cudaMemcpy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
    static api_function& self = function("cudaMemcpy");
    if (const cudaError_t error = begin(self)) return error;
    if (const cudaError_t error = refuse_in_capture()) return finish(error);
    CUstream_st* const stream = stream_of(nullptr);
    if (const cudaError_t error = copy(to, from, bytes, kind, stream)) return finish(error);
    stream->drain();
    return finish(stream->device.fault());
}

cudaError_t cudaMemsetAsync(void* address, int value, std::size_t bytes, cudaStream_t stream) {
    static api_function& self = function("cudaMemsetAsync");
    if (const cudaError_t error = begin(self)) return error;
    return finish(fill(address, value, bytes, stream_of(stream)));
}

cudaError_t cudaMemset(void* address, int value, std::size_t bytes) {
    static api_function& self = function("cudaMemset");
    if (const cudaError_t error = begin(self)) return error;
    if (const cudaError_t error = refuse_in_capture()) return finish(error);
    return finish(fill(address, value, bytes, stream_of(nullptr)));
}
