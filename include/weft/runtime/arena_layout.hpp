// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The memory of a frame: one block for each device, and where the values of a run lie in it. Laid
// out when shapes have become known, for steps in a fixed order or for steps side by side; exact,
// so that what is said before a run is what it takes. It knows nothing of kernels.
#pragma once

#include <weft/kernel/context.hpp>
#include <weft/runtime/memory_plan.hpp>
#include <weft/runtime/step_ancestors.hpp>
#include <weft/runtime/value_readers.hpp>

#include <memory>
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
    // and sets their addresses. Fails with resource_exhausted, naming the largest values, where a
    // device has too little memory.
    template <class IsLaidOut>
    void lay_out(std::vector<value_ref>& values, step_sequence sequence, IsLaidOut is_laid_out) {
        std::vector<std::vector<value_id>> ids(arenas_.size());
        std::vector<std::vector<planned_buffer>> buffers(arenas_.size());
        std::vector<std::uint32_t> buffer_of(plan_.values.size(), planned_buffer::no_buffer);
        for (step_id s = 0; s < plan_.steps.size(); ++s) {
            const value_id id = plan_.steps[s].output;
            if (id == none || plan_.values[id].home != value_home::arena || !is_laid_out(s))
                continue;
            const plan_value& value = plan_.values[id];
            std::vector<planned_buffer>& of = buffers[value.device];
            buffer_of[id] = static_cast<std::uint32_t>(of.size());
            of.push_back({value.bytes(values[id].shape), s, value.last_reader,
                          planned_buffer::no_buffer, 0});
            ids[value.device].push_back(id);
        }
        find_places(values, sequence, ids, buffers, buffer_of);
        for (device_index d = 0; d < arenas_.size(); ++d) {
            grow(d, values, ids[d], buffers[d]);
            for (std::size_t i = 0; i < ids[d].size(); ++i)
                values[ids[d][i]].data =
                    static_cast<char*>(arenas_[d].data) + buffers[d][i].offset;
        }
    }

    // Frees the blocks; the next layout takes them again.
    void release() noexcept {
        for (std::size_t i = 0; i < arenas_.size(); ++i) {
            machine_.devices[i]->deallocate(arenas_[i].data, arenas_[i].bytes);
            arenas_[i] = {};
        }
    }

    // Bytes that a run uses on a device, and what is alive at its worst step, for the last layout.
    std::size_t used_bytes(device_index device) const { return arenas_[device].need.block; }
    std::size_t lower_bound(device_index device) const { return arenas_[device].need.lower_bound; }

private:
    struct arena {
        void* data = nullptr;
        std::size_t bytes = 0;  // allocated
        memory_need need{};     // of the current layout
    };
    using buffer_list = std::vector<planned_buffer>;

    void find_places(const std::vector<value_ref>& values, step_sequence sequence,
                     const std::vector<std::vector<value_id>>& ids,
                     std::vector<buffer_list>& buffers,
                     const std::vector<std::uint32_t>& buffer_of) {
        std::size_t several = 0;
        for (const buffer_list& of : buffers) several += of.size() > 1;
        const bool side_by_side = sequence == step_sequence::side_by_side && several > 0;
        const bool shared = !side_by_side || plan_.steps.size() <= step_ancestors::most_steps;
        std::unique_ptr<step_ancestors> over;
        std::unique_ptr<value_readers> readers;
        if (side_by_side && shared) {
            over = std::make_unique<step_ancestors>(plan_);
            readers = std::make_unique<value_readers>(plan_);
        }
        // Whether all that make or read a value have ended when the step begins, or are the step.
        const auto is_over = [&](value_id id, step_id step, bool or_is_step) {
            const plan_value& value = plan_.values[id];
            if (value.last_reader == to_the_end) return false;
            if (over == nullptr) return value.last_reader < step + (or_is_step ? 1 : 0);
            for (step_id reader : (*readers)[id])
                if (!(or_is_step && reader == step) && !over->is_before(reader, step)) return false;
            return over->is_before(value.producer, step);
        };
        for (device_index d = 0; d < arenas_.size(); ++d) {
            memory_need& need = arenas_[d].need;
            if (!shared) {
                need = plan_separate_memory(buffers[d]);
                continue;
            }
            find_in_place(values, ids[d], buffers[d], buffer_of, is_over);
            need = plan_memory(buffers[d], !side_by_side, [&](std::uint32_t b, step_id step) {
                return is_over(ids[d][b], step, false);
            });
        }
    }

    // An element-wise kernel may write over an input that nobody needs any more.
    template <class IsOver>
    void find_in_place(const std::vector<value_ref>& values, const std::vector<value_id>& ids,
                       buffer_list& buffers, const std::vector<std::uint32_t>& buffer_of,
                       IsOver is_over) {
        std::vector<bool> taken(buffers.size(), false);
        for (std::size_t b = 0; b < buffers.size(); ++b) {
            const plan_step& step = plan_.steps[buffers[b].first];
            if (step.kind != step_kind::kernel || !step.record->element_wise) continue;
            for (value_id input : plan_.inputs_of(step)) {
                const std::uint32_t from = buffer_of[input];
                if (from == planned_buffer::no_buffer || taken[from] ||
                    plan_.values[input].device != plan_.values[ids[b]].device ||
                    buffers[from].bytes != buffers[b].bytes ||
                    !(values[input].shape == values[ids[b]].shape) ||
                    !is_over(input, buffers[b].first, true))
                    continue;
                buffers[b].in_place_of = from;
                taken[from] = true;
                break;
            }
        }
    }

    void grow(device_index d, const std::vector<value_ref>& values,
              const std::vector<value_id>& ids, const buffer_list& buffers) {
        arena& memory = arenas_[d];
        const std::size_t wanted = memory.need.block;
        if (wanted <= memory.bytes) return;
        device& on = *machine_.devices[d];
        on.deallocate(std::exchange(memory.data, nullptr), std::exchange(memory.bytes, 0));
        try {
            memory.data = on.allocate(wanted);
        } catch (const failure& f) {
            throw error(f.code(), f.what() + largest(d, values, ids, buffers));
        }
        memory.bytes = wanted;
    }
    // What takes most of a device's block, for an error's text.
    std::string largest(device_index d, const std::vector<value_ref>& values,
                        const std::vector<value_id>& ids, const buffer_list& buffers) const {
        std::string text = "; a run's values need " + std::to_string(arenas_[d].need.block) +
                           " bytes there, " + std::to_string(arenas_[d].need.lower_bound) +
                           " at its worst step; the largest: ";
        std::vector<bool> named(ids.size(), false);
        for (int i = 0; i < 3 && i < static_cast<int>(ids.size()); ++i) {
            std::size_t most = ids.size();
            for (std::size_t k = 0; k < ids.size(); ++k)
                if (!named[k] && (most == ids.size() || buffers[k].bytes > buffers[most].bytes))
                    most = k;
            named[most] = true;
            const node_record& node = *plan_.values[ids[most]].record;
            text += (i > 0 ? ", '" : "'") + node.name + "' " +
                    dims_text(values[ids[most]].shape).chars + ' ' +
                    std::to_string(buffers[most].bytes) + " bytes (" + to_string(node.where) + ')';
        }
        return text;
    }

    const plan& plan_;
    const plan_devices& machine_;
    std::vector<arena> arenas_;  // by device
};

}  // namespace weft
