// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// cuda_device but for its copies: making it, memory, kernels, the end of a run, and what is said
// when something goes wrong.
#include "architecture.hpp"
#include "device.hpp"
#include "tree_compiler.hpp"

#include <weft/runtime/device_factory.hpp>

#include <string>
#include <utility>

namespace weft::cuda {

namespace {

// A context of GPU kernels; scratch memory is used again by the next kernel, which is behind this
// one in the stream.
class cuda_context final : public kernel_context<gpu> {
public:
    explicit cuda_context(cuda_device& on) : kernel_context<gpu>(on, nullptr), on_(on) {}

    void* stream() const noexcept override { return on_.kernel_stream(); }
    int multiprocessors() const noexcept override { return on_.multiprocessors(); }
    gpu_fault_place faults() const noexcept override { return on_.faults(); }
    void upload(void* to_device, const void* from_host, std::size_t bytes) override {
        on_.upload_now(to_device, from_host, bytes);
    }
    bool launch_whole(const launch_code& code, const tree_launch& what) override {
        return launch_compiled(*this, on_.architecture(), code, what);
    }

private:
    cuda_device& on_;
};

std::string text_of(cudaError_t error) {
    return std::string(cudaGetErrorString(error)) + " (" + cudaGetErrorName(error) + ')';
}

// Throws where the GPU is not there, or has no use for the kernels of this library.
device_info complete(device_info info, int ordinal) {
    const std::string name = info.name.to_string();
    const current_device here(ordinal);
    cudaDeviceProp properties{};
    if (const cudaError_t error = cudaGetDeviceProperties(&properties, ordinal);
        error != cudaSuccess) {
        static_cast<void>(cudaGetLastError());
        throw error_of_gpu(name, text_of(error));
    }
    check_architecture(name, properties.name, properties.major, properties.minor);
    if (info.description.empty()) info.description = properties.name;
    if (info.memory_limit == 0) info.memory_limit = properties.totalGlobalMem;
    info.launches = true;
    info.compiles = &compiles_tree;
    return info;
}

int attribute(cudaDeviceAttr of, int ordinal, int otherwise) noexcept {
    int value = otherwise;
    if (cudaDeviceGetAttribute(&value, of, ordinal) == cudaSuccess) return value;
    static_cast<void>(cudaGetLastError());
    return otherwise;
}

}  // namespace

cuda_device::cuda_device(device_info info, int memory_space, int ordinal)
    : device(complete(std::move(info), ordinal), memory_space),
      ordinal_(ordinal),
      multiprocessors_(attribute(cudaDevAttrMultiProcessorCount, ordinal, 1)),
      architecture_(attribute(cudaDevAttrComputeCapabilityMajor, ordinal, 0) * 10 +
                    attribute(cudaDevAttrComputeCapabilityMinor, ordinal, 0)),
      queue_("weft gpu:" + std::to_string(this->info().name.index)) {
    const current_device here(ordinal_);
    for (stream* made : {&compute_, &to_device_, &to_host_})
        require(made->make(), "a new stream");
    for (event* made : {&in_event_, &out_event_, &peer_event_})
        require(made->make(), "a new event");
    require(faults_.make(), "memory for faults");
    // Memory that has been freed stays with the process: asking the driver for it again takes long.
    if (attribute(cudaDevAttrMemoryPoolsSupported, ordinal, 0) == 0) return;
    std::uint64_t keep = ~std::uint64_t{0};
    require(cudaDeviceGetDefaultMemPool(&pool_, ordinal_), "the memory pool");
    require(cudaMemPoolSetAttribute(pool_, cudaMemPoolAttrReleaseThreshold, &keep),
            "the memory pool");
    has_pool_ = true;
}

cuda_device::~cuda_device() {
    const current_device here(ordinal_);
    span_.end();
    static_cast<void>(cudaStreamSynchronize(compute_.get()));
    if (has_pool_) static_cast<void>(cudaMemPoolTrimTo(pool_, 0));
    static_cast<void>(cudaGetLastError());
}

// Memory.

cudaError_t cuda_device::allocate_once(void** address, std::size_t bytes) noexcept {
    return has_pool_ ? cudaMallocAsync(address, bytes, compute_.get()) : cudaMalloc(address, bytes);
}

void* cuda_device::obtain(std::size_t bytes) noexcept {
    if (recording_here == this) return nullptr;
    const current_device here(ordinal_);
    void* address = nullptr;
    const std::size_t size = bytes == 0 ? 1 : bytes;
    cudaError_t error = allocate_once(&address, size);
    if (error == cudaErrorMemoryAllocation && has_pool_) {
        // What the pool has may be in pieces that are too short, once what is under way is done.
        static_cast<void>(cudaGetLastError());
        if (cudaStreamSynchronize(compute_.get()) == cudaSuccess &&
            cudaMemPoolTrimTo(pool_, 0) == cudaSuccess)
            error = allocate_once(&address, size);
    }
    if (error == cudaSuccess) return address;
    try {
        static_cast<void>(is_lost(error));
    } catch (...) {  // no memory for saying so
    }
    return nullptr;
}

// Kernels before this in the stream may use it; who gets it next is behind them.
void cuda_device::give_back(void* address, std::size_t) noexcept {
    const current_device here(ordinal_);
    const cudaError_t error =
        has_pool_ ? cudaFreeAsync(address, compute_.get()) : cudaFree(address);
    if (error != cudaSuccess) static_cast<void>(cudaGetLastError());
}

// Kernels.

bool cuda_device::enter() noexcept {
    if (!queue_.hold()) return false;
    if (cudaGetDevice(&callers_device_) != cudaSuccess) callers_device_ = ordinal_;
    return true;
}

void cuda_device::leave() noexcept {
    span_.end();
    static_cast<void>(cudaSetDevice(callers_device_));
    queue_.let_go();
}

// The device stays the thread's current one: it is the queue's own thread, or one that leaves.
void cuda_device::launch(const node_record& of) {
    refuse_if_lost();
    if (recording_) return recorded_.push_back(&of);
    require(cudaSetDevice(ordinal_), "the next kernel");
    static_cast<void>(cudaGetLastError());  // of whatever this thread did before
    issued_.add(of);
    span_.begin(of.name.c_str());
}

// Kernels that are started with <<<>>> say nothing themselves.
void cuda_device::launched() {
    if (recording_) return;
    span_.end();
    issued_.enqueued();
    const cudaError_t error = cudaGetLastError();
    if (error != cudaErrorNotReady) require(error, "start of a kernel");
}

std::unique_ptr<kernel_slot> cuda_device::make_context() {
    return std::make_unique<cuda_context>(*this);
}

// Also where a copy to the host has waited already: for what kernels have found.
void cuda_device::finish() {
    refuse_if_lost();
    if (!issued_.all_done()) wait_for_kernels();
    faults_.throw_first(info().name.to_string());
}

void cuda_device::wait_for_kernels() {
    const std::uint64_t enqueued = issued_.count_enqueued();
    const current_device here(ordinal_);
    event end;
    {
        const std::lock_guard lock(ends_mutex_);
        if (!ends_.empty()) {
            end = std::move(ends_.back());
            ends_.pop_back();
        }
    }
    require(end.make(), "a new event");
    require(cudaEventRecord(end.get(), compute_.get()), "the end of a run");
    require(wait_for(end), "the end of a run");
    issued_.done(enqueued);
    const std::lock_guard lock(ends_mutex_);
    ends_.push_back(std::move(end));
}

// Errors.

void cuda_device::refuse_if_lost() const {
    // Pairs with the store in is_lost(): the text does not change any more.
    if (lost_.load(std::memory_order_acquire)) throw error(*loss_);
}

// Something has failed, perhaps in a call that knew no device.
void cuda_device::check_usable() {
    refuse_if_lost();
    const current_device here(ordinal_);
    const cudaError_t state = cudaStreamQuery(compute_.get());
    if (state != cudaSuccess && state != cudaErrorNotReady && is_lost(state)) refuse_if_lost();
    static_cast<void>(cudaGetLastError());
}

// CUDA gives up a GPU after what a kernel should not have done, and from then on says so at every
// call: a stream that can still be asked is one of a GPU that only did not do this one thing.
bool cuda_device::is_lost(cudaError_t first) {
    static_cast<void>(cudaGetLastError());
    const current_device here(ordinal_);
    const std::lock_guard lock(loss_mutex_);
    if (lost_.load(std::memory_order_relaxed)) return true;
    const cudaError_t now = cudaStreamQuery(compute_.get());
    static_cast<void>(cudaGetLastError());
    if (now == cudaSuccess || now == cudaErrorNotReady ||
        now == cudaErrorStreamCaptureUnsupported || now == cudaErrorStreamCaptureImplicit)
        return false;
    std::string text = info().name.to_string() + " (" + info().description +
                       ") is lost: " + text_of(first);
    const node_record* const culprit = issued_.only();
    if (const std::string nodes = issued_.text(); !nodes.empty()) {
        text += ", while it ran " + nodes;
        if (culprit == nullptr)
            text += "; CUDA_LAUNCH_BLOCKING=1 in the environment finds out which";
    }
    text += "; start the program again to use this GPU";
    loss_ = std::make_unique<const error>(
        culprit == nullptr ? error(errc::unavailable, text)
                           : error(errc::unavailable, text, culprit->name, culprit->where));
    lost_.store(true, std::memory_order_release);
    return true;
}

void cuda_device::require(cudaError_t error, const char* what) {
    if (error == cudaSuccess) return;
    if (is_lost(error)) refuse_if_lost();
    fail(code_of(error), "%s failed on %s: %s (%s)", what, info().name.to_string().c_str(),
         cudaGetErrorString(error), cudaGetErrorName(error));
}

}  // namespace weft::cuda

namespace weft {

std::unique_ptr<device> make_cuda_device(device_parts parts) {
    const int ordinal = parts.info.name.index;
    return std::make_unique<cuda::cuda_device>(std::move(parts.info), parts.memory_space, ordinal);
}

}  // namespace weft
