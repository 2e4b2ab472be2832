// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The functions of the API about streams and events.
#include "capture.hpp"
#include "machine.hpp"

#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

using cuda_on_cpu::api_function;
using cuda_on_cpu::begin;
using cuda_on_cpu::capture;
using cuda_on_cpu::current_device;
using cuda_on_cpu::finish;
using cuda_on_cpu::function;
using cuda_on_cpu::stream_of;

cudaError_t cudaStreamCreate(cudaStream_t* stream) {
    return cudaStreamCreateWithFlags(stream, cudaStreamDefault);
}

cudaError_t cudaStreamCreateWithPriority(cudaStream_t* stream, unsigned flags, int) {
    return cudaStreamCreateWithFlags(stream, flags);
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned flags) {
    static api_function& self = function("cudaStreamCreateWithFlags");
    if (const cudaError_t error = begin(self)) return error;
    if (flags > cudaStreamNonBlocking) return finish(cudaErrorInvalidValue);
    *stream = current_device().open_stream();
    return cudaSuccess;
}

cudaError_t cudaDeviceGetStreamPriorityRange(int* least, int* greatest) {
    static api_function& self = function("cudaDeviceGetStreamPriorityRange");
    if (const cudaError_t error = begin(self)) return error;
    *least = 0;
    *greatest = -5;
    return cudaSuccess;
}

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
    static api_function& self = function("cudaStreamDestroy");
    const cudaError_t error = begin(self);
    // Also on a device that has failed: what is left of it can be taken down.
    if (stream == nullptr || !stream->alive.exchange(false))
        return finish(cudaErrorInvalidResourceHandle);
    stream->close();
    return error;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
    static api_function& self = function("cudaStreamSynchronize");
    if (const cudaError_t error = begin(self)) return error;
    CUstream_st* const waited_for = stream_of(stream);
    if (waited_for == nullptr) return finish(cudaErrorInvalidResourceHandle);
    if (waited_for->capturing != nullptr) {
        waited_for->capturing->invalid = true;
        return finish(cudaErrorStreamCaptureUnsupported);
    }
    waited_for->drain();
    return finish(waited_for->device.fault());
}

cudaError_t cudaStreamQuery(cudaStream_t stream) {
    static api_function& self = function("cudaStreamQuery");
    if (const cudaError_t error = begin(self)) return error;
    CUstream_st* const asked = stream_of(stream);
    if (asked == nullptr) return finish(cudaErrorInvalidResourceHandle);
    if (asked->capturing != nullptr) {
        asked->capturing->invalid = true;
        return finish(cudaErrorStreamCaptureUnsupported);
    }
    const bool idle = asked->idle();
    if (const cudaError_t fault = asked->device.fault()) return finish(fault);
    return finish(idle ? cudaSuccess : cudaErrorNotReady);
}

namespace {

// A wait for an event that stands for nodes of a capture: the stream takes part from then on.
cudaError_t wait_in_capture(CUstream_st& stream, const std::shared_ptr<capture>& captured,
                            CUevent_st& event) {
    if (captured == nullptr) {
        stream.capturing->invalid = true;
        return cudaErrorStreamCaptureIsolation;
    }
    if (stream.capturing == nullptr) {
        stream.capturing = captured;
    } else if (stream.capturing != captured) {
        stream.capturing->invalid = captured->invalid = true;
        return cudaErrorStreamCaptureMerge;
    }
    std::vector<cudaGraphNode_t>& last = captured->last_of(stream);
    for (cudaGraphNode_t each : event.nodes) {
        bool known = false;
        for (cudaGraphNode_t other : last) known = known || other == each;
        if (!known) last.push_back(each);
    }
    return cudaSuccess;
}

}  // namespace

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned) {
    static api_function& self = function("cudaStreamWaitEvent");
    if (const cudaError_t error = begin(self)) return error;
    CUstream_st* const waits = stream_of(stream);
    if (waits == nullptr || event == nullptr)
        return finish(cudaErrorInvalidResourceHandle);
    const std::shared_ptr<capture> captured = event->captured.lock();
    if (captured != nullptr || waits->capturing != nullptr)
        return finish(wait_in_capture(*waits, captured, *event));
    const std::uint64_t number = event->progress->last_recorded();
    if (number == 0) return cudaSuccess;
    waits->queue([progress = event->progress, number] { progress->wait_for(number); }, true);
    return cudaSuccess;
}

cudaError_t cudaEventCreate(cudaEvent_t* event) {
    return cudaEventCreateWithFlags(event, cudaEventDefault);
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned flags) {
    static api_function& self = function("cudaEventCreateWithFlags");
    if (const cudaError_t error = begin(self)) return error;
    if (flags > (cudaEventBlockingSync | cudaEventDisableTiming))
        return finish(cudaErrorInvalidValue);
    *event = new CUevent_st(current_device());
    return cudaSuccess;
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
    static api_function& self = function("cudaEventDestroy");
    const cudaError_t error = begin(self);
    if (event == nullptr) return finish(cudaErrorInvalidResourceHandle);
    delete event;   // what waits for it has its progress
    return error;
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
    static api_function& self = function("cudaEventRecord");
    if (const cudaError_t error = begin(self)) return error;
    CUstream_st* const to = stream_of(stream);
    if (to == nullptr || event == nullptr || &to->device != &event->device)
        return finish(cudaErrorInvalidResourceHandle);
    if (to->capturing != nullptr) {
        event->captured = to->capturing;
        event->nodes = to->capturing->last_of(*to);
        return cudaSuccess;
    }
    event->captured.reset();
    const std::uint64_t number = event->progress->record();
    to->queue([progress = event->progress, number] { progress->reach(number); }, true);
    return cudaSuccess;
}

cudaError_t cudaEventQuery(cudaEvent_t event) {
    static api_function& self = function("cudaEventQuery");
    if (const cudaError_t error = begin(self)) return error;
    if (event == nullptr) return finish(cudaErrorInvalidResourceHandle);
    if (event->captured.lock() != nullptr) return finish(cudaErrorCapturedEvent);
    const bool reached = event->progress->reached(event->progress->last_recorded());
    if (const cudaError_t fault = event->device.fault()) return finish(fault);
    return finish(reached ? cudaSuccess : cudaErrorNotReady);
}

cudaError_t cudaEventSynchronize(cudaEvent_t event) {
    static api_function& self = function("cudaEventSynchronize");
    if (const cudaError_t error = begin(self)) return error;
    if (event == nullptr) return finish(cudaErrorInvalidResourceHandle);
    if (event->captured.lock() != nullptr) return finish(cudaErrorCapturedEvent);
    event->progress->wait_for(event->progress->last_recorded());
    return finish(event->device.fault());
}

cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t first, cudaEvent_t last) {
    static api_function& self = function("cudaEventElapsedTime");
    if (const cudaError_t error = begin(self)) return error;
    for (cudaEvent_t each : {first, last})
        if (!each->progress->reached(each->progress->last_recorded()))
            return finish(cudaErrorNotReady);
    const std::chrono::duration<float, std::milli> between =
        last->progress->time() - first->progress->time();
    *milliseconds = between.count();
    return cudaSuccess;
}
