// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The memory of a frame: one block for each device, and where the values of a run lie in it. Laid
// out when shapes have become known, for steps in a fixed order or for steps side by side; exact,
// so that what is said before a run is what it takes. It knows nothing of kernels.
#pragma once

#include <weft/kernel/context.hpp>
#include <weft/runtime/memory_order.hpp>
#include <weft/runtime/memory_plan.hpp>
#include <weft/runtime/step_ancestors.hpp>
#include <weft/runtime/value_readers.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weft {

// How the steps of a run follow each other.
enum class step_sequence : unsigned char { side_by_side, one_after_the_other };

class arena_layout {
public:
    arena_layout(const plan& p, const plan_devices& machine)
        : plan_(p), machine_(machine), arenas_(machine.devices.size()) {}
    arena_layout(const arena_layout&) = delete;
    arena_layout& operator=(const arena_layout&) = delete;
    ~arena_layout() { release(); }

    // Lays out the values that `is_laid_out(step)` is true for, outputs of steps with known shapes,
    // and sets their addresses. Where that is more than a device's limit, steps are put one after
    // the other, and then into an order that needs less: see sequence() and order(). Fails with
    // resource_exhausted, naming the largest values, where nothing helps.
    template <class IsLaidOut>
    void lay_out(std::vector<value_ref>& values, step_sequence wanted, IsLaidOut is_laid_out) {
        sequence_ = wanted;
        order_.clear();
        find_values(values, is_laid_out);
        find_places(values);
        if (!fits() && sequence_ == step_sequence::side_by_side) {
            sequence_ = step_sequence::one_after_the_other;
            find_places(values);
        }
        if (!fits()) {
            order_ = order_for_memory(plan_, bytes_);
            find_places(values);
        }
        set_addresses(values);
    }

    // Takes the larger of two blocks on each device from another frame of the plan, which is not in
    // use, and gives it the smaller one.
    void trade_blocks(arena_layout& other) noexcept {
        for (device_index d = 0; d < arenas_.size(); ++d) {
            if (arenas_[d].bytes >= other.arenas_[d].bytes) continue;
            std::swap(arenas_[d].data, other.arenas_[d].data);
            std::swap(arenas_[d].bytes, other.arenas_[d].bytes);
            moved_ = other.moved_ = true;
        }
    }
    // Whether the addresses of the last layout are no longer right; they are set again.
    bool moved() const { return moved_; }
    void set_addresses(std::vector<value_ref>& values) {
        for (device_index d = 0; d < arenas_.size(); ++d) grow(d, values);
        for (const placed_value& placed : placed_)
            values[placed.value].data = static_cast<char*>(arenas_[placed.device].data) +
                                        arenas_[placed.device].buffers[placed.buffer].offset;
        moved_ = false;
    }

    // Frees the blocks; the next layout takes them again.
    void release() noexcept {
        for (std::size_t i = 0; i < arenas_.size(); ++i) {
            machine_.devices[i]->deallocate(std::exchange(arenas_[i].data, nullptr),
                                            std::exchange(arenas_[i].bytes, 0));
            arenas_[i].need = {};
        }
    }

    // What the last layout holds for: how steps follow each other, and for one after the other in
    // which order; empty means that of their numbers.
    step_sequence sequence() const { return sequence_; }
    const std::vector<step_id>& order() const { return order_; }
    // Of each value, if it has been laid out; else 0.
    const std::vector<std::size_t>& value_bytes() const { return bytes_; }
    // Bytes that a run uses on a device, and what is alive at its worst step, for the last layout.
    std::size_t used_bytes(device_index device) const { return arenas_[device].need.block; }
    std::size_t lower_bound(device_index device) const { return arenas_[device].need.lower_bound; }

private:
    struct arena {
        void* data = nullptr;
        std::size_t bytes = 0;  // allocated
        memory_need need{};     // of the current layout
        std::vector<planned_buffer> buffers{};
        std::vector<value_id> values{};  // of each buffer
    };
    struct placed_value {
        value_id value;
        device_index device;
        std::uint32_t buffer;  // of that device's arena
    };

    template <class IsLaidOut>
    void find_values(const std::vector<value_ref>& values, IsLaidOut is_laid_out) {
        bytes_.assign(plan_.values.size(), 0);
        laid_out_.assign(plan_.values.size(), 0);
        for (step_id s = 0; s < plan_.steps.size(); ++s) {
            const value_id id = plan_.steps[s].output;
            if (id == none || plan_.values[id].home != value_home::arena || !is_laid_out(s))
                continue;
            laid_out_[id] = 1;
            bytes_[id] = plan_.values[id].bytes(values[id].shape);
        }
    }

    // Offsets for the sequence and order as they are now.
    void find_places(const std::vector<value_ref>& values) {
        make_buffers();
        std::size_t several = 0;
        for (const arena& of : arenas_) several += of.buffers.size() > 1;
        const bool in_order = sequence_ == step_sequence::one_after_the_other || several == 0;
        if (!in_order && plan_.steps.size() > step_ancestors::most_steps) {
            for (arena& of : arenas_) of.need = plan_separate_memory(of.buffers);
            return;
        }
        std::optional<step_ancestors> over;
        std::optional<value_readers> readers;
        if (!in_order) {
            over.emplace(plan_);
            readers.emplace(plan_);
        }
        // Whether all that make or read a buffer's value have ended when the step at a position
        // begins, or are that step.
        const auto is_over = [&](const arena& of, std::uint32_t b, std::uint32_t at, bool or_is) {
            const planned_buffer& buffer = of.buffers[b];
            if (buffer.last == to_the_end) return false;
            if (in_order) return buffer.last < at + (or_is ? 1 : 0);
            for (step_id reader : (*readers)[of.values[b]])
                if (!(or_is && reader == at) && !over->is_before(reader, at)) return false;
            return over->is_before(buffer.first, at);
        };
        for (arena& of : arenas_) {
            find_in_place(of, values, is_over);
            of.need = plan_memory(of.buffers, in_order, [&](std::uint32_t b, std::uint32_t at) {
                return is_over(of, b, at, false);
            });
        }
    }
    // A buffer for each value, in the order of steps; its times are positions in that order.
    void make_buffers() {
        for (arena& of : arenas_) {
            of.buffers.clear();
            of.values.clear();
        }
        placed_.clear();
        buffer_of_.assign(plan_.values.size(), planned_buffer::no_buffer);
        for (std::uint32_t at = 0; at < plan_.steps.size(); ++at) {
            const plan_step& step = plan_.steps[step_at(at)];
            for (value_id input : plan_.inputs_of(step)) {
                if (buffer_of_[input] == planned_buffer::no_buffer) continue;
                std::uint32_t& last =
                    arenas_[plan_.values[input].device].buffers[buffer_of_[input]].last;
                if (last != to_the_end) last = at;
            }
            const value_id id = step.output;
            if (id == none || laid_out_[id] == 0) continue;
            const device_index device = plan_.values[id].device;
            arena& of = arenas_[device];
            buffer_of_[id] = static_cast<std::uint32_t>(of.buffers.size());
            const bool fetched = plan_.values[id].last_reader == to_the_end;
            of.buffers.push_back({bytes_[id], at, fetched ? to_the_end : at,
                                  planned_buffer::no_buffer, 0});
            of.values.push_back(id);
            placed_.push_back({id, device, buffer_of_[id]});
        }
    }
    step_id step_at(std::uint32_t position) const {
        return order_.empty() ? position : order_[position];
    }

    // An element-wise kernel may write over an input that nobody needs any more.
    template <class IsOver>
    void find_in_place(arena& of, const std::vector<value_ref>& values, IsOver is_over) {
        std::vector<bool> taken(of.buffers.size(), false);
        for (std::uint32_t b = 0; b < of.buffers.size(); ++b) {
            planned_buffer& buffer = of.buffers[b];
            const plan_step& step = plan_.steps[step_at(buffer.first)];
            if (step.kind != step_kind::kernel || !step.record->element_wise) continue;
            for (value_id input : plan_.inputs_of(step)) {
                const std::uint32_t from = buffer_of_[input];
                if (from == planned_buffer::no_buffer ||
                    plan_.values[input].device != plan_.values[of.values[b]].device ||
                    taken[from] || of.buffers[from].bytes != buffer.bytes ||
                    !(values[input].shape == values[of.values[b]].shape) ||
                    !is_over(of, from, buffer.first, true))
                    continue;
                buffer.in_place_of = from;
                taken[from] = true;
                break;
            }
        }
    }

    // What a device has for this frame's block; everything where no limit is set.
    std::size_t room(device_index d) const {
        const memory_statistics now = machine_.devices[d]->memory();
        if (now.limit == 0) return static_cast<std::size_t>(-1);
        const std::size_t others = now.in_use - arenas_[d].bytes;
        return now.limit > others ? now.limit - others : 0;
    }
    bool fits() const {
        for (device_index d = 0; d < arenas_.size(); ++d)
            if (arenas_[d].need.block > room(d)) return false;
        return true;
    }
    void grow(device_index d, const std::vector<value_ref>& values) {
        arena& memory = arenas_[d];
        if (memory.need.block <= memory.bytes) return;
        device& on = *machine_.devices[d];
        on.deallocate(std::exchange(memory.data, nullptr), std::exchange(memory.bytes, 0));
        try {
            memory.data = on.allocate(memory.need.block);
        } catch (const failure& f) {
            throw error(f.code(), f.what() + largest(memory, values));
        }
        memory.bytes = memory.need.block;
    }
    // What takes most of a device's block, for an error's text.
    std::string largest(const arena& of, const std::vector<value_ref>& values) const {
        std::string text = "; the values of a run take " + std::to_string(of.need.block) +
                           " bytes there, " + std::to_string(of.need.lower_bound) +
                           " of them at its worst step, in the best order that was found; the "
                           "largest: ";
        std::vector<bool> named(of.buffers.size(), false);
        for (std::size_t i = 0; i < 3 && i < of.buffers.size(); ++i) {
            std::size_t most = of.buffers.size();
            for (std::size_t k = 0; k < of.buffers.size(); ++k)
                if (!named[k] && (most == named.size() ||
                                  of.buffers[k].bytes > of.buffers[most].bytes))
                    most = k;
            named[most] = true;
            const node_record& node = *plan_.values[of.values[most]].record;
            text += (i > 0 ? ", '" : "'") + node.name + "' " +
                    dims_text(values[of.values[most]].shape).chars + ' ' +
                    std::to_string(of.buffers[most].bytes) + " bytes (" + to_string(node.where) +
                    ')';
        }
        return text;
    }

    const plan& plan_;
    const plan_devices& machine_;
    std::vector<arena> arenas_;  // by device
    bool moved_ = false;
    step_sequence sequence_ = step_sequence::side_by_side;
    std::vector<step_id> order_;
    // Of the layout that is being made, kept for the next one.
    std::vector<std::size_t> bytes_;       // of each value
    std::vector<unsigned char> laid_out_;  // of each value: whether it has a buffer
    std::vector<std::uint32_t> buffer_of_;
    std::vector<placed_value> placed_;
};

}  // namespace weft
