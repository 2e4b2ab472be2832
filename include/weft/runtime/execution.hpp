// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Runs a plan in a frame, again and again. How its steps are shared between threads is a schedule,
// chosen from estimated times at first, from measured ones after the first run, and again when they
// turn out to have changed. The first error stops the run: nothing new starts, what runs finishes.
#pragma once

#include <weft/runtime/inter_op_pool.hpp>
#include <weft/runtime/memory_order.hpp>
#include <weft/runtime/schedule_choice.hpp>
#include <weft/runtime/schedule_trial.hpp>
#include <weft/runtime/step_runner.hpp>
#include <weft/runtime/unit_states.hpp>

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
          only_device_(p.steps.empty() ? none : p.steps.front().device),
          places_(on.contexts.size()) {
        devices_.reserve(p.steps.size());
        for (const plan_step& step : p.steps) {
            devices_.push_back(step.device);
            one_pool_ = one_pool_ && on.machine.devices[step.device] == on.machine.client;
            queues_ = queues_ || on.machine.devices[step.device]->pool() == nullptr;
            visit(on.machine.devices[step.device]->pool());
            if (step.device != devices_.front()) only_device_ = none;
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
            if (!must_be_serial())
                growth_ = memory_growth(plan_, frame_.arenas().value_bytes());
            choose_schedule(false, order);
        } catch (...) {  // the schedule of another layout is none for this one
            frame_.release_memory();
            throw;
        }
    }
    // Runs all steps; stop() has been prepared, and bind() called. Throws the first error of a
    // kernel. A run that was stopped throws cancelled or deadline_exceeded, naming a step that had
    // not run.
    void run() {
        const bool measure = runs_ < first_runs || runs_ % runs_between_measures == 0;
        steps_.begin(measure, runs_ == 0);
        ++runs_;
        if (!trial_.over() && !measure)
            run_trial();
        else
            run_schedule();
        steps_.end(nodes_run());
        if (!measure) return;
        constexpr double long_ns = 200;  // a step that hides what fetching ahead takes
        const auto steps = static_cast<double>(plan_.steps.size());
        fetches_ahead_ = steps_.times().total_ns() > long_ns * steps;
        reconsider();
    }
    // Kernels that the last run has run.
    std::size_t nodes_run() const { return ran_.load(std::memory_order_relaxed); }
    const schedule& current_schedule() const { return schedule_; }

private:
    // The first run is measured, the second, which finds its caches warm, and then one in so many.
    static constexpr std::uint32_t first_runs = 2, runs_between_measures = 1024;

    // Choosing how.

    step_costs costs() {
        return {plan_.first_successor, plan_.successors, devices_, steps_.times().ns(), growth_};
    }
    schedule_choice choice() {
        return {costs(), on_.machine.client->pool()->workers() + 1, one_pool_};
    }
    // Whether nothing can be gained from a second thread, whatever the steps turn out to take.
    bool is_serial(sharing how) {
        if (how == sharing::stealing || how == sharing::given_order) return false;
        return how == sharing::caller_only || choice().is_serial();
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
        return choice().shared();
    }
    // All of it or, where there is no memory, nothing. With `tried`, the ways that may be better
    // than the one that times suggest take turns with it in the next runs.
    void choose_schedule(bool tried, std::span<const step_id> order = {}) {
        end_trial(0);
        schedule next = new_schedule(order);
        std::vector<schedule> others;
        if (!next.sequential) make_room(next.units());
        if (tried && !next.sequential) others = choice().others();
        for (std::size_t i = 0; i < others.size(); ++i) {
            if (!others[i].sequential) make_room(others[i].units());
            steps_.prepare(others[i].order, i + 1);
        }
        steps_.prepare(next.order);
        schedule_ = std::move(next);
        others_ = std::move(others);
        planned_ns_ = steps_.times().total_ns();
        trial_.begin(1 + others_.size());
    }
    // One run of a trial, in the way whose turn it is.
    void run_trial() {
        const std::size_t way = trial_.next();
        use_way(way);
        const std::int64_t begin = stop_state::now_ns();
        run_schedule();
        const std::int64_t took = stop_state::now_ns() - begin;
        use_way(way);
        if (nodes_run() == plan_.kernels) trial_.note(took);
        if (trial_.over()) end_trial(trial_.best());
    }
    // Puts one of the other ways in the place of the first, and back.
    void use_way(std::size_t way) noexcept {
        if (way == 0) return;
        std::swap(schedule_, others_[way - 1]);
        steps_.swap_with_first(way);
    }
    void end_trial(std::size_t way) noexcept {
        use_way(way);
        steps_.keep_first();
        others_ = {};
        trial_.begin(0);
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
        if (runs_ > first_runs && now < 2 * planned_ns_ && planned_ns_ < 2 * now) return;
        if (!must_be_serial())
            choose_schedule(runs_ >= first_runs);
        else if (frame_.arenas().order().empty() && !is_serial(how_))
            // The estimate was far too low: the next run gets memory for steps side by side.
            keep_times_ = true;
    } catch (const std::bad_alloc&) {
    }
    void make_room(std::size_t units) { units_.make_room(units, &execution::run_item, this); }
    device_index unit_device(std::size_t unit) const {
        return only_device_ != none ? only_device_
                                    : devices_[schedule_.order[schedule_.first[unit]]];
    }

    // In the calling thread.

    // Whether the calling thread may run the kernels of all devices itself now.
    bool enter_devices() noexcept {
        for (std::size_t u = 0; u < schedule_.units(); ++u) {
            const device_index d = unit_device(u);
            if (places_[d].slot != nullptr) continue;
            if (!on_.machine.devices[d]->enter()) return false;
            try {
                places_[d] = steps_.begin_in(on_.contexts[d]->acquire());
            } catch (...) {
                on_.machine.devices[d]->leave();
                steps_.keep_error(schedule_.order[schedule_.first[u]]);
                return true;
            }
        }
        return true;
    }
    void leave_devices() noexcept {
        for (device_index d = 0; d < places_.size(); ++d) {
            if (places_[d].slot == nullptr) continue;
            on_.contexts[d]->release(*std::exchange(places_[d], {}).slot);
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
            going = steps_.run_in_order(schedule_.first[u], schedule_.first[u + 1],
                                        places_[unit_device(u)], at);
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
        ran_.store(0, std::memory_order_relaxed);
        if (schedule_.units() == 0) return;
        units_.begin(schedule_.needs);
        left_.store(schedule_.sinks, std::memory_order_relaxed);
        done_.store(false, std::memory_order_relaxed);
        on_.machine.client->pool()->help_until(this, done_, elsewhere_, [this] {
            for (std::uint32_t root : schedule_.roots) hand_over(root, pool_worker::current());
        });
    }
    // Adds to the pools that the calling thread looks for units in.
    void visit(inter_op_pool* pool) {
        if (pool == nullptr || pool == on_.machine.client->pool()) return;
        for (const pool_visit& known : elsewhere_)
            if (known.pool == pool) return;
        elsewhere_.push_back({pool});
    }
    // Gives a ready unit to whoever will run it.
    void hand_over(std::uint32_t unit, pool_worker* self) noexcept {
        device& on = *on_.machine.devices[unit_device(unit)];
        if (self != nullptr && on.pool() == &self->pool())
            self->pool().keep(*self, units_.item(unit));
        else
            on.submit(units_.item(unit));
    }

    static void run_item(work_item* item) noexcept {
        auto* const self = const_cast<execution*>(static_cast<const execution*>(item->owner));
        self->run_from(self->units_.unit_of(item));
    }
    // Runs a unit, then what it and what follows have made ready for this thread.
    void run_from(std::uint32_t unit) noexcept {
        // Counted from before its first unit is done until it touches nothing of this any more.
        left_.fetch_add(1, std::memory_order_relaxed);
        pool_worker* const worker = pool_worker::current();
        const device_index here = unit_device(unit);
        const bool keeps =
            worker != nullptr && on_.machine.devices[here]->pool() == &worker->pool();
        std::uint32_t sinks = 0;
        std::size_t ran = 0;
        step_runner::place place;
        try {
            place = steps_.begin_in(on_.contexts[here]->acquire());
        } catch (...) {
            steps_.keep_error(schedule_.order[schedule_.first[unit]]);
        }
        for (std::uint32_t next = unit; next != none;) {
            unit = next;
            if (worker != nullptr) worker->pool().share(*worker, this);
            if (fetches_ahead_ && schedule_.single) fetch_ahead(unit, worker);
            ran += run_unit(unit, place);
            next = release_successors(unit, here, worker, keeps, sinks);
            if (next == none && worker != nullptr) next = own_item(*worker, here);
        }
        if (place.slot != nullptr) on_.contexts[here]->release(*place.slot);
        finish(sinks, ran);
    }
    // Before a unit that takes a while: what comes next is brought to this core meanwhile. That is
    // one of its most urgent successors, or else what this worker kept last.
    void fetch_ahead(std::uint32_t unit, const pool_worker* worker) noexcept {
        const std::uint32_t begin = schedule_.first_successor[unit];
        std::uint32_t next = none, i = schedule_.first_successor[unit + 1];
        for (int looked_at = 0; i > begin && next == none && looked_at < 8; ++looked_at) {
            const std::uint32_t later = schedule_.successors[--i] & ~schedule::only_dependency;
            if (units_.waits_for_one(later)) next = later;
        }
        if (next == none && worker != nullptr)
            if (const work_item* top = worker->top(); top != nullptr && units_.is_own(top))
                next = units_.unit_of(top);
        if (next != none) steps_.fetch(next);
    }
    std::size_t run_unit(std::uint32_t unit, const step_runner::place& place) noexcept {
        if (place.slot == nullptr || steps_.failed()) return 0;
        if (schedule_.single) return steps_.run_one(unit, place);
        const std::uint32_t first = schedule_.first[unit], last = schedule_.first[unit + 1];
        std::uint32_t at = first;
        return steps_.kernels_in(first, steps_.run(first, last, place, at) ? last : at);
    }
    // Counts a unit down from those that wait for it; the last one that becomes ready on this
    // device is for the caller, the others are handed over. `keeps`: to this worker's own stack.
    std::uint32_t release_successors(std::uint32_t unit, device_index here, pool_worker* worker,
                                     bool keeps, std::uint32_t& sinks) noexcept {
        const std::uint32_t* at = schedule_.successors.data() + schedule_.first_successor[unit];
        const std::uint32_t* const end =
            schedule_.successors.data() + schedule_.first_successor[unit + 1];
        sinks += at == end;
        std::uint32_t kept = none;
        for (; at != end; ++at) {
            const std::uint32_t later = *at & ~schedule::only_dependency;
            if (later == *at && !units_.count_down(later)) continue;
            if (unit_device(later) != here) {
                hand_over(later, worker);
                continue;
            }
            const std::uint32_t before = std::exchange(kept, later);
            if (before == none) continue;
            if (keeps)
                worker->pool().keep(*worker, units_.item(before));
            else
                hand_over(before, worker);
        }
        return kept;
    }
    // The next item that this worker keeps, if it is one of this run and device; nearly all are,
    // but devices may share a pool.
    std::uint32_t own_item(pool_worker& worker, device_index here) noexcept {
        work_item* const item = worker.take();
        if (item == nullptr) return none;
        if (units_.is_own(item) && unit_device(units_.unit_of(item)) == here)
            return units_.unit_of(item);
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
    device_index only_device_;            // of all steps, none where there are several
    std::vector<std::int64_t> growth_;    // by each step, of what is held
    bool one_pool_ = true;                // all steps are on the client's device
    bool queues_ = false;                 // some are on one with a queue
    sharing how_ = sharing::automatic;
    double planned_ns_ = 0;   // the time of all steps that the schedule was made for
    std::uint32_t runs_ = 0;  // with these shapes
    bool fetches_ahead_ = false;
    bool keep_times_ = false;  // those measured are better than an estimate for the next layout
    schedule schedule_;
    schedule_trial trial_;
    std::vector<schedule> others_;  // that are tried against it
    unit_states units_;
    std::vector<step_runner::place> places_;               // of a run in order, by device
    std::vector<pool_visit> elsewhere_;                    // pools of devices but the client's
    std::atomic<std::uint32_t> left_{0};  // sinks, and threads in run_from()
    std::atomic<std::size_t> ran_{0};
    std::atomic<bool> done_{false};
};

}  // namespace weft
