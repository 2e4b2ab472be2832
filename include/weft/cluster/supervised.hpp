// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// supervised: the loop of a job's tasks that train together, with checkpoints and an answer to the
// loss of a task. The first task that is left is the chief: it initializes or restores, and says
// when a checkpoint is due; then all tasks of the job stop between two steps, so that what is saved
// is one state of the whole cluster, and a program that starts from it goes on as if nothing had
// been.
#pragma once

#include <weft/cluster/server.hpp>
#include <weft/io/text_file.hpp>

#include <type_traits>

namespace weft {

// What the loss of a task does.
enum class on_loss : unsigned char {
    fail,     // ends supervised() with an error
    drop,     // the others go on without it
    restore,  // ends it with an error that names the checkpoint to start again from
};

struct supervised_options {
    // A folder, the same on all tasks; each writes files of its own there. Empty: no checkpoints.
    std::string checkpoint = {};
    // How often: in time, as the chief's clock says, and in steps; 0: not so.
    std::chrono::nanoseconds every = std::chrono::minutes(5);
    long every_steps = 0;
    // Steps of each task, those before a restart included; negative: until the body returns false.
    long steps = -1;
    on_loss on_worker_loss = on_loss::fail;  // of a task of this job
    on_loss on_ps_loss = on_loss::restore;   // of any other
};

namespace detail {

// What supervised() does but for the body, which has a type.
class supervision {
public:
    supervision(server& of, const supervised_options& options);

    // Initializes or restores; the step to begin with.
    long begin();
    // Before each step. A checkpoint may be made.
    void before_step(long step);
    // After the last one: takes part in the checkpoints of those that are not so far yet.
    void finish(long step);
    // In a catch block: returns if the loop goes on, throws what there is to say if not.
    void lost();
    session& on() { return session_; }

private:
    using clock = std::chrono::steady_clock;
    struct state {
        std::int64_t step = 0;
        std::uint8_t finished = 0, restored = 0;
    };

    bool is_chief() const;
    std::vector<std::optional<state>> tell(const state& mine);
    void initialize(bool chief);
    bool meet(long step, bool finished);
    void save(long step);
    long restore(const std::string& name);
    std::string loss_text(const std::string& why) const;
    std::size_t count_losses() const;

    server& server_;
    const supervised_options options_;
    session session_;
    const cluster_job job_;
    clock::time_point last_ = clock::now();  // when a checkpoint was made
    long first_step_ = 0;
    std::string saved_;  // the folder of the last checkpoint
    std::size_t losses_ = 0;
};

}  // namespace detail

// Calls body(session, step) for one step after the other, in every task of the job that calls this;
// a body that returns bool ends it with false. Gives the number of the step that would be next.
// Throws error: the body's, unavailable for a loss that it does not survive, and what saver throws.
template <class Body>
long supervised(server& of, const supervised_options& options, Body body) {
    detail::supervision loop(of, options);
    long step = loop.begin();
    for (bool more = true; more && (options.steps < 0 || step < options.steps); ++step) {
        try {
            loop.before_step(step);
            if constexpr (std::is_void_v<std::invoke_result_t<Body&, session&, long>>)
                body(loop.on(), step);
            else
                more = body(loop.on(), step);
        } catch (const error& e) {
            if (e.code() != errc::unavailable) throw;
            loop.lost();
        }
    }
    loop.finish(step);
    return step;
}

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/cluster/supervised_source.hpp>
#endif
