// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The machine, what tests do to it, and how every function of the API begins and ends.
#include "machine.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace cuda_on_cpu {

namespace {

thread_local int device_of_thread = 0;
thread_local cudaError_t last_error = cudaSuccess;

struct function_table {
    std::mutex mutex;
    std::map<std::string, api_function, std::less<>> functions;
};
function_table& table() {
    static function_table all;
    return all;
}

}  // namespace

machine_state& machine() {
    static machine_state only;
    static const bool numbered = [] {
        for (int i = 0; i < most_devices; ++i)
            only.devices[static_cast<std::size_t>(i)].number = i;
        return true;
    }();
    static_cast<void>(numbered);
    return only;
}

api_function& function(std::string_view name) {
    const std::lock_guard lock(table().mutex);
    const auto found = table().functions.find(name);
    if (found != table().functions.end()) return found->second;
    return table().functions[std::string(name)];
}

device_state& current_device() {
    return machine().devices[static_cast<std::size_t>(device_of_thread)];
}
void set_current_device(int device) { device_of_thread = device; }

void device_state::fail(cudaError_t error, const char* text) {
    {
        const unseen_scope unseen;
        const std::lock_guard lock(machine().mutex);
        if (machine().fault_text.empty()) machine().fault_text = text;
    }
    int none = cudaSuccess;
    failed_with.compare_exchange_strong(none, error, std::memory_order_relaxed);
}

CUstream_st* device_state::open_stream() {
    const std::lock_guard lock(mutex);
    const std::uint64_t seed = machine().is.seed;
    const std::uint64_t own =
        seed == 0 ? 0 : seed * 0x9e3779b97f4a7c15u + 2 * streams.size() + 1;
    streams.push_back(std::make_unique<CUstream_st>(*this, own));
    return streams.back().get();
}

void device_state::drain() {
    std::vector<CUstream_st*> all;
    {
        const std::lock_guard lock(mutex);
        for (const auto& each : streams) all.push_back(each.get());
    }
    for (CUstream_st* each : all) each->drain();
}

CUstream_st* stream_of(cudaStream_t stream) {
    if (stream != nullptr)
        return stream->alive.load(std::memory_order_relaxed) ? stream : nullptr;
    device_state& device = current_device();
    {
        const std::lock_guard lock(device.mutex);
        if (device.null_stream != nullptr) return device.null_stream;
    }
    CUstream_st* const made = device.open_stream();
    const std::lock_guard lock(device.mutex);
    if (device.null_stream == nullptr) device.null_stream = made;
    return device.null_stream;
}

cudaError_t finish(cudaError_t error) {
    if (error != cudaSuccess) last_error = error;
    return error;
}

cudaError_t begin_without_device(api_function& of) {
    of.calls.fetch_add(1, std::memory_order_relaxed);
    if (of.fails_in.load(std::memory_order_relaxed) > 0 &&
        of.fails_in.fetch_sub(1, std::memory_order_relaxed) == 1)
        return finish(static_cast<cudaError_t>(of.fails_with.load(std::memory_order_relaxed)));
    const options& is = machine().is;
    if (is.driver / 1000 < 13000 / 1000) return finish(cudaErrorInsufficientDriver);
    return finish(is.devices == 0 ? cudaErrorNoDevice : cudaSuccess);
}

cudaError_t begin(api_function& of) {
    if (const cudaError_t error = begin_without_device(of)) return error;
    return finish(current_device().fault());
}

void set_up(const options& is) {
    machine_state& all = machine();
    for (device_state& device : all.devices) {
        device.drain();
        device.streams.clear();
        device.null_stream = nullptr;
        device.failed_with = cudaSuccess;
        device.peers = 0;
        device.most_used = device.used.load();
        device.release_threshold = 0;
    }
    all.is = is;
    all.kernel_faults_in = 0;
    all.fault_text.clear();
    reset_calls();
    {
        const std::lock_guard lock(table().mutex);
        for (auto& [name, each] : table().functions) each.fails_in = 0;
    }
    static_cast<void>(violation());  // a guard that stayed overwritten was found again at its end
    device_of_thread = 0;
    last_error = cudaSuccess;
}

long calls(std::string_view name) { return function(name).calls.load(std::memory_order_relaxed); }

void reset_calls() {
    const std::lock_guard lock(table().mutex);
    for (auto& [name, each] : table().functions) each.calls = 0;
}

void fail_call(std::string_view name, long n, cudaError_t error) {
    api_function& of = function(name);
    of.fails_with = error;
    of.fails_in = n;
}

void fault_kernel(long n, cudaError_t error) {
    machine().kernel_faults_with = error;
    machine().kernel_faults_in = n;
}

void lose_device(int device, cudaError_t error) {
    machine().devices.at(static_cast<std::size_t>(device)).fail(error, "the device was lost");
}

std::string fault_text() {
    const std::lock_guard lock(machine().mutex);
    return machine().fault_text;
}

}  // namespace cuda_on_cpu

cudaError_t cudaGetLastError() {
    const cudaError_t sticky = cuda_on_cpu::current_device().fault();
    const cudaError_t last = std::exchange(cuda_on_cpu::last_error, cudaSuccess);
    return last == cudaSuccess ? sticky : last;
}

cudaError_t cudaPeekAtLastError() {
    const cudaError_t sticky = cuda_on_cpu::current_device().fault();
    return cuda_on_cpu::last_error == cudaSuccess ? sticky : cuda_on_cpu::last_error;
}
