// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A frame: the values of one run of a plan at a time, and where they are. Frames are kept and used
// again; as long as the shapes of the feeds stay the same, binding one to a run sets pointers and
// nothing else. Kernels on devices with a memory of their own get the addresses that they reach it
// by. It knows nothing of threads and of the order of steps.
#pragma once

#include <weft/runtime/arena_layout.hpp>
#include <weft/runtime/feed_value.hpp>
#include <weft/runtime/frame_shapes.hpp>
#include <weft/runtime/variable_store.hpp>

#include <cstddef>
#include <mutex>

namespace weft {

class run_frame {
public:
    run_frame(const plan& p, const plan_devices& machine, variable_store& variables)
        : plan_(p),
          machine_(machine),
          values_(p.values.size()),
          inputs_(p.inputs.size()),
          shapes_(p),
          arenas_(p, machine),
          objects_(p.objects) {
        for (const plan_step& step : p.steps)
            if (!in_host_memory(step.device)) apart_ = true;
        if (apart_) translated_.resize(p.values.size());
        for (const plan_step& step : p.steps)
            for (std::uint32_t i = 0; i < step.inputs; ++i)
                inputs_[step.first_input + i] = &seen_by(step, p.inputs[step.first_input + i]);
        for (value_id id = 0; id < values_.size(); ++id) {
            const plan_value& value = p.values[id];
            if (value.home == value_home::constant)
                values_[id] = {p.constants[value.index].data, value.type().shape};
            if (value.home == value_home::object) add_object(id);
        }
        for (const plan_variable& v : p.variables) held_.push_back(&variables.value(v.record->id));
    }
    run_frame(const run_frame&) = delete;
    run_frame& operator=(const run_frame&) = delete;
    ~run_frame() { reset(); }

    // Prepares a run: feeds, variables, and memory where shapes have changed; true where it had to
    // lay out memory. The caller holds the variables. `decide()` is asked, once the new shapes are
    // known, how the steps will follow each other: the layout depends on it.
    template <class Decide>
    bool bind(std::span<const feed_value> feeds, Decide decide) {
        bool same = laid_out_;
        for (std::size_t i = 0; i < feeds.size(); ++i) same = bind_feed(i, feeds[i]) && same;
        for (std::size_t i = 0; i < held_.size(); ++i)
            same = same && held_[i]->version == held_versions_[i];
        if (!same) {
            laid_out_ = false;
            shapes_.find(values_, held_);
            const step_sequence sequence = decide();
            arenas_.lay_out(values_, sequence, [&](step_id s) {
                const plan_step& step = plan_.steps[s];
                return shapes_.known(step.output) && !writes_in_place(step);
            });
            bind_variables();
            translate_all();
            laid_out_ = true;
        } else if (arenas_.moved()) {
            arenas_.set_addresses(values_);
            translate_all();
        }
        for (const object_slot& slot : objects_)
            if (slot.storage != nullptr) values_[slot.value].data = slot.storage;
        return !same;
    }

    bool laid_out() const { return laid_out_; }
    // Whether it is laid out for the shapes of these feeds.
    bool fits(std::span<const feed_value> feeds) const {
        bool same = laid_out_;
        for (std::size_t i = 0; i < feeds.size(); ++i)
            same = same && (plan_.feeds[i] == none ||
                            values_[plan_.feeds[i]].shape == feeds[i].shape);
        return same;
    }
    // Frees the memory between two runs; the next binding takes it again.
    void release_memory() noexcept {
        laid_out_ = false;
        arenas_.release();
    }
    const arena_layout& arenas() const { return arenas_; }
    arena_layout& arenas() { return arenas_; }
    const frame_shapes& shapes() const { return shapes_; }

    // Whether a bound run makes a value of known size in host memory: its own, or a caller's.
    bool is_writable(value_id id) const {
        const plan_value& value = plan_.values[id];
        return value.home == value_home::arena && shapes_.known(id) && in_host_memory(value.device);
    }
    // Has the run write a writable value to `to`; false if it already has a place given, or `to`
    // shares memory with a feed, or with what another value was given.
    bool write_to(value_id id, void* to) {
        const std::size_t bytes = plan_.values[id].bytes(values_[id].shape);
        for (value_id fed : plan_.feeds)
            if (fed != none && overlap(to, bytes, fed)) return false;
        for (const redirected_value& earlier : redirected_)
            if (earlier.value == id || overlap(to, bytes, earlier.value)) return false;
        redirected_.push_back({id, values_[id].data});
        values_[id].data = to;
        return true;
    }

    // Ends a run: destroys its objects, frees what was allocated during it.
    void reset() noexcept {
        for (const redirected_value& given : redirected_) values_[given.value].data = given.own;
        redirected_.clear();
        for (object_slot& slot : objects_) {
            if (slot.alive) plan_.values[slot.value].type().object->destroy(slot.storage);
            slot.alive = false;
        }
        for (const late_buffer& late : late_) late.on->deallocate(late.data, late.bytes);
        late_.clear();
    }

    const value_ref& value(value_id id) const { return values_[id]; }
    value_ref& value(value_id id) { return values_[id]; }
    // What a step's kernel gets.
    const value_ref* const* inputs_of(const plan_step& step) const {
        return inputs_.data() + step.first_input;
    }
    value_ref& output_of(const plan_step& step) {
        return step.output == none ? nothing_ : seen_by(step, step.output);
    }

    // Whether a step's output has neither shape nor memory before it runs.
    bool is_late(const plan_step& step) const {
        return step.output != none && plan_.values[step.output].home == value_home::arena &&
               !shapes_.known(step.output);
    }
    // Gives them to it, just before.
    void prepare_late(const plan_step& step) {
        const plan_value& value = plan_.values[step.output];
        value_ref& output = values_[step.output];
        output.shape = shapes_.of_output(step, values_);
        device* on = machine_.devices[value.device];
        const std::size_t bytes = value.bytes(output.shape);
        {
            const std::lock_guard lock(late_mutex_);
            late_.reserve(late_.size() + 1);  // so that noting what was allocated cannot fail
            output.data = on->allocate(bytes);
            late_.push_back({on, output.data, bytes});
        }
        translate(step.output);
    }
    // Notes that a step has made its object.
    void object_made(value_id id) { objects_[plan_.values[id].index].alive = true; }
    // The object of a value: the run's own, for a fetch to move from, or the one that was fed.
    void* object(value_id id) {
        const plan_value& value = plan_.values[id];
        return value.home == value_home::object ? objects_[value.index].storage : values_[id].data;
    }

    // Stores the output of an assign that did not write in place. Steps that read the variable are
    // ordered before or after this one.
    void commit(const plan_step& step) {
        variable_value& to = *held_[step.variable];
        const value_ref& from = values_[step.output];
        if (!shapes_.known(step.output)) {
            shapes_.check_assignable(step, from.shape);
            give_memory(step, from.shape);
            for (value_id id = 0; id < values_.size(); ++id)
                if (shapes_.is_variable(id, step.variable)) {
                    values_[id] = {to.data, to.shape};
                    translate(id);
                }
        }
        if (from.data != to.data)
            to.on->copy_from(to.data, *to.on, from.data,
                             plan_.values[step.output].bytes(from.shape));
        to.initialized = true;
    }
    bool writes_in_place(const plan_step& step) const {
        return step.variable != none && !step.record->fallible;
    }
    variable_value& variable(std::uint32_t index) { return *held_[index]; }

private:
    struct object_slot {
        object_slot() = default;
        object_slot(const object_slot&) = delete;
        object_slot& operator=(const object_slot&) = delete;
        ~object_slot() {
            if (storage != nullptr) ::operator delete(storage, align);
        }

        value_id value = none;
        void* storage = nullptr;
        std::align_val_t align{};
        bool alive = false;
    };
    struct redirected_value {
        value_id value;
        void* own;  // where it is in the run's memory
    };
    struct late_buffer {
        device* on;
        void* data;
        std::size_t bytes;
    };

    bool in_host_memory(device_index device) const {
        return machine_.devices[device]->memory_space() == host_memory_space;
    }
    void add_object(value_id id) {
        object_slot& slot = objects_[plan_.values[id].index];
        const object_type& type = *plan_.values[id].type().object;
        slot.value = id;
        slot.align = std::align_val_t{type.align};
        slot.storage = ::operator new(type.size, slot.align);
    }

    // Whether `bytes` at `to` share memory with a value.
    bool overlap(const void* to, std::size_t bytes, value_id id) const {
        const auto at = reinterpret_cast<std::uintptr_t>(to);
        const auto other = reinterpret_cast<std::uintptr_t>(values_[id].data);
        return at < other + plan_.values[id].bytes(values_[id].shape) && other < at + bytes;
    }

    // True if the shape is that of the last run.
    bool bind_feed(std::size_t i, const feed_value& feed) {
        const value_id id = plan_.feeds[i];
        if (id == none) return true;
        value_ref& value = values_[id];
        value.data = const_cast<void*>(feed.data);
        if (laid_out_ && value.shape == feed.shape) return true;
        laid_out_ = false;
        frame_shapes::check_feed(*plan_.fed[i], feed.shape);
        value.shape = feed.shape;
        return false;
    }

    // Memory for what a step assigns, where the variable has none of that shape; then it has no
    // value either.
    void give_memory(const plan_step& step, const dims& shape) {
        variable_value& held = *held_[step.variable];
        if (held.data != nullptr && held.shape == shape) return;
        if (held.data != nullptr)
            held.on->deallocate(std::exchange(held.data, nullptr), held.bytes);
        held.on = machine_.devices[plan_.variables[step.variable].device];
        held.shape = shape;
        held.bytes = plan_.values[step.output].bytes(shape);
        ++held.version;
        held.data = held.on->allocate(held.bytes);
    }
    // Allocates variables that this run will write for the first time; sets all pointers to
    // variables.
    void bind_variables() {
        for (const plan_step& step : plan_.steps) {
            if (step.variable == none || !shapes_.known(step.output)) continue;
            give_memory(step, values_[step.output].shape);
            if (writes_in_place(step)) values_[step.output].data = held_[step.variable]->data;
        }
        held_versions_.clear();
        for (const variable_value* held : held_) held_versions_.push_back(held->version);
        for (value_id id = 0; id < values_.size(); ++id)
            if (plan_.values[id].home == value_home::variable)
                values_[id].data = held_[plan_.values[id].index]->data;
    }

    // The addresses by which kernels reach values in memories that the host cannot.

    value_ref& seen_by(const plan_step& step, value_id id) {
        return step.kind == step_kind::kernel && !in_host_memory(step.device) ? translated_[id]
                                                                              : values_[id];
    }
    void translate(value_id id) {
        const plan_value& value = plan_.values[id];
        if (!apart_ || in_host_memory(value.device)) return;
        translated_[id] = {machine_.devices[value.device]->translate(values_[id].data),
                           values_[id].shape};
    }
    void translate_all() {
        if (!apart_) return;
        for (value_id id = 0; id < values_.size(); ++id)
            if (shapes_.known(id)) translate(id);
    }

    const plan& plan_;
    const plan_devices& machine_;
    std::vector<value_ref> values_;
    std::vector<value_ref> translated_;  // where some device has a memory of its own
    std::vector<const value_ref*> inputs_;
    frame_shapes shapes_;
    arena_layout arenas_;
    std::vector<object_slot> objects_;          // by plan_value::index
    std::vector<redirected_value> redirected_;  // fetches that this run writes to their callers
    std::vector<variable_value*> held_;         // of each of the plan's variables
    std::vector<std::size_t> held_versions_;    // theirs at the last layout
    std::mutex late_mutex_;
    std::vector<late_buffer> late_;
    value_ref nothing_;
    bool apart_ = false;  // some device has a memory of its own
    bool laid_out_ = false;
};

}  // namespace weft
