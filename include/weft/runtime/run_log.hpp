// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What happened in one run: when each step began and ended, in which thread, and what its values
// were. It can be read at the end of the run only, before its memory is used again. Who reads it
// (tracer.hpp, run_stats.hpp, a class of the user's) is not known here.
#pragma once

#include <weft/runtime/frame.hpp>

#include <atomic>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include <pthread.h>

namespace weft {

// A thread of this process: its number, from 1 in the order of their first traced step, and what
// ps and debuggers show.
struct thread_tag {
    std::uint32_t number = 0;
    char name[16] = {};
};

inline const thread_tag& current_thread_tag() noexcept {
    static std::atomic<std::uint32_t> last{0};
    thread_local const thread_tag tag = [] {
        // Relaxed: a number, and nothing that goes with it.
        thread_tag made{last.fetch_add(1, std::memory_order_relaxed) + 1, {}};
        pthread_getname_np(pthread_self(), made.name, sizeof made.name);
        return made;
    }();
    return tag;
}

// What a step did. One that failed ends with the run, and begins when its thread was free for it.
struct step_event {
    std::int64_t begin_ns = 0;  // of stop_state::now_ns()
    std::int64_t end_ns = 0;
    thread_tag thread{};  // number 0: it has not begun
    bool ended = false;   // without an error

    bool begun() const { return thread.number != 0; }
};

struct run_log {
    std::shared_ptr<const plan> of{};
    const plan_devices* on = nullptr;
    const run_frame* frame = nullptr;
    thread_tag caller{};
    std::int64_t begin_ns = 0;
    std::int64_t end_ns = 0;
    std::vector<step_event> events{};  // of each step of the plan

    // Whether the run has come to have this value; its shape is known then.
    bool has(value_id id) const {
        const step_id producer = of->values[id].producer;
        return (producer == none || events[producer].ended) && frame->value(id).shape.known();
    }
    // Its bytes: of a tensor its elements, of another object the object itself; 0 for none.
    std::size_t bytes(value_id id) const {
        if (id == none || !has(id)) return 0;
        const plan_value& value = of->values[id];
        if (value.type().is_tensor()) return value.bytes(frame->value(id).shape);
        return value.type().object == nullptr ? 0 : value.type().object->size;
    }
};

// Who reads the logs of runs that it was given to, see run_options. Called in the thread that
// called run(), at the end of each such run, whether or not it ended well; where several runs have
// the same reader, at the same time.
class run_reader {
public:
    virtual void read(const run_log& log) noexcept = 0;
    // Of runs on several tasks: what a tracer of the task has kept of its part, see
    // tracer::to_bytes(), and its clock less this one's.
    virtual void read_part(std::span<const std::byte> bytes, std::string_view task,
                           std::int64_t clock_ns) noexcept {
        static_cast<void>(bytes), static_cast<void>(task), static_cast<void>(clock_ns);
    }

protected:
    run_reader() = default;
    run_reader(const run_reader&) = default;
    run_reader& operator=(const run_reader&) = default;
    ~run_reader() = default;
};

}  // namespace weft
