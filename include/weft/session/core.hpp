// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The part of a session that knows no types: devices, plans, variables, and running a plan.
// session.hpp puts types around it; nothing here is a template but what takes a callable.
// May be used from several threads at the same time.
#pragma once

#include <weft/runtime/device_factory.hpp>
#include <weft/runtime/execution.hpp>
#include <weft/runtime/log.hpp>
#include <weft/runtime/planner.hpp>
#include <weft/session/options.hpp>

namespace weft {

// A device kind of the session's graph and the way to make its devices.
struct session_kind {
    const char* name;
    make_device_function make;
};

// A plan and the executions of it that are idle.
class prepared_plan {
public:
    explicit prepared_plan(std::shared_ptr<const plan> of) : plan_(std::move(of)) {}
    const plan& of() const { return *plan_; }

    // An execution that nobody uses; makes one if there is none.
    std::unique_ptr<execution> take(execution_devices& on, variable_store& variables) {
        {
            const std::lock_guard lock(mutex_);
            if (!idle_.empty()) {
                auto taken = std::move(idle_.back());
                idle_.pop_back();
                return taken;
            }
            idle_.reserve(++made_);   // so that giving back cannot fail
        }
        return std::make_unique<execution>(*plan_, on, variables);
    }
    void give_back(std::unique_ptr<execution> used) noexcept {
        const std::lock_guard lock(mutex_);
        idle_.push_back(std::move(used));
    }
    // Calls visit(execution) for those that are idle, the one used last at the end.
    template <class Visit>
    void for_each_idle(Visit visit) {
        const std::lock_guard lock(mutex_);
        for (const std::unique_ptr<execution>& one : idle_) visit(*one);
    }

private:
    std::shared_ptr<const plan> plan_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<execution>> idle_;
    std::size_t made_ = 0;
};

class session_core {
public:
    session_core(const graph_base& of, session_options options, std::span<const session_kind> kinds)
        : graph_(of),
          options_(std::move(options)),
          pools_(pool_options{options_.inter_op_parallelism_threads,
                              options_.intra_op_parallelism_threads,
                              options_.use_per_session_threads}) {
        for (const session_kind& kind : kinds) add_devices(kind);
        check_options();
        on_.machine.client = on_.machine.devices[devices_.client()];
        if (pools_.sizes_differ())
            log_once("weft.pools",
                     "weft: this session asks for other numbers of threads than the first one "
                     "of the process, and uses that one's; set use_per_session_threads for "
                     "threads of its own");
    }
    session_core(const session_core&) = delete;
    session_core& operator=(const session_core&) = delete;

    const graph_base& of() const { return graph_; }
    const session_options& options() const { return options_; }
    const device_list& devices() const { return devices_; }

    // The plan for these feeds and fetches, made the first time. Any thread.
    std::shared_ptr<prepared_plan> prepare(std::span<const node_id> feeds,
                                           std::span<const node_id> fetches) {
        const std::lock_guard lock(mutex_);
        key_.assign({graph_.control_edits()});
        key_.insert(key_.end(), feeds.begin(), feeds.end());
        key_.push_back(no_node);
        key_.insert(key_.end(), fetches.begin(), fetches.end());
        if (const auto found = plans_.find(key_); found != plans_.end()) return found->second;
        auto made = std::make_shared<prepared_plan>(make(feeds, fetches));
        plans_.emplace(key_, made);
        return made;
    }

    // Frees the memory that idle runs keep for the next ones.
    void release_idle_memory() {
        const std::lock_guard lock(mutex_);
        for (const auto& [key, prepared] : plans_)
            prepared->for_each_idle([](execution& e) { e.frame().release_memory(); });
    }

    struct request_stop {
        stop_state* stop;
        void operator()() const noexcept { stop->request(errc::cancelled); }
    };

    // A run that is under way or has ended; its fetches can be read until it is destroyed.
    class run_guard {
    public:
        run_guard(session_core& core, prepared_plan& of)
            : core_(core), plan_(of), execution_(of.take(core.on_, core.variables_)) {}
        run_guard(const run_guard&) = delete;
        run_guard& operator=(const run_guard&) = delete;
        ~run_guard() {
            on_stop_.reset();
            execution_->frame().reset();
            if (holds_) core_.variables_.release(plan_.of());
            plan_.give_back(std::move(execution_));
        }

        // Gets everything ready: variables, feeds, shapes, memory. The time limit begins here.
        void begin(std::span<const feed_value> feeds, const run_options& options) {
            stop_state& stop = execution_->stop();
            stop.reset(options.timeout.count());
            if (options.stop.stop_possible()) on_stop_.emplace(options.stop, request_stop{&stop});
            core_.check_runnable(plan_.of());
            acquire();
            check_initialized();
            bind(feeds);
        }
        // The same without a run to follow: to know the memory that it would need.
        void begin_without_values(std::span<const feed_value> feeds) {
            execution_->stop().reset();
            core_.check_runnable(plan_.of());
            acquire();
            bind(feeds);
        }
        // Runs the steps.
        void execute() {
            execution_->run();
            core_.nodes_run_.store(execution_->nodes_run(), std::memory_order_relaxed);
        }
        run_frame& frame() { return execution_->frame(); }
        const plan& of() const { return plan_.of(); }
        const graph_base& graph() const { return core_.graph_; }
        // Copies a fetched tensor's elements to the host.
        void copy_out(std::size_t fetch, void* to, std::size_t bytes) {
            const value_id id = of().fetches[fetch].value;
            device& from = *core_.on_.machine.devices[of().values[id].device];
            from.copy_out(to, execution_->frame().value(id).data, bytes);
        }

    private:
        void acquire() {
            holds_ = core_.variables_.acquire(plan_.of(), execution_->stop());
            if (!holds_)
                throw error(execution_->stop().cause(),
                            "the run was stopped while it waited for variables that another "
                            "run is writing");
        }
        // Where a device's memory does not suffice, that of idle runs is freed first.
        void bind(std::span<const feed_value> feeds) {
            const bool caller_only = core_.options_.inter_op_parallelism_threads < 0;
            try {
                return execution_->bind(feeds, caller_only);
            } catch (const failure& f) {
                if (f.code() != errc::resource_exhausted) throw;
            }
            core_.release_idle_memory();
            execution_->bind(feeds, caller_only);
        }
        void check_initialized() {
            for (std::uint32_t i = 0; i < of().variables.size(); ++i) {
                const plan_variable& v = of().variables[i];
                if (v.needs_value == nullptr || execution_->frame().variable(i).initialized)
                    continue;
                throw error(errc::failed_precondition,
                            "Attempting to use uninitialized value '" + v.record->name +
                                "' in node '" + v.needs_value->name + "' (" +
                                to_string(v.needs_value->where) +
                                "): run its initializer, or session::initialize(), first",
                            v.record->name, v.record->where);
            }
        }

        session_core& core_;
        prepared_plan& plan_;
        std::unique_ptr<execution> execution_;
        std::optional<std::stop_callback<request_stop>> on_stop_;
        bool holds_ = false;
    };

    std::size_t nodes_run() const { return nodes_run_.load(std::memory_order_relaxed); }

    // Bytes that a run of the plan needs on a device, for the shapes of the last run, or the static
    // ones.
    std::size_t peak_bytes(prepared_plan& of, const std::string& device) {
        const device_index index = devices_.find(device_spec::parse(device));
        if (index == unplaced)
            throw error(errc::not_found, "there is no device " + device +
                                             " in this session; there are " + device_names());
        std::size_t bytes = 0;
        bool known = false;
        of.for_each_idle([&](execution& e) {
            if (e.frame().laid_out()) bytes = e.frame().arena_bytes(index);
            known = known || e.frame().laid_out();
        });
        if (known) return bytes;
        run_guard fresh(*this, of);
        fresh.begin_without_values(static_feeds(of.of()));
        return fresh.frame().arena_bytes(index);
    }

    // "/job:localhost/task:0/gpu:1", where a node of this plan is.
    std::string device_of(const plan& p, node_id id) const {
        for (const placement_entry& entry : p.report.nodes)
            if (entry.id == id) return devices_[entry.device].name.to_string();
        return {};
    }
    std::string device_names() const {
        std::string out;
        for (const device_info& info : devices_)
            (out += out.empty() ? "" : ", ") += info.name.to_string();
        return out;
    }
    memory_statistics memory(const std::string& device) const {
        const device_index index = devices_.find(device_spec::parse(device));
        if (index == unplaced)
            throw error(errc::not_found, "there is no device " + device +
                                             " in this session; there are " + device_names());
        return on_.machine.devices[index]->memory();
    }

private:
    static std::string lower(std::string text) {
        for (char& c : text)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
        return text;
    }
    int count_of(const std::string& kind) const {
        if (kind == "gpu") {
            if (options_.emulated_gpus < 0)
                throw error(errc::invalid_argument, "emulated_gpus is " +
                                                        std::to_string(options_.emulated_gpus) +
                                                        "; give 0 or more");
            return options_.emulated_gpus;
        }
        for (const auto& [name, count] : options_.device_count) {
            if (lower(name) != kind) continue;
            if (count < (kind == "cpu" ? 1 : 0))
                throw error(errc::invalid_argument, "device_count of " + name + " is " +
                                                        std::to_string(count) + "; give " +
                                                        (kind == "cpu" ? "1" : "0") + " or more");
            return count;
        }
        return 1;
    }
    std::size_t limit_of(const device_spec& name) const {
        // One that names the device goes before one for all of its kind.
        std::size_t limit = 0;
        for (const auto& [device, bytes] : options_.memory_limit) {
            const device_spec spec = device_spec::parse(device);
            if (spec.matches(name) && (spec.index >= 0 || limit == 0)) limit = bytes;
        }
        return limit;
    }
    void add_devices(const session_kind& kind) {
        const int count = count_of(kind.name);
        for (int i = 0; i < count; ++i) {
            device_parts parts;
            parts.info.name = {"localhost", 0, kind.name, i};
            parts.info.memory_limit = limit_of(parts.info.name);
            parts.memory_space = static_cast<int>(owned_.size()) + 1;
            parts.pools = &pools_;
            parts.client = std::string_view(kind.name) == "cpu" && i == 0;
            auto made = kind.make(std::move(parts));
            devices_.add(made->info());
            on_.contexts.push_back(std::make_unique<context_pool>(*made));
            on_.machine.devices.push_back(made.get());
            owned_.push_back(std::move(made));
        }
    }
    void check_options() const {
        if (devices_.client() == unplaced)
            throw error(errc::invalid_argument,
                        "a session needs a cpu, where feeds come from and fetches go to; add it "
                        "to the graph's device_kinds");
        for (const auto& [device, bytes] : options_.memory_limit)
            if (devices_.find(device_spec::parse(device)) == unplaced)
                throw error(errc::not_found, "memory_limit names " + device +
                                                 ", which is not in this session; there are " +
                                                 device_names());
        for (const auto& [kind, count] : options_.device_count) {
            if (lower(kind) == "gpu" && count != options_.emulated_gpus)
                throw error(errc::invalid_argument,
                            "device_count does not make GPUs; set emulated_gpus");
            if (count > 0 && devices_.kind_bit(lower(kind)) == 0)
                throw error(errc::not_found, "device_count names " + kind +
                                                 ", which is no device kind of this graph; there "
                                                 "are " +
                                                 device_names());
        }
    }

    std::shared_ptr<const plan> make(std::span<const node_id> feeds,
                                     std::span<const node_id> fetches) {
        std::shared_ptr<plan> made = make_plan(
            {graph_, feeds, fetches, on_.machine, devices_, kept_, options_.allow_soft_placement});
        deny(*made);
        for (const plan_variable& v : made->variables) kept_.emplace(v.record->id, v.device);
        if (options_.log_device_placement) log_requested(made->report.to_string());
        return made;
    }
    void deny(const plan& p) const {
        if (options_.deny.fallback && p.report.fallbacks > 0)
            throw error(errc::failed_precondition,
                        "session_options.deny.fallback: " + std::to_string(p.report.fallbacks) +
                            " node(s) are not where they asked to be\n" + p.report.to_string());
        if (options_.deny.copy && !p.report.copies.empty())
            throw error(errc::failed_precondition,
                        "session_options.deny.copy: " + std::to_string(p.report.copies.size()) +
                            " value(s) cross devices\n" + p.report.to_string());
        if (!options_.deny.allocation) return;
        for (const plan_value& value : p.values)
            if (value.home == value_home::object && value.type.is_tensor() &&
                !value.type.shape.known()) {
                const node_record& node = graph_.record(value.node);
                throw error(errc::failed_precondition,
                            "session_options.deny.allocation: the size of what '" + node.name +
                                "' returns is known only when it has run (" +
                                to_string(node.where) + ')',
                            node.name, node.where);
            }
    }

    void check_runnable(const plan& p) const {
        if (p.unfed.empty()) return;
        const node_record& node = *p.unfed.front();
        std::string text = "You must feed a value for placeholder '" + node.name + '\'';
        if (node.type.is_tensor())
            text += std::string(" with element type ") + name_of(node.type.element) +
                    " and shape " + dims_text(node.type.shape).chars;
        for (std::size_t i = 1; i < p.unfed.size(); ++i)
            text += (i == 1 ? "; and for '" : ", '") + p.unfed[i]->name + '\'';
        throw error(errc::invalid_argument, text + " (made at " + to_string(node.where) + ')',
                    node.name, node.where);
    }
    static std::vector<feed_value> static_feeds(const plan& p) {
        std::vector<feed_value> out;
        for (const node_record* node : p.fed) {
            if (!node->type.shape.known())
                throw error(errc::failed_precondition,
                            "the memory of this plan depends on the shape of '" + node->name +
                                "', which is " + dims_text(node->type.shape).chars +
                                ": run it once with the shapes in question",
                            node->name, node->where);
            out.push_back({node->id, nullptr, node->type.shape});
        }
        return out;
    }

    const graph_base& graph_;
    session_options options_;
    pool_source pools_;
    std::vector<std::unique_ptr<device>> owned_;
    device_list devices_;
    execution_devices on_;
    variable_store variables_;
    std::mutex mutex_;
    std::map<node_id, device_index> kept_;
    std::map<std::vector<node_id>, std::shared_ptr<prepared_plan>> plans_;
    std::vector<node_id> key_;
    std::atomic<std::size_t> nodes_run_{0};
};

}  // namespace weft
