// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Runs steps of a plan in the calling thread, from a list that is prepared once per schedule: for
// most of them one indirect call with everything in place. Threads of one run use it side by side.
// It keeps the run's first error and whom to tell of what happens; how steps are shared between
// threads is not known here.
#pragma once

#include <weft/runtime/context_pool.hpp>
#include <weft/runtime/frame.hpp>
#include <weft/runtime/run_observer.hpp>
#include <weft/runtime/step_errors.hpp>
#include <weft/runtime/step_times.hpp>

#include <atomic>
#include <exception>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace weft {

// The devices a plan runs on, with the contexts for their kernels.
struct execution_devices {
    plan_devices machine;
    std::vector<std::unique_ptr<context_pool>> contexts;  // by device_index
};

class step_runner {
public:
    step_runner(const plan& p, const execution_devices& on, run_frame& frame)
        : plan_(p), on_(on), frame_(frame) {}
    step_runner(const step_runner&) = delete;
    step_runner& operator=(const step_runner&) = delete;

    stop_state& stop() { return stop_; }
    step_times& times() { return times_; }

    // Has this observer told of the next run; it must live until that ends.
    void observe(run_observer& observer) { observers_.push_back(&observer); }
    void forget_observers() noexcept { observers_.clear(); }

    // Makes the list of steps, in the order in which positions are given below. The frame is bound.
    // There can be two lists, of which use() says which is meant; making one means that one.
    void prepare(std::span<const step_id> order, std::size_t list = 0) {
        use(list);
        prepared().reserve(order.size());  // may fail: first of all
        prepared().clear();
        for (step_id id : order) {
            const plan_step& step = plan_.steps[id];
            const bool object =
                step.output != none && plan_.values[step.output].home == value_home::object;
            const bool special = step.kind != step_kind::kernel || step.variable != none ||
                                 object || frame_.is_late(step) ||
                                 device_of(step).watches_launches();
            prepared().push_back({step.run, step.parameters, frame_.inputs_of(step),
                                 &frame_.output_of(step), id, special});
        }
    }

    // Has run() mean that list from now on; not during a run.
    void use(std::size_t list) { list_ = list; }

    // Begins a run in the calling thread. With `measure` the time of each step is noted, in a run
    // that finds its caches `cold` less of it. May throw what an observer throws.
    void begin(bool measure, bool cold) {
        measuring_ = measure;
        cold_ = cold;
        error_ = nullptr;
        failed_.store(false, std::memory_order_relaxed);
        first_left_out_.store(none, std::memory_order_relaxed);
        try {
            for (run_observer* observer : observers_)
                observer->run_begins(plan_, on_.machine, stop_state::now_ns());
        } catch (...) {
            observers_.clear();
            throw;
        }
    }
    // Ends it when no step runs any more: throws its first error, or why it was stopped, `ran`
    // kernels having run.
    void end(std::size_t ran) {
        for (run_observer* observer : observers_) observer->run_ends(stop_state::now_ns());
        observers_.clear();
        // Nothing is kept: the error belongs to the caller alone.
        if (error_ != nullptr) std::rethrow_exception(std::exchange(error_, nullptr));
        if (const errc cause = stop_.cause(); cause != errc::ok)
            throw_stopped(cause, plan_, ran, first_left_out_.load(std::memory_order_relaxed));
    }
    bool failed() const noexcept { return failed_.load(std::memory_order_relaxed); }

    // Runs the steps at [first, last), which are on one device, in a context of it. False after an
    // error or a stop; then `at` is the position that it came to. Side by side in several threads.
    bool run(std::uint32_t first, std::uint32_t last, kernel_slot& slot,
             std::uint32_t& at) noexcept {
        return measuring_ || !observers_.empty() ? run_watched(first, last, slot, at)
                                                 : run_plainly(first, last, slot, at);
    }
    // Keeps the exception being handled, as that of a step, if it is the first of the run.
    void keep_error(step_id id) noexcept {
        const plan_step& step = plan_.steps[id];
        // Relaxed: error_ is read after the run, which the count of units left orders.
        if (!failed_.exchange(true, std::memory_order_relaxed)) {
            try {
                error_ = wrapped_exception(*step.record, name_of_device(step));
            } catch (...) {  // no memory for the text
                error_ = std::current_exception();
            }
        }
        stop_.request(errc::aborted);
    }
    // How many of the steps at [first, last) count as nodes run.
    std::size_t kernels_in(std::uint32_t first, std::uint32_t last) const noexcept {
        std::size_t kernels = 0;
        for (std::uint32_t i = first; i < last; ++i)
            kernels += plan_.steps[prepared()[i].id].kind == step_kind::kernel;
        return kernels;
    }

private:
    // A step as its thread needs it.
    struct prepared_step {
        kernel_function run;
        const void* parameters;
        const value_ref* const* inputs;
        value_ref* output;
        step_id id;
        bool special;  // not just a kernel: run_special() knows
    };

    device& device_of(const plan_step& step) const { return *on_.machine.devices[step.device]; }
    std::string name_of_device(const plan_step& step) const {
        return device_of(step).info().name.to_string();
    }

    bool run_plainly(std::uint32_t first, std::uint32_t last, kernel_slot& slot,
                     std::uint32_t& at) noexcept {
        const prepared_step* const steps = prepared().data();
        std::uint32_t i = first;  // stays in a register, as `at` would not
        try {
            context_base& ctx = slot.begin(&stop_, true);
            for (; i < last; ++i) {
                const prepared_step& step = steps[i];
                if (stop_.requested()) break;
                if (step.special)
                    run_special(step, slot);
                else
                    step.run(step.parameters, ctx, step.inputs, *step.output);
                slot.next(&stop_);
            }
            at = i;
            return i == last || left_out(steps[i].id);
        } catch (...) {
            at = i;
            keep_error(steps[i].id);
            return false;
        }
    }
    // The same with a look at the clock after each step, and for observers.
    bool run_watched(std::uint32_t first, std::uint32_t last, kernel_slot& slot,
                     std::uint32_t& at) noexcept {
        std::int64_t before = stop_state::now_ns();
        for (at = first; at < last; ++at) {
            const step_id id = prepared()[at].id;
            std::uint32_t ran = at;
            if (stop_.requested()) return left_out(id);
            for (run_observer* observer : observers_) observer->step_begins(id);
            if (!run_plainly(at, at + 1, slot, ran)) return false;
            const std::int64_t now = stop_state::now_ns();
            for (run_observer* observer : observers_) observer->step_ends(id, before, now);
            if (measuring_) times_.note(id, now - before - (cold_ ? step_times::cold_ns : 0));
            before = now;
        }
        return true;
    }
    bool left_out(step_id id) noexcept {
        step_id nobody = none;
        first_left_out_.compare_exchange_strong(nobody, id, std::memory_order_relaxed);
        return false;
    }

    std::vector<prepared_step>& prepared() noexcept { return lists_[list_]; }
    const std::vector<prepared_step>& prepared() const noexcept { return lists_[list_]; }

    // What is not just a kernel with its values in place.
    void run_special(const prepared_step& prepared, kernel_slot& slot) {
        const plan_step& step = plan_.steps[prepared.id];
        if (step.kind == step_kind::nothing) return;
        if (device_of(step).watches_launches()) device_of(step).launch();
        if (frame_.is_late(step)) frame_.prepare_late(step);
        if (step.kind == step_kind::copy) return run_copy(step);
        // What writes a variable in place must not stop half-way.
        const bool interruptible = step.variable == none || step.record->fallible;
        context_base& ctx = slot.begin(&stop_, interruptible);
        step.run(step.parameters, ctx, prepared.inputs, *prepared.output);
        if (!interruptible) slot.begin(&stop_, true);
        if (step.variable != none) return frame_.commit(step);
        if (step.output != none && plan_.values[step.output].home == value_home::object)
            frame_.object_made(step.output);
    }
    void run_copy(const plan_step& step) {
        const value_id from_id = plan_.inputs[step.first_input];
        const plan_value& to_value = plan_.values[step.output];
        const value_ref& from = frame_.value(from_id);
        device& source = *on_.machine.devices[plan_.values[from_id].device];
        on_.machine.devices[to_value.device]->copy_from(frame_.value(step.output).data, source,
                                                        from.data, to_value.bytes(from.shape));
    }

    const plan& plan_;
    const execution_devices& on_;
    run_frame& frame_;
    stop_state stop_;
    step_times times_;
    std::vector<prepared_step> lists_[2];
    std::size_t list_ = 0;
    std::vector<run_observer*> observers_;  // of the next run
    bool measuring_ = false;
    bool cold_ = false;
    std::atomic<step_id> first_left_out_{none};
    std::atomic<bool> failed_{false};
    std::exception_ptr error_;
};

}  // namespace weft
