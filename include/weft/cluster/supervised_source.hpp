// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The definitions behind supervised(). A checkpoint is a folder with a file per task; the file
// `latest` beside it names it, and is written when all of them are on disk, so that it always names
// one that is whole. The one before is kept until then.
#pragma once

#include <weft/cluster/supervised.hpp>

#include <filesystem>
#include <fstream>
#include <utility>

namespace weft {

namespace detail {

WEFT_SOURCE supervision::supervision(server& of, const supervised_options& options)
    : server_(of), options_(options), session_(of.session()), job_(of.of().job(of.of().job())) {}

WEFT_SOURCE bool supervision::is_chief() const {
    for (int rank = job_.first_rank(); rank < server_.of().rank(); ++rank)
        if (server_.core().loss_of(rank).empty()) return false;
    return true;
}

// All tasks of the job that are left tell each other.
WEFT_SOURCE std::vector<std::optional<supervision::state>> supervision::tell(const state& mine) {
    std::vector<std::optional<state>> out;
    for (const exchanges::text& text :
         server_.core().exchange_in(job_, std::as_bytes(std::span(&mine, 1)),
                                    options_.on_worker_loss == on_loss::drop)) {
        out.emplace_back();
        if (!text || text->size() != sizeof(state)) continue;
        std::memcpy(&out.back().emplace(), text->data(), sizeof(state));
    }
    return out;
}

// Variables of this task by itself, all others by the chief.
WEFT_SOURCE void supervision::initialize(bool chief) {
    session_core& core = session_.core();
    for (node_id variable : core.of().variables()) {
        const node_id initializer = core.of().initializer_of(variable);
        prepared_plan& plan = core.prepare({}, std::span(&initializer, 1));
        const device_spec at = device_spec::parse(core.device_of(plan, initializer));
        if (!chief && !server_.of().self().matches(at)) continue;
        session_run run(core, plan, {});
        run.begin({}, {});
        run.execute();
    }
}

WEFT_SOURCE long supervision::begin() {
    const bool chief = is_chief();
    state mine;
    try {
        std::string name;
        if (chief && !options_.checkpoint.empty()) {
            std::ifstream latest(options_.checkpoint + "/latest");
            std::getline(latest, name);
        }
        mine.restored = !name.empty();
        if (mine.restored != 0) mine.step = restore(name);
        if (chief && mine.restored == 0) initialize(true);
        const auto all = tell(mine);
        for (const auto& one : all)  // the chief's is the first
            if (one) {
                if (one->restored == 0 && !chief) initialize(false);
                first_step_ = static_cast<long>(one->step);
                break;
            }
        tell(mine);  // nobody begins before all are initialized
    } catch (const error& e) {
        if (e.code() != errc::unavailable) throw;
        throw error(errc::unavailable, loss_text(e.what()));
    }
    last_ = clock::now();
    return first_step_;
}

WEFT_SOURCE void supervision::before_step(long step) {
    if (options_.checkpoint.empty()) return;
    if (options_.every_steps > 0 && step > first_step_ && step % options_.every_steps == 0) {
        meet(step, false);
        return;
    }
    if (options_.every.count() <= 0) return;
    const long announced = server_.core().checkpoints().due_before();
    if (announced == step + 1) server_.core().checkpoints().confirm();
    if (announced > step) return;
    if (announced >= 0) {
        meet(step, false);
        return;
    }
    // Tasks that run in step are at most one step apart: all of them stop before the same one, for
    // the chief does not begin the step before it until all know.
    if (is_chief() && clock::now() - last_ >= options_.every)
        server_.core().checkpoints().announce(job_, step + 2);
}

// Between two steps, with all others; whether all have finished.
WEFT_SOURCE bool supervision::meet(long step, bool finished) {
    const auto all = tell({step, static_cast<std::uint8_t>(finished), 0});
    bool done = true;
    for (const auto& one : all) done = done && (!one || one->finished != 0);
    if (done && finished && options_.checkpoint.empty()) return true;
    if (is_chief() && !options_.checkpoint.empty()) save(step);
    tell({step, static_cast<std::uint8_t>(finished), 0});
    server_.core().checkpoints().forget();
    last_ = clock::now();
    return done;
}

WEFT_SOURCE void supervision::finish(long step) {
    try {
        while (!meet(step, true)) {}
    } catch (const error& e) {
        if (e.code() != errc::unavailable) throw;
        throw error(errc::unavailable, loss_text(e.what()));
    }
}

// The chief's step counts: the others stop before the same one, or have no step in common anyway.
WEFT_SOURCE void supervision::save(long step) {
    const std::string name = "step-" + std::to_string(step);
    const std::string before = saved_;
    server_.core().checkpoints().save_all(options_.checkpoint + '/' + name);
    write_text_file(options_.checkpoint + "/latest", name + '\n');
    saved_ = options_.checkpoint + '/' + name;
    if (before.empty() || before == saved_) return;
    std::error_code ignored;  // a folder that stays does no harm
    std::filesystem::remove_all(before, ignored);
}

WEFT_SOURCE long supervision::restore(const std::string& name) {
    const std::string folder = options_.checkpoint + '/' + name;
    const std::vector<std::string> restored = server_.core().checkpoints().restore_all(folder);
    std::string missing;
    const graph_base& built = session_.core().of();
    for (node_id id : built.variables())
        if (!list_contains(restored, built.record(id).name))
            missing += (missing.empty() ? "'" : ", '") + built.record(id).name + '\'';
    if (!missing.empty())
        throw error(errc::failed_precondition,
                    "checkpoint '" + folder + "' lacks variables of the graph: " + missing);
    saved_ = folder;
    long step = 0;
    const std::string digits = name.substr(name.find('-') + 1);
    for (char digit : digits) {
        if (digit < '0' || digit > '9')
            throw error(errc::failed_precondition, "'" + options_.checkpoint +
                                                       "/latest' names no checkpoint: '" + name +
                                                       "'; it is a line such as step-100");
        step = step * 10 + (digit - '0');
    }
    return step;
}

WEFT_SOURCE std::size_t supervision::count_losses() const {
    std::size_t count = 0;
    for (int rank = 0; rank < server_.of().size(); ++rank)
        count += !server_.core().loss_of(rank).empty();
    return count;
}
WEFT_SOURCE std::string supervision::loss_text(const std::string& why) const {
    if (saved_.empty()) return why;
    return why + "; start the job again: it goes on from '" + saved_ + '\'';
}

// Of all tasks that are lost, the worst decides. A loss is got over once: a step that fails again
// cannot do without the task.
WEFT_SOURCE void supervision::lost() {
    on_loss worst = on_loss::drop;
    const std::size_t known = std::exchange(losses_, count_losses());
    if (losses_ == known) throw;
    for (int rank = 0; rank < server_.of().size(); ++rank) {
        if (server_.core().loss_of(rank).empty()) continue;
        const bool own = rank >= job_.first_rank() && rank < job_.first_rank() + job_.size();
        const on_loss what = own ? options_.on_worker_loss : options_.on_ps_loss;
        if (what != on_loss::drop) worst = what;
    }
    if (worst == on_loss::drop) return;
    try {
        throw;
    } catch (const error& e) {
        if (worst == on_loss::restore)
            throw error(errc::unavailable, loss_text(e.what()), e.node(), e.where());
        throw;
    }
}

}  // namespace detail

}  // namespace weft
