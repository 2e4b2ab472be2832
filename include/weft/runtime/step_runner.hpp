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
#include <weft/runtime/recorded_range.hpp>
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
        : plan_(p), on_(on), frame_(frame), only_kernels_(p.kernels == p.steps.size()) {
        for (const plan_step& step : p.steps) may_run_behind(device_of(step));
    }
    step_runner(const step_runner&) = delete;
    step_runner& operator=(const step_runner&) = delete;

    stop_state& stop() { return stop_; }
    step_times& times() { return times_; }

    // Has this observer told of the next run; it must live until that ends.
    void observe(run_observer& observer) { observers_.push_back(&observer); }
    void forget_observers() noexcept { observers_.clear(); }

    // Makes the list of steps, in the order in which positions are given below. The frame is bound.
    // It is the first of the lists that runs.
    void prepare(std::span<const step_id> order, std::size_t list = 0) {
        if (list == lists_.size()) lists_.emplace_back();
        step_list& made = lists_[list];
        made.ids.reserve(order.size());  // these may fail: first of all
        made.steps.reserve(order.size());
        for (const device* on : behind_)
            if (on->records()) made.ranges.reserve(order.size());
        made.ids.assign(order.begin(), order.end());
        made.steps.clear();
        made.ranges.clear();
        for (step_id id : order) {
            const plan_step& step = plan_.steps[id];
            const bool object =
                step.output != none && plan_.values[step.output].home == value_home::object;
            const bool special = step.kind != step_kind::kernel || step.variable != none ||
                                 object || frame_.is_late(step) ||
                                 device_of(step).watches_launches();
            made.steps.push_back({special ? nullptr : step.run, step.parameters,
                                  frame_.inputs_of(step), &frame_.output_of(step)});
            if (step.kind == step_kind::kernel && step.variable == none && !object &&
                !frame_.is_late(step) && device_of(step).records())
                note_repeatable(made);
        }
        prepared_ = lists_.front().steps.data();
    }
    // Between runs: exchanges a list with the first, frees all but the first.
    void swap_with_first(std::size_t list) noexcept {
        std::swap(lists_.front(), lists_[list]);
        prepared_ = lists_.front().steps.data();
    }
    void keep_first() noexcept {
        while (lists_.size() > 1) lists_.pop_back();
    }

    // Begins a run in the calling thread. With `measure` the time of each step is noted, in a run
    // that finds its caches `cold` less of it. May throw what an observer throws.
    void begin(bool measure, bool cold) {
        measuring_ = measure;
        watched_ = measure || !observers_.empty();
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
    // Ends it when no step runs any more, and devices have done what they were given: throws its
    // first error, or why it was stopped, `ran` kernels having run.
    void end(std::size_t ran) {
        for (device* on : behind_) finish(*on);
        for (run_observer* observer : observers_) observer->run_ends(stop_state::now_ns());
        observers_.clear();
        // Nothing is kept: the error belongs to the caller alone.
        if (error_ != nullptr) std::rethrow_exception(std::exchange(error_, nullptr));
        if (const errc cause = stop_.cause(); cause != errc::ok)
            throw_stopped(cause, plan_, ran, first_left_out_.load(std::memory_order_relaxed));
    }
    bool failed() const noexcept { return failed_.load(std::memory_order_relaxed); }

    // A context that has begun to serve steps of this run, in one thread.
    struct place {
        kernel_slot* slot = nullptr;
        context_base* context = nullptr;
    };
    place begin_in(kernel_slot& slot) noexcept { return {&slot, &slot.begin(&stop_, true)}; }

    // Runs the steps at [first, last), which are on one device, in a context of it. False after an
    // error or a stop; then `at` is the position that it came to. Side by side in several threads.
    bool run(std::uint32_t first, std::uint32_t last, const place& in, std::uint32_t& at) noexcept {
        return watched_ ? run_watched(first, last, in, at) : run_plainly(first, last, in, at);
    }
    // The same in the thread that has entered the devices: kernels that follow each other on one
    // that records are given to it at once, from the second time on.
    bool run_in_order(std::uint32_t first, std::uint32_t last, const place& in,
                      std::uint32_t& at) noexcept {
        std::vector<recorded_range>& ranges = lists_.front().ranges;
        if (watched_ || ranges.empty()) return run(first, last, in, at);
        std::uint32_t i = first;
        for (recorded_range& range : ranges) {
            if (range.first < i || range.last > last || range.last - range.first < 2) continue;
            if (!run_plainly(i, range.first, in, at) || !run_range(range, at)) return false;
            i = range.last;
        }
        return run_plainly(i, last, in, at);
    }
    // The same for one step; how many nodes have been run. Part of its caller: a call more would
    // cost as much as handing the step over.
    [[gnu::always_inline]] std::size_t run_one(std::uint32_t at, const place& in) noexcept {
        std::uint32_t end = at;
        if (watched_) return run_watched(at, at + 1, in, end) ? kernels_in(at, at + 1) : 0;
        try {
            if (!run_step(at, in)) return left_out(id_at(at));
        } catch (...) {
            keep_error(id_at(at));
            return 0;
        }
        return only_kernels_ ? 1 : kernels_in(at, at + 1);
    }
    // Brings what the step reads first to this core.
    void fetch(std::uint32_t at) const noexcept { __builtin_prefetch(prepared_[at].parameters); }

    // Keeps the exception being handled, as that of a step, if it is the first of the run.
    [[gnu::noinline]] void keep_error(step_id id) noexcept {
        const plan_step& step = plan_.steps[id];
        // Relaxed: error_ is read after the run, which the count of units left orders.
        if (!failed_.exchange(true, std::memory_order_relaxed)) {
            try {
                error_ = wrapped_exception(*step.record, name_of_device(step));
                device_of(step).check_usable();  // then it is not this step that is to blame
            } catch (...) {  // that, or no memory for the text
                error_ = std::current_exception();
            }
        }
        stop_.request(errc::aborted);
    }
    // How many of the steps at [first, last) count as nodes run.
    std::size_t kernels_in(std::uint32_t first, std::uint32_t last) const noexcept {
        if (only_kernels_) return last - first;
        std::size_t kernels = 0;
        for (std::uint32_t i = first; i < last; ++i)
            kernels += plan_.steps[id_at(i)].kind == step_kind::kernel;
        return kernels;
    }

private:
    // A step as its thread needs it: half a cache line.
    struct alignas(32) prepared_step {
        kernel_function run;  // null where it is not just a kernel: run_special() knows
        const void* parameters;
        const value_ref* const* inputs;
        value_ref* output;
    };
    struct step_list {
        std::vector<prepared_step> steps;
        std::vector<step_id> ids;
        std::vector<recorded_range> ranges;
    };

    // The last step of the list may be part of a recording.
    void note_repeatable(step_list& list) {
        const auto at = static_cast<std::uint32_t>(list.steps.size() - 1);
        const auto device_at = [&](std::uint32_t i) { return plan_.steps[list.ids[i]].device; };
        if (list.ranges.empty() || list.ranges.back().last != at ||
            device_at(at) != device_at(at - 1))
            list.ranges.emplace_back().first = at;
        list.ranges.back().last = at + 1;
    }

    step_id id_at(std::uint32_t position) const noexcept { return lists_.front().ids[position]; }
    device& device_of(const plan_step& step) const { return *on_.machine.devices[step.device]; }
    std::string name_of_device(const plan_step& step) const {
        return device_of(step).info().name.to_string();
    }

    // False, and nothing has run, where the run has to stop.
    [[gnu::always_inline]] bool run_step(std::uint32_t at, const place& in) {
        if (stop_.requested()) return false;
        const prepared_step& step = prepared_[at];
        if (step.run != nullptr)
            step.run(step.parameters, *in.context, step.inputs, *step.output);
        else
            run_special(at, in);
        in.slot->next(&stop_);
        return true;
    }
    bool run_plainly(std::uint32_t first, std::uint32_t last, const place& in,
                     std::uint32_t& at) noexcept {
        std::uint32_t i = first;  // stays in a register, as `at` would not
        try {
            while (i < last && run_step(i, in)) ++i;
            at = i;
            return i == last || left_out(id_at(i));
        } catch (...) {
            at = i;
            keep_error(id_at(i));
            return false;
        }
    }
    // The same with a look at the clock after each step, and for observers.
    [[gnu::noinline]] bool run_watched(std::uint32_t first, std::uint32_t last, const place& in,
                     std::uint32_t& at) noexcept {
        std::int64_t before = stop_state::now_ns();
        for (at = first; at < last; ++at) {
            const step_id id = id_at(at);
            std::uint32_t ran = at;
            if (stop_.requested()) return left_out(id);
            for (run_observer* observer : observers_) observer->step_begins(id);
            if (!run_plainly(at, at + 1, in, ran)) return false;
            const std::int64_t now = stop_state::now_ns();
            for (run_observer* observer : observers_) observer->step_ends(id, before, now);
            if (measuring_) times_.note(id, now - before - (cold_ ? step_times::cold_ns : 0));
            before = now;
        }
        return true;
    }
    // The steps of a range, all on one device: by their recording, made when it is time to.
    [[gnu::noinline]] bool run_range(recorded_range& range, std::uint32_t& at) noexcept {
        using way = recorded_range::way;
        at = range.first;
        if (stop_.requested()) return left_out(id_at(at));
        try {
            device& on = device_of(plan_.steps[id_at(range.first)]);
            if (range.slot == nullptr) range.slot = on.make_context();
            const place own = begin_in(*range.slot);
            if (range.next == way::replay && !for_addresses(range, [&](std::size_t i, void* data) {
                    return range.addresses[i] == data;
                }))
                range.look_again();
            if (range.next == way::record) record(range, on, own);
            if (range.next == way::replay) {
                range.work->replay();
                return true;
            }
            if (range.next == way::prepare) range.next = way::record;
            return run_plainly(range.first, range.last, own, at);
        } catch (...) {
            keep_error(id_at(at));
            return false;
        }
    }
    // Nothing runs: what fails here fails again, or not, when the steps are run plainly.
    void record(recorded_range& range, device& on, const place& in) {
        on.begin_recording();
        bool whole = true;
        try {
            for (std::uint32_t i = range.first; i < range.last && whole; ++i)
                whole = run_step(i, in);
        } catch (...) {
            whole = false;
        }
        range.keep(on.end_recording(), whole);
        range.addresses.clear();
        for_addresses(range, [&](std::size_t, void* data) {
            range.addresses.push_back(data);
            return true;
        });
    }
    // Whether f(number, address) holds of all that the range reads or writes.
    template <class F>
    bool for_addresses(const recorded_range& range, F f) const {
        std::size_t number = 0;
        for (std::uint32_t at = range.first; at < range.last; ++at) {
            const prepared_step& step = prepared_[at];
            if (!f(number++, step.output->data)) return false;
            for (std::size_t i = 0; i < plan_.steps[id_at(at)].inputs; ++i)
                if (!f(number++, step.inputs[i]->data)) return false;
        }
        return true;
    }
    [[gnu::noinline]] bool left_out(step_id id) noexcept {
        step_id nobody = none;
        first_left_out_.compare_exchange_strong(nobody, id, std::memory_order_relaxed);
        return false;
    }

    // Adds to the devices that may have work left when the last step has run.
    void may_run_behind(device& on) {
        if (on.memory_space() == host_memory_space) return;
        for (const device* known : behind_)
            if (known == &on) return;
        behind_.push_back(&on);
    }
    // Its failure is the run's, unless that has one.
    void finish(device& on) noexcept {
        try {
            on.finish();
        } catch (...) {
            if (error_ == nullptr) error_ = std::current_exception();
        }
    }

    // What is not just a kernel with its values in place. Apart, like errors: what runs most steps
    // is a few instructions.
    [[gnu::noinline]] void run_special(std::uint32_t at, const place& in) {
        const plan_step& step = plan_.steps[id_at(at)];
        if (step.kind == step_kind::nothing) return;
        const bool watched = device_of(step).watches_launches();
        if (watched) device_of(step).launch(*step.record);
        if (frame_.is_late(step)) frame_.prepare_late(step);
        if (step.kind == step_kind::copy)
            run_copy(step);
        else
            run_kernel(step, prepared_[at], in);
        if (watched) device_of(step).launched();
    }
    void run_kernel(const plan_step& step, const prepared_step& prepared, const place& in) {
        // What writes a variable in place must not stop half-way.
        const bool interruptible = step.variable == none || step.record->fallible;
        if (!interruptible) in.slot->begin(&stop_, false);
        step.run(step.parameters, *in.context, prepared.inputs, *prepared.output);
        if (!interruptible) in.slot->begin(&stop_, true);
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
    bool only_kernels_;
    std::vector<step_list> lists_{1};
    const prepared_step* prepared_ = nullptr;  // the first list's
    std::vector<run_observer*> observers_;  // of the next run
    std::vector<device*> behind_;
    bool measuring_ = false;
    bool watched_ = false;  // measured or observed
    bool cold_ = false;
    std::atomic<step_id> first_left_out_{none};
    std::atomic<bool> failed_{false};
    std::exception_ptr error_;
};

}  // namespace weft
