// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Runs a plan in a frame, again and again. How its steps are shared between threads is a schedule,
// chosen from estimated times at first, from measured ones after the first run, and again when they
// turn out to have changed. The first error stops the run: nothing new starts, what runs finishes.
#pragma once

#include <weft/runtime/inter_op_pool.hpp>
#include <weft/runtime/schedule.hpp>
#include <weft/runtime/step_runner.hpp>

#include <atomic>
#include <memory>
#include <new>
#include <utility>

namespace weft {

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
        : plan_(p),
          on_(on),
          frame_(p, on.machine, variables),
          steps_(p, on, frame_),
          slots_(on.contexts.size(), nullptr) {
        devices_.reserve(p.steps.size());
        for (const plan_step& step : p.steps) {
            devices_.push_back(step.device);
            one_pool_ = one_pool_ && on.machine.devices[step.device] == on.machine.client;
            queues_ = queues_ || on.machine.devices[step.device]->pool() == nullptr;
        }
    }
    execution(const execution&) = delete;
    execution& operator=(const execution&) = delete;

    run_frame& frame() { return frame_; }
    stop_state& stop() { return steps_.stop(); }
    // For observers of the next run.
    step_runner& steps() { return steps_; }

    // Prepares a run, see run_frame::bind(). `order` is that of the steps for given_order.
    void bind(std::span<const feed_value> feeds, sharing how, std::span<const step_id> order = {}) {
        if (how != how_ || keep_times_ || how == sharing::given_order) frame_.release_memory();
        const bool changed = frame_.bind(feeds, [&] {
            if (!keep_times_) steps_.times().estimate(plan_, frame_);
            return is_serial(how) ? step_sequence::one_after_the_other
                                  : step_sequence::side_by_side;
        });
        if (!changed) return;
        keep_times_ = false;
        how_ = how;
        runs_ = 0;
        try {
            choose_schedule(order);
        } catch (...) {  // the schedule of another layout is none for this one
            frame_.release_memory();
            throw;
        }
    }
    // Runs all steps; stop() has been prepared, and bind() called. Throws the first error of a
    // kernel. A run that was stopped throws cancelled or deadline_exceeded, naming a step that had
    // not run.
    void run() {
        const bool measure = runs_ == 0 || (runs_ == first_warm_run && trial_ == trial::over) ||
                             runs_ % runs_between_measures == 0;
        steps_.begin(measure, runs_ == 0);
        ++runs_;
        if (trial_ != trial::over && !measure)
            run_trial();
        else
            run_schedule();
        steps_.end(nodes_run());
        if (measure) reconsider();
    }
    // Kernels that the last run has run.
    std::size_t nodes_run() const { return ran_.load(std::memory_order_relaxed); }
    const schedule& current_schedule() const { return schedule_; }

private:
    // A hand-over to another thread costs about this much before it gains anything.
    static constexpr double worth_sharing_ns = 12'000;
    // What a unit of work has to be worth; steps that take a third of that are units themselves.
    static constexpr double grain_ns = 1'500, worth_stealing_ns = 500;
    // The first run is measured, one that finds its caches warm, and then one in so many.
    static constexpr std::uint32_t first_warm_run = 3, runs_between_measures = 1024;

    // Choosing how.

    step_costs costs() {
        return {plan_.first_successor, plan_.successors, devices_, steps_.times().ns()};
    }
    int client_threads() const { return on_.machine.client->pool()->workers() + 1; }
    // Whether nothing can be gained from a second thread, whatever the steps turn out to take.
    bool is_serial(sharing how) {
        if (how == sharing::stealing || how == sharing::given_order) return false;
        if (how == sharing::caller_only) return true;
        if (one_pool_ && client_threads() == 1) return true;
        const work_and_span steps = measure(costs());
        const double shared = steps.work_ns / (one_pool_ ? client_threads() : 2);
        const double left = shared > steps.span_ns ? shared : steps.span_ns;
        return steps.work_ns - left <= worth_sharing_ns;
    }
    // Whether the memory of the frame was laid out for that.
    bool must_be_serial() const {
        return frame_.arenas().sequence() == step_sequence::one_after_the_other;
    }
    schedule new_schedule(std::span<const step_id> order) {
        if (how_ == sharing::stealing) return schedule_for_stealing(costs());
        if (how_ == sharing::given_order || must_be_serial() || is_serial(how_)) {
            if (how_ != sharing::given_order) order = frame_.arenas().order();
            schedule in_order = schedule_in_order(costs(), order);
            // A callable may run a session that needs the queue which this thread would hold.
            if (!(queues_ && plan_.has_calls)) return in_order;
            return schedule_chained(costs(), in_order.order);
        }
        return has_small_steps() ? schedule_blocks(costs(), client_threads(), grain_ns)
                                 : schedule_for_stealing(costs());
    }
    bool has_small_steps() {
        const double steps = static_cast<double>(plan_.steps.size());
        return one_pool_ && steps_.times().total_ns() < worth_stealing_ns * steps;
    }
    // All of it or, where there is no memory, nothing.
    void choose_schedule(std::span<const step_id> order = {}) {
        trial_ = trial::over;
        schedule next = new_schedule(order);
        const bool is_trial = how_ == sharing::automatic && !next.sequential && has_small_steps();
        if (!next.sequential) make_room(next.units());
        if (is_trial) {
            other_ = schedule_in_order(costs());
            steps_.prepare(other_.order, 1);
        }
        steps_.prepare(next.order);
        schedule_ = std::move(next);
        planned_ns_ = steps_.times().total_ns();
        if (is_trial) trial_ = trial::in_order;
    }
    // Times of small steps are too close to the clock's own to tell whether threads pay: one run is
    // timed in order, the next one shared, and the better way stays.
    void run_trial() {
        if (trial_ == trial::in_order) {
            std::swap(schedule_, other_);
            steps_.use(1);
            in_order_ns_ = timed_run();
            std::swap(schedule_, other_);
            steps_.use(0);
            trial_ = trial::shared;
            return;
        }
        trial_ = trial::over;
        if (timed_run() < in_order_ns_) return;
        std::swap(schedule_, other_);
        steps_.use(1);
    }
    std::int64_t timed_run() {
        const std::int64_t begin = stop_state::now_ns();
        run_schedule();
        return stop_state::now_ns() - begin;
    }
    void run_schedule() {
        if (schedule_.sequential)
            run_in_order();
        else
            run_shared();
    }
    // After a measured run: whether another schedule would be better. Without memory for it, this
    // one stays.
    void reconsider() try {
        if (how_ != sharing::automatic) return;
        const double now = steps_.times().total_ns();
        if (runs_ > 1 && now < 2 * planned_ns_ && planned_ns_ < 2 * now) return;
        if (!must_be_serial())
            choose_schedule();
        else if (frame_.arenas().order().empty() && !is_serial(how_))
            // The estimate was far too low: the next run gets memory for steps side by side.
            keep_times_ = true;
    } catch (const std::bad_alloc&) {
    }
    void make_room(std::size_t units) {
        if (units <= units_) return;
        auto waits = std::make_unique<std::atomic<std::uint32_t>[]>(units);
        auto items = std::make_unique<work_item[]>(units);
        for (std::size_t u = 0; u < units; ++u) {
            items[u].run = &execution::run_item;
            items[u].owner = this;
        }
        waits_ = std::move(waits);
        items_ = std::move(items);
        units_ = units;
    }
    device_index unit_device(std::size_t unit) const {
        return devices_[schedule_.order[schedule_.first[unit]]];
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
                steps_.keep_error(schedule_.order[schedule_.first[u]]);
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
    void run_in_order() {
        if (!enter_devices()) {
            leave_devices();
            return run_queued();
        }
        const std::size_t units = schedule_.units();
        std::uint32_t at = 0;
        bool going = !steps_.failed();
        for (std::size_t u = 0; u < units && going; ++u)
            going = steps_.run(schedule_.first[u], schedule_.first[u + 1],
                               *slots_[unit_device(u)], at);
        ran_.store(going ? plan_.kernels : steps_.kernels_in(0, at), std::memory_order_relaxed);
        leave_devices();
    }
    // A device is busy with something else: the steps wait in its queue, this once.
    void run_queued() {
        try {
            schedule chained = schedule_chained(costs(), schedule_.order);
            make_room(chained.units());
            std::swap(schedule_, chained);
            run_shared();
            std::swap(schedule_, chained);
        } catch (...) {  // before anything has run
            steps_.keep_error(schedule_.order.front());
        }
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
            steps_.keep_error(schedule_.order[schedule_.first[unit]]);
        }
        for (std::uint32_t next = unit; next != none;) {
            unit = next;
            if (worker != nullptr) worker->pool().share(*worker, this);
            ran += run_unit(unit, slot);
            next = release_successors(unit, here, worker, sinks);
            if (next == none && worker != nullptr) next = own_item(*worker, here);
        }
        if (slot != nullptr) on_.contexts[here]->release(*slot);
        finish(sinks, ran);
    }
    std::size_t run_unit(std::uint32_t unit, kernel_slot* slot) noexcept {
        const std::uint32_t first = schedule_.first[unit], last = schedule_.first[unit + 1];
        if (slot == nullptr || steps_.failed()) return 0;
        std::uint32_t at = first;
        return steps_.kernels_in(first, steps_.run(first, last, *slot, at) ? last : at);
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
    // The next item that this worker keeps, if it is one of this run and device; nearly all are,
    // but devices may share a pool.
    std::uint32_t own_item(pool_worker& worker, device_index here) noexcept {
        work_item* const item = worker.take();
        if (item == nullptr) return none;
        if (item->owner == this && unit_device(unit_of(item)) == here) return unit_of(item);
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
    step_runner steps_;
    std::vector<std::uint32_t> devices_;  // of each step
    bool one_pool_ = true;                // all steps are on the client's device
    bool queues_ = false;                 // some are on one with a queue
    sharing how_ = sharing::automatic;
    double planned_ns_ = 0;   // the time of all steps that the schedule was made for
    std::uint32_t runs_ = 0;  // with these shapes
    bool keep_times_ = false;  // those measured are better than an estimate for the next layout
    schedule schedule_;
    // Of plans with small steps: the schedule that is tried against this one, and how far that is.
    enum class trial : unsigned char { over, in_order, shared };
    trial trial_ = trial::over;
    schedule other_;
    std::int64_t in_order_ns_ = 0;
    std::unique_ptr<std::atomic<std::uint32_t>[]> waits_;  // of each unit: predecessors left
    std::unique_ptr<work_item[]> items_;                   // of each unit
    std::size_t units_ = 0;                                // that there is room for
    std::vector<kernel_slot*> slots_;                      // of a run in order, by device
    std::atomic<std::uint32_t> left_{0};  // sinks, and threads in run_from()
    std::atomic<std::size_t> ran_{0};
    std::atomic<bool> done_{false};
};

}  // namespace weft
