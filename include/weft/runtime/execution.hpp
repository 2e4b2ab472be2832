// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Runs a plan in a frame. Two ways: one step after the other in the calling thread, for plans that
// cannot gain from more; or by counting dependencies, where each step that becomes ready goes to
// its device. The first error stops the run: nothing new starts, what runs finishes.
#pragma once

#include <weft/core/search.hpp>
#include <weft/runtime/frame.hpp>
#include <weft/runtime/context_pool.hpp>
#include <weft/runtime/inter_op_pool.hpp>

#include <exception>
#include <utility>

namespace weft {

// The devices a plan runs on, with the contexts for their kernels.
struct execution_devices {
    plan_devices machine;
    std::vector<std::unique_ptr<context_pool>> contexts;  // by device_index
};

// Executes one plan, one run at a time; several executions of a plan run side by side. Reused.
class execution {
public:
    execution(const plan& p, execution_devices& on, variable_store& variables)
        : plan_(p),
          on_(on),
          frame_(p, on.machine, variables),
          slots_(on.contexts.size(), nullptr),
          waits_(std::make_unique<std::atomic<std::uint32_t>[]>(p.steps.size())),
          items_(p.steps.size()),
          translated_(p.inputs.size()) {
        for (const value_ref& input : translated_) translated_inputs_.push_back(&input);
        for (step_id id = 0; id < items_.size(); ++id) {
            items_[id].run = &execution::run_item;
            items_[id].owner = this;
            items_[id].self = this;
            items_[id].step = id;
        }
        one_queue_ = all_on_client();
        chain_ = one_queue_ && is_chain();
    }
    execution(const execution&) = delete;
    execution& operator=(const execution&) = delete;

    run_frame& frame() { return frame_; }
    stop_state& stop() { return stop_; }

    // Prepares a run, see run_frame::bind(). With `caller_only` the calling thread does everything.
    void bind(std::span<const feed_value> feeds, bool caller_only) {
        frame_.bind(feeds, [&] { return is_sequential(caller_only); });
    }
    // Runs all steps; stop() has been prepared, and bind() called. Throws the first error of a
    // kernel. A run that was stopped throws cancelled or deadline_exceeded, naming a step that had
    // not run.
    void run() {
        failed_.store(false, std::memory_order_relaxed);
        error_ = nullptr;
        first_left_out_.store(none, std::memory_order_relaxed);
        ran_.store(0, std::memory_order_relaxed);
        if (frame_.sequential())
            run_sequential();
        else
            run_parallel();
        // Nothing is kept: the error belongs to the caller alone.
        if (error_ != nullptr) std::rethrow_exception(std::exchange(error_, nullptr));
        if (const errc cause = stop_.cause(); cause != errc::ok) throw_stopped(cause);
    }
    // Kernels that the last run has run.
    std::size_t nodes_run() const { return ran_.load(std::memory_order_relaxed); }

private:
    // A hand-over to another thread costs about this much before it gains anything.
    static constexpr double worth_sharing_ns = 30'000;

    struct step_item : work_item {
        execution* self = nullptr;
        step_id step = none;
    };

    // Whether a run goes step by step: there is one thread, or nothing to gain from a second one.
    bool is_sequential(bool caller_only) const {
        if (!one_queue_) return caller_only && all_in_host_memory();
        return caller_only || chain_ || on_.machine.client->pool()->workers() == 0 ||
               (!plan_.has_calls && frame_.estimated_ns() < worth_sharing_ns);
    }
    device& device_of(const plan_step& step) const { return *on_.machine.devices[step.device]; }

    bool all_on_client() const {
        for (const plan_step& step : plan_.steps)
            if (&device_of(step) != on_.machine.client) return false;
        return true;
    }
    bool all_in_host_memory() const {
        for (const plan_step& step : plan_.steps)
            if (device_of(step).memory_space() != host_memory_space) return false;
        return true;
    }
    // Each step waits for the one before it.
    bool is_chain() const {
        for (step_id id = 0; id + 1 < plan_.steps.size(); ++id) {
            const plan_step& step = plan_.steps[id];
            const step_id* next = plan_.successors.data() + step.first_successor;
            if (!list_contains(std::span(next, step.successors), id + 1)) return false;
        }
        return true;
    }

    // One step.

    // Runs a step's kernel or copy in this thread, which is one of its device.
    void run_step(const plan_step& step, kernel_slot& slot) {
        frame_.prepare_late(step);
        if (step.kind == step_kind::copy) return run_copy(step);
        if (step.kind == step_kind::nothing) return;
        // What writes a variable in place must not stop half-way.
        context_base& ctx = slot.begin(&stop_, step.variable == none || step.record->fallible);
        if (device_of(step).memory_space() == host_memory_space)
            run_kernel(step, ctx, frame_.inputs_of(step));
        else
            run_translated(step, ctx);
        if (step.variable != none) frame_.commit(step);
    }
    void run_kernel(const plan_step& step, context_base& ctx, const value_ref* const* inputs) {
        step.run(step.parameters, ctx, inputs, frame_.value(step.output));
        if (plan_.values[step.output].home == value_home::object) frame_.object_made(step.output);
    }
    // The same with the addresses by which a device's own thread reaches its memory.
    void run_translated(const plan_step& step, context_base& ctx) {
        device& on = device_of(step);
        const value_ref* const* from = frame_.inputs_of(step);
        for (std::uint32_t i = 0; i < step.inputs; ++i)
            translated_[step.first_input + i] = {on.translate(from[i]->data), from[i]->shape};
        value_ref output = frame_.value(step.output);
        output.data = on.translate(output.data);
        step.run(step.parameters, ctx, translated_inputs_.data() + step.first_input, output);
    }

    void run_copy(const plan_step& step) {
        const value_id from_id = plan_.inputs[step.first_input];
        const value_ref& from = frame_.value(from_id);
        const plan_value& to_value = plan_.values[step.output];
        value_ref& to = frame_.value(step.output);
        device& source = *on_.machine.devices[plan_.values[from_id].device];
        on_.machine.devices[to_value.device]->copy_from(
            to.data, source, from.data, from.shape.size() * size_of(to_value.type.element));
    }

    // The error of a step's node; called in a catch block.
    std::exception_ptr wrapped(const plan_step& step) const {
        const std::string& device = on_.machine.devices[step.device]->info().name.to_string();
        const auto wrap = [&](errc code, const char* what) {
            return std::make_exception_ptr(detail::node_error(code, what, *step.record, device));
        };
        try {
            throw;
        } catch (const failure& f) {
            return wrap(f.code(), f.what());
        } catch (const error& e) {
            return e.node() == step.record->name ? std::current_exception()
                                                 : wrap(e.code(), e.what());
        } catch (const std::bad_alloc&) {
            return wrap(errc::resource_exhausted, "out of memory");
        } catch (const std::exception& e) {
            return wrap(errc::internal, e.what());
        } catch (...) {
            return wrap(errc::internal, "an exception that is no std::exception");
        }
    }

    [[noreturn]] void throw_stopped(errc cause) const {
        const step_id left = first_left_out_.load(std::memory_order_relaxed);
        std::string text = cause == errc::deadline_exceeded
                               ? "the run did not end before its deadline"
                               : "the run was cancelled";
        text += "; " + std::to_string(nodes_run()) + " of " + std::to_string(plan_.kernels) +
                " nodes have run";
        if (left == none) throw error(cause, text);
        const node_record& node = *plan_.steps[left].record;
        throw error(cause, text + ", '" + node.name + "' (" + to_string(node.where) + ") has not",
                    node.name, node.where);
    }

    // Step by step.

    kernel_slot& slot_of(device_index device) {
        kernel_slot*& slot = slots_[device];
        if (slot == nullptr) slot = &on_.contexts[device]->acquire();
        return *slot;
    }
    void release_slots() noexcept {
        for (device_index d = 0; d < slots_.size(); ++d)
            if (slots_[d] != nullptr) on_.contexts[d]->release(*std::exchange(slots_[d], nullptr));
    }

    void run_sequential() {
        step_id id = 0;
        std::size_t kernels = 0;
        try {
            for (; id < plan_.steps.size(); ++id) {
                const plan_step& step = plan_.steps[id];
                if (stop_.requested()) {
                    first_left_out_.store(id, std::memory_order_relaxed);
                    break;
                }
                run_step(step, slot_of(step.device));
                kernels += step.kind == step_kind::kernel;
            }
        } catch (...) {
            error_ = wrapped(plan_.steps[id]);
        }
        ran_.store(kernels, std::memory_order_relaxed);
        release_slots();
    }

    // By counting dependencies.

    void run_parallel() {
        const std::size_t n = plan_.steps.size();
        if (n == 0) return;
        // Relaxed: the items are handed to other threads under a queue's mutex after this.
        for (step_id id = 0; id < n; ++id)
            waits_[id].store(plan_.steps[id].dependencies, std::memory_order_relaxed);
        left_.store(n, std::memory_order_relaxed);
        done_.store(false, std::memory_order_relaxed);
        for (step_id id = 0; id < n; ++id)
            if (plan_.steps[id].dependencies == 0) device_of(plan_.steps[id]).submit(items_[id]);
        on_.machine.client->pool()->help_until(this, done_);
    }

    static void run_item(work_item* item) noexcept {
        auto* mine = static_cast<step_item*>(item);
        mine->self->run_from(mine->step);
    }

    // Runs a step, then goes on with one that it made ready on the same device; hands over the
    // others.
    void run_from(step_id id) noexcept {
        while (id != none) {
            execute(plan_.steps[id], id);
            const plan_step& step = plan_.steps[id];
            step_id next = none;
            for (std::uint32_t i = 0; i < step.successors; ++i) {
                const step_id later = plan_.successors[step.first_successor + i];
                // Acquire-release pairs with itself in the other predecessors' threads: whoever
                // comes last sees what all of them have written.
                if (waits_[later].fetch_sub(1, std::memory_order_acq_rel) != 1) continue;
                if (next == none && plan_.steps[later].device == step.device)
                    next = later;
                else
                    device_of(plan_.steps[later]).submit(items_[later]);
            }
            id = next;
            // Acquire-release: the last step's thread, and the caller it wakes, see all the others.
            if (left_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
                on_.machine.client->pool()->finish(this, done_);
                return;  // the caller may have destroyed this
            }
        }
    }

    // Runs a step unless the run has been stopped; keeps the first error.
    void execute(const plan_step& step, step_id id) noexcept {
        if (stop_.requested()) {
            step_id nobody = none;
            first_left_out_.compare_exchange_strong(nobody, id, std::memory_order_relaxed);
            return;
        }
        context_pool& contexts = *on_.contexts[step.device];
        kernel_slot* slot = nullptr;
        try {
            slot = &contexts.acquire();
            run_step(step, *slot);
            if (step.kind == step_kind::kernel) ran_.fetch_add(1, std::memory_order_relaxed);
        } catch (...) {
            // Relaxed: error_ is read after the run, which the count of steps left orders.
            if (!failed_.exchange(true, std::memory_order_relaxed)) error_ = wrapped(step);
            stop_.request(errc::aborted);
        }
        if (slot != nullptr) contexts.release(*slot);
    }

    const plan& plan_;
    execution_devices& on_;
    run_frame frame_;
    stop_state stop_;
    std::vector<kernel_slot*> slots_;                      // of a sequential run, by device
    std::unique_ptr<std::atomic<std::uint32_t>[]> waits_;  // of each step: predecessors left
    std::vector<step_item> items_;
    std::vector<value_ref> translated_;                      // of each input, where it was needed
    std::vector<const value_ref*> translated_inputs_;
    std::atomic<std::size_t> left_{0};
    std::atomic<std::size_t> ran_{0};
    std::atomic<step_id> first_left_out_{none};
    std::atomic<bool> failed_{false};
    std::atomic<bool> done_{false};
    std::exception_ptr error_;
    bool one_queue_ = false;
    bool chain_ = false;
};

}  // namespace weft
