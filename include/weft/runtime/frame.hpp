// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A frame: the memory and the values of one run of a plan at a time. Frames are kept and used
// again; as long as the shapes of the feeds stay the same, binding one to a run sets pointers and
// nothing else.
#pragma once

#include <weft/runtime/feed_value.hpp>
#include <weft/runtime/memory_plan.hpp>
#include <weft/runtime/node_error.hpp>
#include <weft/runtime/variable_store.hpp>

#include <atomic>
#include <cstddef>

namespace weft {

class run_frame {
public:
    run_frame(const plan& p, const plan_devices& machine, variable_store& variables)
        : plan_(p),
          machine_(machine),
          values_(p.values.size()),
          inputs_(p.inputs.size()),
          known_(p.values.size(), true),
          arenas_(machine.devices.size()) {
        for (std::size_t i = 0; i < inputs_.size(); ++i) inputs_[i] = &values_[p.inputs[i]];
        for (value_id id = 0; id < values_.size(); ++id) {
            const plan_value& value = p.values[id];
            if (value.home == value_home::constant)
                values_[id] = {p.constants[value.index].data, value.type.shape};
            if (value.home == value_home::object) {
                if (objects_.size() <= value.index) objects_.resize(value.index + 1);
                objects_[value.index].value = id;
            }
        }
        for (object_slot& slot : objects_) {
            const object_type& type = *p.values[slot.value].type.object;
            slot.storage = ::operator new(type.size, std::align_val_t{type.align});
        }
        for (const plan_variable& v : p.variables) held_.push_back(&variables.value(v.record->id));
    }
    run_frame(const run_frame&) = delete;
    run_frame& operator=(const run_frame&) = delete;
    ~run_frame() {
        reset();
        release_memory();
        for (const object_slot& slot : objects_)
            ::operator delete(slot.storage,
                              std::align_val_t{plan_.values[slot.value].type.object->align});
    }

    // Prepares a run: feeds, variables, and memory where shapes have changed. The caller holds the
    // variables. `decide()` is asked, once the new shapes are known, whether steps will run one
    // after the other: the layout depends on it.
    template <class Decide>
    void bind(std::span<const feed_value> feeds, Decide decide) {
        bool same = laid_out_;
        for (std::size_t i = 0; i < feeds.size(); ++i) same = bind_feed(i, feeds[i]) && same;
        for (std::size_t i = 0; i < held_.size(); ++i)
            same = same && held_[i]->version == held_versions_[i];
        if (!same) {
            laid_out_ = false;
            find_shapes();
            sequential_ = decide();
            lay_out();
            bind_variables();
            laid_out_ = true;
        }
        for (const object_slot& slot : objects_) values_[slot.value].data = slot.storage;
    }

    // Whether it has been bound, and whether the layout is for steps one after the other.
    bool laid_out() const { return laid_out_; }
    bool sequential() const { return sequential_; }
    // Frees the memory between two runs; the next binding takes it again.
    void release_memory() noexcept {
        laid_out_ = false;
        for (std::size_t i = 0; i < arenas_.size(); ++i) {
            machine_.devices[i]->deallocate(arenas_[i].data, arenas_[i].bytes);
            arenas_[i] = {};
        }
    }

    // Whether a bound run makes a value of known size in host memory: its own, or a caller's.
    bool is_writable(value_id id) const {
        const plan_value& value = plan_.values[id];
        return value.home == value_home::arena && known_[id] &&
               machine_.devices[value.device]->memory_space() == host_memory_space;
    }
    // Has the run write a writable value to `to`; false if it already has a place given, or `to`
    // shares memory with a feed.
    bool write_to(value_id id, void* to) {
        const std::size_t bytes = bytes_of(plan_.values[id], values_[id].shape);
        for (value_id fed : plan_.feeds)
            if (fed != none && overlap(to, bytes, fed)) return false;
        for (const redirected_value& earlier : redirected_)
            if (earlier.value == id) return false;
        redirected_.push_back({id, values_[id].data});
        values_[id].data = to;
        return true;
    }

    // Ends a run: destroys its objects, frees what was allocated during it.
    void reset() noexcept {
        for (const redirected_value& given : redirected_) values_[given.value].data = given.own;
        redirected_.clear();
        for (object_slot& slot : objects_) {
            if (slot.alive) plan_.values[slot.value].type.object->destroy(slot.storage);
            slot.alive = false;
        }
        for (const late_buffer& late : late_) late.on->deallocate(late.data, late.bytes);
        late_.clear();
    }

    const value_ref& value(value_id id) const { return values_[id]; }
    value_ref& value(value_id id) { return values_[id]; }
    const value_ref* const* inputs_of(const plan_step& step) const {
        return inputs_.data() + step.first_input;
    }

    // Gives a step's output its shape and memory where they could not be known before the run.
    void prepare_late(const plan_step& step) {
        if (step.output == none || known_[step.output]) return;
        const plan_value& value = plan_.values[step.output];
        if (value.home != value_home::arena) return;
        value_ref& output = values_[step.output];
        output.shape = step.kind == step_kind::copy ? values_[plan_.inputs[step.first_input]].shape
                                                    : shape_of(step);
        device* on = machine_.devices[value.device];
        const std::size_t bytes = bytes_of(value, output.shape);
        output.data = on->allocate(bytes);
        const std::lock_guard lock(late_mutex_);
        late_.push_back({on, output.data, bytes});
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
        if (!known_[step.output]) {
            check_assignable(step, from.shape);
            give_memory(step, from.shape);
            for (value_id id = 0; id < values_.size(); ++id)
                if (is_variable(id, step.variable)) values_[id] = {to.data, to.shape};
        }
        if (from.data != to.data)
            to.on->copy_from(to.data, *to.on, from.data,
                             bytes_of(plan_.values[step.output], from.shape));
        to.initialized = true;
    }
    variable_value& variable(std::uint32_t index) { return *held_[index]; }

    // Bytes of the run's memory on a device, for the shapes of the last binding.
    std::size_t arena_bytes(device_index index) const { return arenas_[index].used; }
    // Rough time of all steps, from the shapes, in nanoseconds.
    double estimated_ns() const { return estimated_ns_; }

private:
    struct object_slot {
        value_id value = none;
        void* storage = nullptr;
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
    struct arena {
        void* data = nullptr;
        std::size_t bytes = 0;  // allocated
        std::size_t used = 0;   // by the current layout
    };

    static std::size_t bytes_of(const plan_value& value, const dims& shape) {
        return shape.size() * size_of(value.type.element);
    }

    // Whether `bytes` at `to` share memory with what is fed as value `fed`.
    bool overlap(const void* to, std::size_t bytes, value_id fed) const {
        const auto at = reinterpret_cast<std::uintptr_t>(to);
        const auto other = reinterpret_cast<std::uintptr_t>(values_[fed].data);
        return at < other + bytes_of(plan_.values[fed], values_[fed].shape) && other < at + bytes;
    }

    // True if the shape is that of the last run.
    bool bind_feed(std::size_t i, const feed_value& feed) {
        const value_id id = plan_.feeds[i];
        if (id == none) return true;
        value_ref& value = values_[id];
        value.data = const_cast<void*>(feed.data);
        if (laid_out_ && value.shape == feed.shape) return true;
        laid_out_ = false;
        check_feed(*plan_.fed[i], feed.shape);
        value.shape = feed.shape;
        return false;
    }
    static void check_feed(const node_record& node, const dims& shape) {
        if (!node.type.is_tensor()) return;
        const std::size_t axis = first_mismatch(shape, node.type.shape);
        if (axis == node.type.shape.rank) return;
        throw error(errc::invalid_argument,
                    "cannot feed a tensor of shape " + std::string(dims_text(shape).chars) +
                        " to '" + node.name + "', which has shape " +
                        dims_text(node.type.shape).chars + ": dimension " + std::to_string(axis) +
                        " is " + std::to_string(shape[axis]) + " where " +
                        std::to_string(node.type.shape[axis]) + " is wanted (made at " +
                        to_string(node.where) + ')',
                    node.name, node.where);
    }

    // Shapes.

    void find_shapes() {
        shapes_held_.clear();
        for (std::size_t i = 0; i < held_.size(); ++i)
            shapes_held_.push_back(held_[i]->initialized ? held_[i]->shape
                                                         : plan_.variables[i].record->type.shape);
        for (value_id id = 0; id < values_.size(); ++id) {
            const plan_value& value = plan_.values[id];
            if (value.home != value_home::variable) continue;
            values_[id].shape = shapes_held_[value.index];
            known_[id] = values_[id].shape.known();
        }
        estimated_ns_ = 0;
        for (const plan_step& step : plan_.steps) {
            if (step.output == none) continue;
            value_ref& output = values_[step.output];
            known_[step.output] = inputs_known(step);
            if (known_[step.output]) {
                output.shape = step.kind == step_kind::copy
                                   ? values_[plan_.inputs[step.first_input]].shape
                                   : shape_of(step);
                known_[step.output] = output.shape.known();
            }
            if (known_[step.output])
                estimated_ns_ += static_cast<double>(output.shape.size()) * step.record->cost_ns;
            if (step.variable != none && known_[step.output]) learn_variable(step);
        }
    }
    bool inputs_known(const plan_step& step) const {
        for (std::uint32_t i = 0; i < step.inputs; ++i)
            if (!known_[plan_.inputs[step.first_input + i]]) return false;
        return true;
    }
    dims shape_of(const plan_step& step) const {
        const node_record& node = *step.record;
        if (node.shape == nullptr) return node.type.shape;
        const dims* shapes[256];
        for (std::uint32_t i = 0; i < step.inputs; ++i)
            shapes[i] = &inputs_[step.first_input + i]->shape;
        try {
            return node.shape(node.shape_parameters, shapes);
        } catch (const failure& f) {
            throw detail::node_error(f.code(), f.what(), node, {});
        }
    }
    // The shape of what is assigned is that of the variable, which takes it if it has none yet.
    void learn_variable(const plan_step& step) {
        const dims& shape = values_[step.output].shape;
        check_assignable(step, shape);
        shapes_held_[step.variable] = shape;
        for (value_id id = 0; id < values_.size(); ++id)
            if (is_variable(id, step.variable)) {
                values_[id].shape = shape;
                known_[id] = true;
            }
    }
    bool is_variable(value_id id, std::uint32_t variable) const {
        return plan_.values[id].home == value_home::variable && plan_.values[id].index == variable;
    }
    void check_assignable(const plan_step& step, const dims& shape) const {
        const node_record& variable = *plan_.variables[step.variable].record;
        const dims& wanted = shapes_held_[step.variable];
        const std::size_t axis = first_mismatch(shape, wanted);
        if (axis == wanted.rank) return;
        throw detail::node_error(
            errc::invalid_argument,
            ("cannot assign a tensor of shape " + std::string(dims_text(shape).chars) +
             " to variable '" + variable.name + "', which has shape " + dims_text(wanted).chars +
             ": dimension " + std::to_string(axis) + " is " + std::to_string(shape[axis]) +
             " where " + std::to_string(wanted[axis]) + " is wanted")
                .c_str(),
            *step.record, {});
    }

    // Memory.

    bool writes_in_place(const plan_step& step) const {
        return step.variable != none && !step.record->fallible;
    }

    // Lays out the arenas and sets the pointers into them.
    void lay_out() {
        for (device_index d = 0; d < arenas_.size(); ++d) {
            std::vector<planned_buffer> buffers;
            std::vector<value_id> ids;
            for (step_id s = 0; s < plan_.steps.size(); ++s) {
                const value_id id = plan_.steps[s].output;
                if (id == none || plan_.values[id].home != value_home::arena || !known_[id] ||
                    plan_.values[id].device != d || writes_in_place(plan_.steps[s]))
                    continue;
                buffers.push_back({bytes_of(plan_.values[id], values_[id].shape), s,
                                   plan_.values[id].last_reader});
                ids.push_back(id);
            }
            arena& memory = arenas_[d];
            memory.used = plan_memory(buffers, sequential_);
            grow(memory, *machine_.devices[d]);
            for (std::size_t i = 0; i < ids.size(); ++i)
                values_[ids[i]].data = static_cast<char*>(memory.data) + buffers[i].offset;
        }
    }
    static void grow(arena& memory, device& on) {
        if (memory.used <= memory.bytes) return;
        on.deallocate(memory.data, memory.bytes);
        memory.data = nullptr;
        memory.bytes = 0;
        memory.data = on.allocate(memory.used);
        memory.bytes = memory.used;
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
        held.bytes = bytes_of(plan_.values[step.output], shape);
        ++held.version;
        held.data = held.on->allocate(held.bytes);
    }
    // Allocates variables that this run will write for the first time; sets all pointers to
    // variables.
    void bind_variables() {
        for (const plan_step& step : plan_.steps) {
            if (step.variable == none || !known_[step.output]) continue;
            give_memory(step, values_[step.output].shape);
            if (writes_in_place(step)) values_[step.output].data = held_[step.variable]->data;
        }
        held_versions_.clear();
        for (const variable_value* held : held_) held_versions_.push_back(held->version);
        for (value_id id = 0; id < values_.size(); ++id)
            if (plan_.values[id].home == value_home::variable)
                values_[id].data = held_[plan_.values[id].index]->data;
    }

    const plan& plan_;
    const plan_devices& machine_;
    std::vector<value_ref> values_;
    std::vector<const value_ref*> inputs_;
    std::vector<char> known_;                   // whether a value's shape was known before the run
    std::vector<arena> arenas_;                 // by device
    std::vector<object_slot> objects_;          // by plan_value::index
    std::vector<redirected_value> redirected_;  // fetches that this run writes to their callers
    std::vector<variable_value*> held_;         // of each of the plan's variables
    std::vector<std::size_t> held_versions_;    // theirs at the last layout
    std::vector<dims> shapes_held_;             // theirs, as far as this run knows
    std::mutex late_mutex_;
    std::vector<late_buffer> late_;
    double estimated_ns_ = 0;
    bool laid_out_ = false;
    bool sequential_ = false;
};

}  // namespace weft
