// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Runs a plan in a frame, again and again. How its steps are shared between threads is a schedule,
// chosen from estimated times at first, from measured ones after the first run, and again when they
// turn out to have changed. The first error stops the run: nothing new starts, what runs finishes.
#pragma once

#include <weft/runtime/context_pool.hpp>
#include <weft/runtime/frame.hpp>
#include <weft/runtime/inter_op_pool.hpp>
#include <weft/runtime/run_observer.hpp>
#include <weft/runtime/schedule.hpp>
#include <weft/runtime/step_errors.hpp>
#include <weft/runtime/step_times.hpp>

#include <atomic>
#include <exception>
#include <memory>
#include <utility>

namespace weft {

// The devices a plan runs on, with the contexts for their kernels.
struct execution_devices {
    plan_devices machine;
    std::vector<std::unique_ptr<context_pool>> contexts;  // by device_index
};

// How threads share the steps of a run.
enum class sharing : unsigned char {
    automatic,    // as seems best
    caller_only,  // the calling thread runs everything
    stealing,     // every step may be taken by another thread
    given_order,  // one step after the other, as was said
};

// Executes one plan, one run at a time; several executions of a plan run side by side. Reused.
class execution {
public:
    execution(const plan& p, execution_devices& on, variable_store& variables)
        : plan_(p), on_(on), frame_(p, on.machine, variables), slots_(on.contexts.size(), nullptr) {
        devices_.reserve(p.steps.size());
        for (const plan_step& step : p.steps) {
            devices_.push_back(step.device);
            one_pool_ = one_pool_ && &device_of(step) == on.machine.client;
        }
    }
    execution(const execution&) = delete;
    execution& operator=(const execution&) = delete;

    run_frame& frame() { return frame_; }
    stop_state& stop() { return stop_; }

    // Has this observer told of the next run; it must live until that ends.
    void observe(run_observer& observer) { observers_.push_back(&observer); }
    // For a run that did not come to begin.
    void forget_observers() noexcept { observers_.clear(); }

    // Prepares a run, see run_frame::bind(). `order` is that of the steps for given_order.
    void bind(std::span<const feed_value> feeds, sharing how, std::vector<step_id> order = {}) {
        if (how != how_ || keep_times_ || how == sharing::given_order) frame_.release_memory();
        const bool changed = frame_.bind(feeds, [&] {
            if (!keep_times_) times_.estimate(plan_, frame_);
            serial_layout_ = is_serial(how);
            return serial_layout_ ? step_sequence::one_after_the_other
                                  : step_sequence::side_by_side;
        });
        if (!changed) return;
        keep_times_ = false;
        how_ = how;
        order_ = std::move(order);
        runs_ = 0;
        choose_schedule();
    }
    // Runs all steps; stop() has been prepared, and bind() called. Throws the first error of a
    // kernel. A run that was stopped throws cancelled or deadline_exceeded, naming a step that had
    // not run.
    void run() {
        begin_observation();
        failed_.store(false, std::memory_order_relaxed);
        first_left_out_.store(none, std::memory_order_relaxed);
        measuring_ = runs_ == 0 || runs_ == first_warm_run || runs_ % runs_between_measures == 0;
        ++runs_;
        if (schedule_.sequential)
            run_in_order();
        else
            run_shared();
        end_observation();
        // Nothing is kept: the error belongs to the caller alone.
        if (error_ != nullptr) std::rethrow_exception(std::exchange(error_, nullptr));
        if (const errc cause = stop_.cause(); cause != errc::ok)
            throw_stopped(cause, plan_, nodes_run(),
                          first_left_out_.load(std::memory_order_relaxed));
        if (measuring_) reconsider();
    }
    // Kernels that the last run has run.
    std::size_t nodes_run() const { return ran_.load(std::memory_order_relaxed); }
    const schedule& current_schedule() const { return schedule_; }

private:
    // A hand-over to another thread costs about this much before it gains anything.
    static constexpr double worth_sharing_ns = 12'000;
    // What a unit of work has to be worth.
    static constexpr double grain_ns = 1'500;
    // The first run is measured, one that finds its caches warm, and then one in so many.
    static constexpr std::uint32_t first_warm_run = 3, runs_between_measures = 1024;

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

    // Choosing how.

    step_costs costs() const {
        return {plan_.first_successor, plan_.successors, devices_, times_.ns()};
    }
    // Whether nothing can be gained from a second thread, whatever the steps turn out to take.
    bool is_serial(sharing how) const {
        if (how == sharing::stealing || how == sharing::given_order) return false;
        if (how == sharing::caller_only) return true;
        if (one_pool_ && on_.machine.client->pool()->workers() == 0) return true;
        return !is_worth_sharing();
    }
    bool is_worth_sharing() const {
        const work_and_span steps = measure(costs());
        int threads = 2;
        if (one_pool_) threads = on_.machine.client->pool()->workers() + 1;
        const double shared = steps.work_ns / threads;
        const double left = shared > steps.span_ns ? shared : steps.span_ns;
        return steps.work_ns - left > worth_sharing_ns;
    }
    void choose_schedule() {
        if (how_ == sharing::stealing)
            schedule_ = schedule_for_stealing(costs());
        else if (how_ == sharing::given_order)
            schedule_ = schedule_in_order(costs(), order_);
        else if (serial_layout_ || is_serial(how_))
            schedule_ = schedule_in_order(costs());
        else if (one_pool_)
            schedule_ = schedule_blocks(costs(), on_.machine.client->pool()->workers() + 1,
                                        grain_ns);
        else
            schedule_ = schedule_for_stealing(costs());
        planned_ns_ = times_.total_ns();
        prepare_steps();
        if (!schedule_.sequential) prepare_units();
    }
    // After a measured run: whether another schedule would be better.
    void reconsider() {
        const double now = times_.total_ns();
        if (runs_ > 1 && now < 2 * planned_ns_ && planned_ns_ < 2 * now) return;
        if (serial_layout_ && !is_serial(how_)) {
            // The estimate was far too low: the next run gets memory for steps side by side.
            keep_times_ = true;
        } else if (!schedule_.sequential || !serial_layout_) {
            choose_schedule();
        }
    }
    void prepare_steps() {
        prepared_.clear();
        prepared_.reserve(plan_.steps.size());
        for (step_id id : schedule_.order) {
            const plan_step& step = plan_.steps[id];
            const bool object =
                step.output != none && plan_.values[step.output].home == value_home::object;
            const bool special = step.kind != step_kind::kernel || step.variable != none ||
                                 object || frame_.is_late(step);
            prepared_.push_back({step.run, step.parameters, frame_.inputs_of(step),
                                 &frame_.output_of(step), id, special});
        }
    }
    void prepare_units() {
        const std::size_t units = schedule_.units();
        if (units > units_) {
            waits_ = std::make_unique<std::atomic<std::uint32_t>[]>(units);
            items_ = std::make_unique<work_item[]>(units);
            units_ = units;
        }
        for (std::size_t u = 0; u < units; ++u) {
            items_[u].run = &execution::run_item;
            items_[u].owner = this;
        }
    }

    // Steps of one unit.

    // Runs prepared steps [first, last), which are on one device, in this thread. False after an
    // error, which is kept, or a stop; then `at` is the step that it came to.
    bool run_steps(std::uint32_t first, std::uint32_t last, kernel_slot& slot,
                   std::uint32_t& at) noexcept {
        at = first;
        try {
            context_base& ctx = slot.begin(&stop_, true);
            for (; at < last; ++at) {
                const prepared_step& step = prepared_[at];
                if (stop_.requested()) return left_out(step.id);
                if (step.special)
                    run_special(step, slot);
                else
                    step.run(step.parameters, ctx, step.inputs, *step.output);
                slot.next(&stop_);
            }
            return true;
        } catch (...) {
            keep_error(plan_.steps[prepared_[at].id]);
            return false;
        }
    }
    // The same with a look at the clock after each step, and for observers.
    bool measure_steps(std::uint32_t first, std::uint32_t last, kernel_slot& slot,
                       std::uint32_t& at) noexcept {
        std::int64_t before = stop_state::now_ns();
        for (at = first; at < last;) {
            std::uint32_t ran = at;
            const step_id id = prepared_[at].id;
            for (run_observer* observer : observers_) observer->step_begins(id);
            if (!run_steps(at, at + 1, slot, ran)) return false;
            const std::int64_t now = stop_state::now_ns();
            for (run_observer* observer : observers_) observer->step_ends(id, before, now);
            times_.note(prepared_[at].id, now - before - (runs_ == 1 ? step_times::cold_ns : 0));
            before = now;
            ++at;
        }
        return true;
    }
    bool run_range(std::uint32_t first, std::uint32_t last, kernel_slot& slot,
                   std::uint32_t& at) noexcept {
        return measuring_ || !observers_.empty() ? measure_steps(first, last, slot, at) : run_steps(first, last, slot, at);
    }
    bool left_out(step_id id) noexcept {
        step_id nobody = none;
        first_left_out_.compare_exchange_strong(nobody, id, std::memory_order_relaxed);
        return false;
    }
    void keep_error(const plan_step& step) noexcept {
        // Relaxed: error_ is read after the run, which the count of sinks left orders.
        if (!failed_.exchange(true, std::memory_order_relaxed))
            error_ = wrapped_exception(*step.record, device_of(step).info().name.to_string());
        stop_.request(errc::aborted);
    }

    // What is not just a kernel with its values in place.
    void run_special(const prepared_step& prepared, kernel_slot& slot) {
        const plan_step& step = plan_.steps[prepared.id];
        if (frame_.is_late(step)) frame_.prepare_late(step);
        if (step.kind == step_kind::copy) return run_copy(step);
        if (step.kind == step_kind::nothing) return;
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
    std::size_t kernels_in(std::uint32_t first, std::uint32_t last) const {
        std::size_t kernels = 0;
        for (std::uint32_t i = first; i < last; ++i)
            kernels += plan_.steps[prepared_[i].id].kind == step_kind::kernel;
        return kernels;
    }

    void begin_observation() {
        if (observers_.empty()) return;
        try {
            for (run_observer* observer : observers_)
                observer->run_begins(plan_, on_.machine, stop_state::now_ns());
        } catch (...) {
            observers_.clear();
            throw;
        }
    }
    void end_observation() noexcept {
        for (run_observer* observer : observers_) observer->run_ends(stop_state::now_ns());
        observers_.clear();
    }

    // In the calling thread.

    // Whether the calling thread may run the kernels of all devices itself now.
    bool enter_devices() noexcept {
        for (std::size_t u = 0; u < schedule_.units(); ++u) {
            const device_index d = unit_device(u);
            if (slots_[d] != nullptr) continue;
            if (!on_.machine.devices[d]->enter()) return false;
            try {
                slots_[d] = &on_.contexts[d]->acquire();
            } catch (...) {
                on_.machine.devices[d]->leave();
                keep_error(plan_.steps[schedule_.order[schedule_.first[u]]]);
                return true;
            }
        }
        return true;
    }
    void leave_devices() noexcept {
        for (device_index d = 0; d < slots_.size(); ++d) {
            if (slots_[d] == nullptr) continue;
            on_.contexts[d]->release(*std::exchange(slots_[d], nullptr));
            on_.machine.devices[d]->leave();
        }
    }
    device_index unit_device(std::size_t unit) const {
        return devices_[schedule_.order[schedule_.first[unit]]];
    }

    void run_in_order() {
        const std::size_t units = schedule_.units();
        if (!enter_devices()) {
            leave_devices();
            return run_queued();
        }
        std::uint32_t at = 0;
        bool going = error_ == nullptr;
        for (std::size_t u = 0; u < units && going; ++u)
            going = run_range(schedule_.first[u], schedule_.first[u + 1], *slots_[unit_device(u)],
                              at);
        ran_.store(going ? plan_.kernels : kernels_in(0, at), std::memory_order_relaxed);
        leave_devices();
    }
    // A device is busy with something else: its steps wait in its queue, once.
    void run_queued() {
        schedule serial = std::exchange(schedule_, schedule_chained(costs(), schedule_.order));
        prepare_units();
        run_shared();
        schedule_ = std::move(serial);
    }

    // By several threads.

    void run_shared() {
        const std::size_t units = schedule_.units();
        ran_.store(0, std::memory_order_relaxed);
        if (units == 0) return;
        // Relaxed: items reach other threads by a deque's or a mutex's release after this.
        for (std::size_t u = 0; u < units; ++u)
            waits_[u].store(schedule_.needs[u], std::memory_order_relaxed);
        left_.store(schedule_.sinks, std::memory_order_relaxed);
        done_.store(false, std::memory_order_relaxed);
        on_.machine.client->pool()->help_until(this, done_, [this] {
            for (std::uint32_t root : schedule_.roots) hand_over(root, pool_worker::current());
        });
    }
    // Gives a ready unit to whoever will run it.
    void hand_over(std::uint32_t unit, pool_worker* self) noexcept {
        device& on = *on_.machine.devices[unit_device(unit)];
        if (self != nullptr && on.pool() == &self->pool())
            self->pool().keep(*self, items_[unit]);
        else
            on.submit(items_[unit]);
    }

    static void run_item(work_item* item) noexcept {
        auto* const self = const_cast<execution*>(static_cast<const execution*>(item->owner));
        self->run_from(self->unit_of(item));
    }
    std::uint32_t unit_of(const work_item* item) const noexcept {
        return static_cast<std::uint32_t>(item - items_.get());
    }

    // Runs a unit, then what it and what follows have made ready for this thread.
    void run_from(std::uint32_t unit) noexcept {
        // Counted from before its first unit is done until it touches nothing of this any more.
        left_.fetch_add(1, std::memory_order_relaxed);
        pool_worker* const worker = pool_worker::current();
        const device_index here = unit_device(unit);
        std::uint32_t sinks = 0;
        std::size_t ran = 0;
        kernel_slot* slot = nullptr;
        try {
            slot = &on_.contexts[here]->acquire();
        } catch (...) {
            keep_error(plan_.steps[schedule_.order[schedule_.first[unit]]]);
        }
        for (std::uint32_t next = unit; next != none;) {
            unit = next;
            if (worker != nullptr) worker->pool().share(*worker, this);
            ran += run_unit(unit, slot);
            next = release_successors(unit, here, worker, sinks);
            if (next == none && worker != nullptr) next = own_item(*worker);
        }
        if (slot != nullptr) on_.contexts[here]->release(*slot);
        finish(sinks, ran);
    }
    std::size_t run_unit(std::uint32_t unit, kernel_slot* slot) noexcept {
        const std::uint32_t first = schedule_.first[unit], last = schedule_.first[unit + 1];
        if (slot == nullptr || failed_.load(std::memory_order_relaxed)) return 0;
        std::uint32_t at = first;
        return kernels_in(first, run_range(first, last, *slot, at) ? last : at);
    }
    // Counts a unit down from those that wait for it; the last one that becomes ready on this
    // device is for the caller, the others are handed over.
    std::uint32_t release_successors(std::uint32_t unit, device_index here, pool_worker* worker,
                                     std::uint32_t& sinks) noexcept {
        const std::uint32_t* at = schedule_.successors.data() + schedule_.first_successor[unit];
        const std::uint32_t* const end =
            schedule_.successors.data() + schedule_.first_successor[unit + 1];
        sinks += at == end;
        std::uint32_t kept = none;
        for (; at != end; ++at) {
            const std::uint32_t later = *at & ~schedule::only_dependency;
            // Acquire-release pairs with itself in the other predecessors' threads: whoever comes
            // last sees what all of them have written.
            if (later == *at && waits_[later].fetch_sub(1, std::memory_order_acq_rel) != 1)
                continue;
            if (unit_device(later) != here) {
                hand_over(later, worker);
                continue;
            }
            if (kept != none) hand_over(kept, worker);
            kept = later;
        }
        return kept;
    }
    // The next item that this worker keeps, if it is of this run; all that it keeps usually are.
    std::uint32_t own_item(pool_worker& worker) noexcept {
        work_item* const item = worker.take();
        if (item == nullptr) return none;
        if (item->owner == this) return unit_of(item);
        worker.pool().keep(worker, *item);
        return none;
    }
    void finish(std::uint32_t sinks, std::size_t ran) noexcept {
        ran_.fetch_add(ran, std::memory_order_relaxed);
        inter_op_pool& home = *on_.machine.client->pool();
        // Acquire-release: the last one sees, and publishes to the caller, what all have done. The
        // caller may destroy this as soon as it has been told.
        if (left_.fetch_sub(sinks + 1, std::memory_order_acq_rel) == sinks + 1)
            home.finish(this, done_);
    }

    const plan& plan_;
    execution_devices& on_;
    run_frame frame_;
    stop_state stop_;
    std::vector<std::uint32_t> devices_;  // of each step
    bool one_pool_ = true;                // all steps are on the client's device
    sharing how_ = sharing::automatic;
    std::vector<step_id> order_;             // for given_order
    std::vector<run_observer*> observers_;   // of the next run
    step_times times_;
    double planned_ns_ = 0;    // the time of all steps that the schedule was made for
    std::uint32_t runs_ = 0;   // with these shapes
    bool measuring_ = false;
    bool serial_layout_ = true;
    bool keep_times_ = false;  // those measured are better than an estimate for the next layout
    schedule schedule_;
    std::vector<prepared_step> prepared_;                  // in the schedule's order
    std::unique_ptr<std::atomic<std::uint32_t>[]> waits_;  // of each unit: predecessors left
    std::unique_ptr<work_item[]> items_;                   // of each unit
    std::size_t units_ = 0;                                // that there is room for
    std::vector<kernel_slot*> slots_;                      // of a run in order, by device
    std::atomic<std::uint32_t> left_{0};                   // sinks, and threads in run_from()
    std::atomic<std::size_t> ran_{0};
    std::atomic<step_id> first_left_out_{none};
    std::atomic<bool> failed_{false};
    std::atomic<bool> done_{false};
    std::exception_ptr error_;
};

}  // namespace weft
