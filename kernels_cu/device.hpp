// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A GPU that CUDA drives. Its kernels go to one stream, in the order in which the executor hands
// them over, and a step is done for the executor when it is there: finish() waits for the GPU at
// the end of a run. Copies have streams of their own, which wait for the kernels before them, and
// which the kernels after them wait for: so memory may be used again by whoever comes later in the
// order of calls, while the GPU is behind. To everything above it is a device like any other.
#pragma once

#include "handles.hpp"
#include "issued_nodes.hpp"
#include "kernel_faults.hpp"
#include "profiler_span.hpp"
#include "staging.hpp"

#include <weft/core/error.hpp>
#include <weft/runtime/in_order_queue.hpp>
#include <weft/runtime/kernel_context.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace weft::cuda {

class cuda_device;
// The device for which the calling thread records kernels; null else.
extern thread_local const cuda_device* recording_here;

class cuda_device final : public device {
public:
    // The GPU with that number. `memory_space` is the device's own, not host_memory_space; without
    // a limit it is the GPU's memory. Fails with unavailable where the GPU cannot be used.
    cuda_device(device_info info, int memory_space, int ordinal);
    ~cuda_device() override;

    int ordinal() const noexcept { return ordinal_; }
    // Where kernels go: a stream that notes them, while they are recorded.
    cudaStream_t kernel_stream() const noexcept {
        return recording_ ? noting_.get() : compute_.get();
    }
    int multiprocessors() const noexcept { return multiprocessors_; }
    int architecture() const noexcept { return architecture_; }  // 90 for sm_90
    // For the kernel that is launched last.
    gpu_fault_place faults() const noexcept {
        return faults_.place(recording_ ? recorded_.back() : issued_.latest());
    }
    // From the host's memory, in order with the kernels; what does so is not recorded.
    void upload_now(void* to_device, const void* from_host, std::size_t bytes);
    // Kernels that have been recorded, those of `nodes`.
    void replay(cudaGraphExec_t graph, std::span<const node_record* const> nodes);

    // copy_in() returns when the bytes have been read, not when they are there.
    void copy_in(void* to_device, const void* from_host, std::size_t bytes) override;
    void copy_out(void* to_host, const void* from_device, std::size_t bytes) override;
    void copy_from(void* to, device& other, const void* from, std::size_t bytes) override;

    bool watches_launches() const noexcept override { return true; }
    void launch(const node_record& of) override;
    void launched() override;
    void finish() override;
    bool records() const noexcept override { return true; }
    void begin_recording() override;
    std::unique_ptr<recorded_work> end_recording() override;
    void check_usable() override;

    void submit(work_item& item) noexcept override { queue_.submit(item); }
    void submit(std::span<work_item* const> items) noexcept override { queue_.submit(items); }
    bool enter() noexcept override;
    void leave() noexcept override;

    std::unique_ptr<kernel_slot> make_context() override;

private:
    void* obtain(std::size_t bytes) noexcept override;
    void give_back(void* address, std::size_t bytes) noexcept override;

    void wait_for_kernels();
    cudaError_t allocate_once(void** address, std::size_t bytes) noexcept;
    cudaError_t upload(void* to, const void* from, std::size_t bytes);
    cudaError_t download(void* to, const void* from, std::size_t bytes);
    cudaError_t copy_peer(void* to, cuda_device& peer, const void* from, std::size_t bytes);
    void open_to(cuda_device& peer);
    void copy_through_host(void* to, cuda_device& peer, const void* from, std::size_t bytes);

    // Fails if `error` is one, in `what`: as lost, if the GPU is.
    void require(cudaError_t error, const char* what);
    void require_copied(cudaError_t error, const char* what, const void* on_device);
    void refuse_if_lost() const;
    // Whether the GPU is lost; keeps what is known of it when that is found out.
    bool is_lost(cudaError_t error);

    const int ordinal_;
    int multiprocessors_ = 1;
    int architecture_ = 0;
    bool has_pool_ = false;
    cudaMemPool_t pool_{};
    stream compute_;
    stream to_device_;
    stream to_host_;
    stream between_;  // GPUs; made when there is a first copy
    stream noting_;   // made for the first recording

    // Each lock goes with an event of its direction, so that a copy is put between what is before
    // and after it in one piece.
    std::mutex in_mutex_, out_mutex_, peer_mutex_;
    event in_event_, out_event_, peer_event_;
    upload_staging uploads_;
    download_staging downloads_;
    std::vector<int> open_;  // GPUs whose memory this one has been given access to

    // Of the thread that has entered.
    bool recording_ = false;
    bool repeatable_ = true;  // what has been recorded
    std::vector<const node_record*> recorded_;

    std::mutex ends_mutex_;
    std::vector<event> ends_;  // that no run waits for

    issued_nodes issued_;
    kernel_faults faults_;
    profiler_span span_;     // of the step that is being launched
    int callers_device_ = 0; // current in the thread that entered, before
    std::atomic<bool> lost_{false};
    std::mutex loss_mutex_;
    std::unique_ptr<const error> loss_;
    in_order_queue queue_;  // last: its thread ends before the streams go
};

}  // namespace weft::cuda
