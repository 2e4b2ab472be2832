// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The devices of a session as the placer sees them: full names, what they are, and the order in
// which they are preferred. A list only grows; an index stays that of its device. It knows nothing
// of memory or queues, which are the runtime's.
#pragma once

#include <weft/core/search.hpp>
#include <weft/core/device_name.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace weft {

// A device's place in its device_list.
using device_index = std::uint32_t;
inline constexpr device_index unplaced = static_cast<device_index>(-1);

// The priority of a kind that does not state its own: gpu before users' kinds before cpu.
constexpr int default_priority(std::string_view kind) {
    return kind == "gpu" ? 200 : kind == "cpu" ? 50 : 100;
}

struct launch_code;

// One device.
struct device_info {
    device_spec name;              // full
    std::string description{};     // for people: "emulated", "NVIDIA H200"; may be empty
    std::size_t memory_limit = 0;  // bytes; 0: none is set
    int priority = -1;             // the greater, the earlier; -1: default_priority of its kind
    bool launches = false;         // a GPU that CUDA drives: see kernel_entry::code
    // Whether it compiles a tree's kernel as the program runs; null: none.
    bool (*compiles)(const launch_code&) = nullptr;
};

// The devices of one session.
class device_list {
public:
    // A set of device kinds, a bit for each.
    using kind_set = std::uint64_t;

    device_list() = default;
    explicit device_list(std::vector<device_info> devices) {
        for (device_info& device : devices) add(std::move(device));
    }

    // Adds a device. The first device says which task is the client's own. Fails with
    // invalid_argument for a name that is not full or is here already.
    device_index add(device_info device) {
        if (!device.name.is_full())
            throw error(errc::invalid_argument,
                        "a device needs a full name such as /job:localhost/task:0/gpu:1, not '" +
                            device.name.to_string() + "'");
        if (find(device.name) != unplaced)
            throw error(errc::invalid_argument, "there are two devices " + device.name.to_string());
        if (device.priority < 0) device.priority = default_priority(device.name.kind);
        kind_of_.push_back(intern(device.name.kind));
        launches_ = launches_ || device.launches;
        const auto index = static_cast<device_index>(devices_.size());
        devices_.push_back(std::move(device));
        auto later = preferred_.end();
        while (later != preferred_.begin() && rank(index) < rank(later[-1])) --later;
        preferred_.insert(later, index);
        one_task_ = one_task_ && !std::get<0>(rank(index));
        return index;
    }

    std::size_t size() const { return devices_.size(); }
    bool empty() const { return devices_.empty(); }
    const device_info& operator[](device_index index) const { return devices_[index]; }
    auto begin() const { return devices_.begin(); }
    auto end() const { return devices_.end(); }

    // All devices, best first: the client's own task before others, then by priority, then by kind,
    // job, task and index as numbers (so 2 before 10).
    std::span<const device_index> preferred() const { return preferred_; }

    // The best device whose name has these parts and whose kind is in the set; `unplaced` for none.
    device_index best(const device_spec& spec, kind_set kinds) const {
        for (device_index index : preferred_)
            if ((kinds & kind_bit(index)) != 0 && spec.matches(devices_[index].name)) return index;
        return unplaced;
    }
    // The best device of that name, or part of a name.
    device_index find(const device_spec& spec) const { return best(spec, ~kind_set{0}); }

    // The kinds that occur, in the order of their first device, and the sets that they make.
    const std::vector<std::string>& kinds() const { return kinds_; }
    kind_set all_kinds() const { return (kind_set{1} << kinds_.size()) - 1; }
    kind_set kind_bit(device_index index) const { return kind_set{1} << kind_of_[index]; }
    kind_set kind_bit(std::string_view kind) const {
        const std::size_t at = list_position(kinds_, kind);
        return at == kinds_.size() ? 0 : kind_set{1} << at;
    }

    // The first cpu of the client's task, where feeds come from and fetches go to.
    device_index client() const { return best({.kind = "cpu"}, ~kind_set{0}); }

    // The name as short as it is clear here: "/gpu:1" where all devices are of one task.
    std::string short_name(device_index index) const {
        const device_spec& name = devices_[index].name;
        if (!one_task_) return name.to_string();
        return '/' + name.kind + ':' + std::to_string(name.index);
    }
    bool one_task() const { return one_task_; }
    // Whether its GPUs, all of them, launch kernels.
    bool launches() const { return launches_; }

private:
    // What preferred() sorts by, the best first.
    using device_rank = std::tuple<bool, int, const std::string&, const std::string&, int, int>;
    device_rank rank(device_index index) const {
        const device_info& device = devices_[index];
        const device_spec& own = devices_[0].name;
        const bool elsewhere = device.name.job != own.job || device.name.task != own.task;
        return {elsewhere,       -device.priority, device.name.kind,
                device.name.job, device.name.task, device.name.index};
    }

    unsigned char intern(const std::string& kind) {
        const std::size_t number = list_position(kinds_, kind);
        if (number == 63)
            throw error(errc::unimplemented, "a session has at most 63 kinds of devices");
        if (number == kinds_.size()) kinds_.push_back(kind);
        return static_cast<unsigned char>(number);
    }

    std::vector<device_info> devices_;
    std::vector<unsigned char> kind_of_;  // of each device, its place in kinds_
    std::vector<std::string> kinds_;
    std::vector<device_index> preferred_;
    bool one_task_ = true;
    bool launches_ = false;
};

}  // namespace weft
