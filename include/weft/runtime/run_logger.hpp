// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Keeps the log of one run and gives it to its readers. A step costs two stores to memory of its
// own, without an atomic operation; everything else happens at the end. What readers make of a log
// is not known here.
#pragma once

#include <weft/runtime/run_log.hpp>
#include <weft/runtime/run_observer.hpp>

#include <utility>

namespace weft {

class run_logger final : public run_observer {
public:
    // Of a run of `of` in `frame`; either reader may be null, and must outlive the run.
    run_logger(std::shared_ptr<const plan> of, const run_frame& frame, run_reader* first,
               run_reader* second)
        : readers_{first, second} {
        log_.of = std::move(of);
        log_.frame = &frame;
    }

    void run_begins(const plan& p, const plan_devices& on, std::int64_t now_ns) override {
        log_.on = &on;
        log_.caller = current_thread_tag();
        log_.begin_ns = now_ns;
        log_.events.assign(p.steps.size(), {});
    }
    void step_begins(step_id step) noexcept override {
        log_.events[step].thread = current_thread_tag();
    }
    void step_ends(step_id step, std::int64_t begin_ns, std::int64_t end_ns) noexcept override {
        step_event& event = log_.events[step];
        event.begin_ns = begin_ns;
        event.end_ns = end_ns;
        event.ended = true;
    }
    // The run's own counters have ordered all steps before this.
    void run_ends(std::int64_t now_ns) noexcept override {
        log_.end_ns = now_ns;
        for (step_event& event : log_.events)
            if (event.begun() && !event.ended) end_failed(event);
        for (run_reader* reader : readers_)
            if (reader != nullptr) reader->read(log_);
    }

private:
    void end_failed(step_event& event) const noexcept {
        event.begin_ns = log_.begin_ns;
        for (const step_event& other : log_.events)
            if (other.ended && other.thread.number == event.thread.number &&
                other.end_ns > event.begin_ns)
                event.begin_ns = other.end_ns;
        event.end_ns = log_.end_ns;
    }

    run_log log_;
    run_reader* readers_[2];
};

}  // namespace weft
