// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The devices of a session, made from its options: how many of each kind, their memory limits,
// their pools. What makes no sense in the options is refused here, with what would. It knows no
// graph and no plan.
#pragma once

#include <weft/runtime/device_factory.hpp>
#include <weft/runtime/execution.hpp>
#include <weft/runtime/pool_registry.hpp>
#include <weft/session/options.hpp>
#include <weft/session/session_kind.hpp>

namespace weft {

class session_machine {
public:
    // Throws error invalid_argument or not_found for options that make no sense, and
    // resource_exhausted where the system gives no more threads.
    session_machine(const session_options& options, std::span<const session_kind> kinds,
                    const device_spec& task)
        : options_(options),
          task_(task),
          pools_(pool_options{options.inter_op_parallelism_threads,
                              options.intra_op_parallelism_threads,
                              options.use_per_session_threads}) {
        for (const session_kind& kind : kinds) add_devices(kind);
        check_options(kinds);
        on_.machine.client = on_.machine.devices[devices_.client()];
    }
    session_machine(const session_machine&) = delete;
    session_machine& operator=(const session_machine&) = delete;

    // Queues end first: their threads may still be telling the client's pool that a run is over.
    ~session_machine() {
        on_.contexts.clear();
        for (auto& device : owned_)
            if (device.get() != on_.machine.client) device.reset();
    }

    const device_list& devices() const { return devices_; }
    execution_devices& on() { return on_; }
    // See pool_source.
    bool pool_sizes_differ() const { return pools_.sizes_differ(); }

    // The device of that name, or part of a name. Throws error not_found.
    device_index find(const std::string& device) const {
        const device_index index = devices_.find(device_spec::parse(device));
        if (index == unplaced)
            throw error(errc::not_found, "there is no device " + device +
                                             " in this session; there are " + device_names());
        return index;
    }
    device& operator[](device_index index) const { return *on_.machine.devices[index]; }

private:
    static std::string lower(std::string text) {
        for (char& c : text)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
        return text;
    }
    std::string device_names() const {
        std::string out;
        for (const device_info& info : devices_)
            (out += out.empty() ? "" : ", ") += info.name.to_string();
        return out;
    }

    // Whether GPUs are those that options ask for: all without CUDA, never some of them.
    bool is_emulated(const session_kind& gpus) const {
        return gpus.count == nullptr || options_.emulated_gpus > 0;
    }
    int count_of(const session_kind& of) const {
        const std::string kind = of.name;
        if (kind == "gpu" && options_.emulated_gpus < 0)
            throw error(errc::invalid_argument, "emulated_gpus is " +
                                                    std::to_string(options_.emulated_gpus) +
                                                    "; give 0 or more");
        if (kind == "gpu" && is_emulated(of)) return options_.emulated_gpus;
        const int most = of.count != nullptr ? of.count() : -1;
        for (const auto& [name, count] : options_.device_count) {
            if (lower(name) != kind) continue;
            if (count < (kind == "cpu" ? 1 : 0))
                throw error(errc::invalid_argument, "device_count of " + name + " is " +
                                                        std::to_string(count) + "; give " +
                                                        (kind == "cpu" ? "1" : "0") + " or more");
            return most >= 0 && most < count ? most : count;
        }
        return most >= 0 ? most : 1;
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
    emulated_gpu_options emulation_of(const device_spec& name) const {
        emulated_gpu_options found;
        for (const auto& [device, how] : options_.emulation)
            if (device_spec::parse(device).matches(name)) found = how;
        return found;
    }
    void add_devices(const session_kind& kind) {
        const int count = count_of(kind);
        for (int i = 0; i < count; ++i) {
            device_parts parts;
            parts.info.name = {task_.job, task_.task, kind.name, i};
            parts.info.memory_limit = limit_of(parts.info.name);
            parts.memory_space = static_cast<int>(owned_.size()) + 1;
            parts.pools = &pools_;
            parts.emulation = emulation_of(parts.info.name);
            parts.emulated = is_emulated(kind);
            parts.client = std::string_view(kind.name) == "cpu" && i == 0;
            auto made = kind.make(std::move(parts));
            devices_.add(made->info());
            on_.contexts.push_back(std::make_unique<context_pool>(*made));
            on_.machine.devices.push_back(made.get());
            owned_.push_back(std::move(made));
        }
    }
    void check_named(const char* option, const std::string& device) const {
        if (devices_.find(device_spec::parse(device)) == unplaced)
            throw error(errc::not_found, std::string(option) + " names " + device +
                                             ", which is not in this session; there are " +
                                             device_names());
    }
    void check_options(std::span<const session_kind> kinds) const {
        if (devices_.client() == unplaced)
            throw error(errc::invalid_argument,
                        "a session needs a cpu, where feeds come from and fetches go to; add it "
                        "to the graph's device_kinds");
        for (const auto& [device, bytes] : options_.memory_limit)
            check_named("memory_limit", device);
        for (const auto& [device, how] : options_.emulation) check_named("emulation", device);
        for (const auto& [kind, count] : options_.device_count) {
            bool counted = false;  // those of this machine, which may have none
            for (const session_kind& of : kinds)
                counted = counted || (of.name == lower(kind) && of.count != nullptr);
            if (lower(kind) == "gpu" && count != options_.emulated_gpus &&
                (!counted || options_.emulated_gpus > 0))
                throw error(errc::invalid_argument,
                            "device_count does not make GPUs; set emulated_gpus");
            if (counted) continue;
            if (count > 0 && devices_.kind_bit(lower(kind)) == 0)
                throw error(errc::not_found, "device_count names " + kind +
                                                 ", which is no device kind of this graph; there "
                                                 "are " +
                                                 device_names());
        }
    }

    const session_options& options_;
    const device_spec task_;
    pool_source pools_;
    std::vector<std::unique_ptr<device>> owned_;
    device_list devices_;
    execution_devices on_;
};

}  // namespace weft
