// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What is said when nodes cannot be placed: all of them in one error, variables first, each with
// what is wrong, what exists instead, the line that made it, and the remedies. The placer collects
// failures; text is made only when there are any.
#pragma once

#include <weft/core/search.hpp>
#include <weft/placement/failure.hpp>
#include <weft/placement/remedy.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weft {

namespace detail {

// Writes one error about all failures.
class placement_error_text {
public:
    explicit placement_error_text(const placement_request& request)
        : request_(request), devices_(request.devices), soft_(request.allow_soft_placement) {}

    std::string write(const std::vector<placement_failure>& failures) {
        // Beyond these a line each: a graph of thousands of bad nodes has the same few causes.
        constexpr std::size_t in_full = 16;
        for (std::size_t i = 0; i < failures.size(); ++i) {
            const placement_failure& failure = failures[i];
            if (i > 0 && i <= in_full) out_ += '\n';
            write_headline(failure);
            if (i < in_full) write_details(failure);
        }
        out_.pop_back();
        return std::move(out_);
    }

private:
    void write_headline(const placement_failure& failure) {
        out_ += "Cannot assign a device to node '" + failure.node->name + "': ";
        const bool asked = !failure.spec.is_any();
        if (asked && (failure.problem == placement_problem::absent ||
                      failure.problem == placement_problem::no_kernel))
            out_ += "Could not satisfy explicit device specification '" + failure.spec.to_string() +
                    "' because ";
        switch (failure.problem) {
            case placement_problem::absent: out_ += absent(failure.spec); break;
            case placement_problem::no_kernel:
                out_ += "no supported kernel for " + kinds_text(failure) + " devices is available.";
                break;
            case placement_problem::no_common:
                out_ += "it shares a device with node '" + failure.other->name +
                        "', and no device" +
                        (asked ? " of '" + failure.spec.to_string() + '\'' : std::string()) +
                        " has kernels for both.";
                break;
            case placement_problem::contradiction: write_contradiction(failure); break;
            case placement_problem::kept: write_kept(failure); break;
            case placement_problem::kept_apart:
                out_ += "it shares a device with " + who(failure) +
                        ", but earlier runs of this session placed them on " +
                        failure.spec.to_string() + " and " +
                        devices_[failure.kept].name.to_string() + '.';
                break;
        }
        out_ += '\n';
    }

    void write_contradiction(const placement_failure& failure) {
        const char* relation = "with which it is colocated.";
        if (failure.node->target == failure.other->id)
            relation = "the variable that it assigns to and must share a device with.";
        else if (failure.other->target == failure.node->id)
            relation = "which assigns to it and must share its device.";
        const bool alone = failure.node == failure.other;
        out_ += "its device ";
        if (failure.by_line)
            out_ += line_text(*failure.node);
        else
            out_ += "specification '" + failure.node->requested.to_string() + '\'';
        out_ += " contradicts ";
        if (failure.other_by_line)
            out_ += line_text(*failure.other);
        else
            out_ +=
                (alone ? "its specification '" : "'") + failure.other->requested.to_string() + '\'';
        out_ += alone ? "." : " of node '" + failure.other->name + "', " + relation;
    }
    // "'/gpu:1' in line 3 of the placement file"; the node has such a line.
    std::string line_text(const node_record& node) const {
        const placement_line& line = *request_.line_of(node);
        return '\'' + line.device.to_string() + "' in " + request_.file->describe(line);
    }

    void write_kept(const placement_failure& failure) {
        const device_spec& device = devices_[failure.kept].name;
        if (failure.spec.is_any())
            out_ += "no supported kernel for " + upper(device.kind) +
                    " devices is available, and it must be on ";
        else if (failure.by_line)
            out_ += "its device " + line_text(*failure.node) + " contradicts ";
        else
            out_ += "its device specification '" + failure.spec.to_string() + "' contradicts ";
        out_ += device.to_string() + ", where an earlier run of this session placed " +
                who(failure) + '.';
    }

    static std::string who(const placement_failure& failure) {
        return failure.other ? "node '" + failure.other->name + '\'' : "its variable";
    }

    void write_details(const placement_failure& failure) {
        const node_record& node = *failure.node;
        const placement_problem problem = failure.problem;
        const bool kernels = problem == placement_problem::no_kernel ||
                             problem == placement_problem::no_common ||
                             (problem == placement_problem::kept && failure.spec.is_any());
        if (kernels) write_kernels(node);
        if (problem == placement_problem::absent) {
            write_devices();
            const std::string& kind = failure.spec.kind;
            const bool runs = node.role != node_role::placeholder && node.role != node_role::group;
            if (runs && !kind.empty() && node.kernel_for(kind, devices_.launches()) == nullptr)
                out_ += "The node has no " + kind + " kernel either.\n";
        }
        if (failure.other && problem == placement_problem::no_kernel)
            out_ += "'" + failure.spec.to_string() + "' is asked for by node '" +
                    failure.other->name + "', with which it shares a device.\n";
        if (problem == placement_problem::absent || problem == placement_problem::no_kernel)
            for (const node_record* by : {&node, failure.other})
                if (by && request_.line_of(*by))
                    out_ += "Node '" + by->name + "' has its device " + line_text(*by) + ".\n";
        write_place("Node", node);
        if (failure.other && failure.other != &node) write_place("Node", *failure.other);
        for (const std::string& remedy : remedies_for(failure, devices_, soft_))
            write_remedy(remedy);
    }

    // The registered kernels, and which op of a fused node is the one that has none.
    void write_kernels(const node_record& node) {
        std::string op = node.op;
        for (const kernel_entry& entry : node.kernels) {
            const bool runs = entry.code(devices_.launches()) != nullptr;
            if (!runs && entry.run != nullptr && devices_.kind_bit(entry.kind))
                write_uncompiled(node, entry);
            if (runs || entry.missing.empty() || !devices_.kind_bit(entry.kind)) continue;
            op = entry.missing.substr(0, entry.missing.find('('));
            out_ += "No " + std::string(entry.kind) + " kernel for " + entry.missing;
            if (node.fused.size() > 1) {
                out_ += ", one of the ops fused into the node:";
                for (std::size_t i = 0; i < node.fused.size(); ++i)
                    out_ += (i == 0 ? " " : ", ") + node.fused[i];
            }
            out_ += ".\n";
        }
        out_ += "Registered kernels of " + op + ":\n";
        std::string lines = node.registered ? node.registered() : std::string();
        while (!lines.empty() && lines.back() == '\n') lines.pop_back();
        if (lines.empty())  // a C++ callable, say, has a kernel that nobody registered
            for (const kernel_entry& entry : node.kernels)
                if (entry.run != nullptr)
                    lines += (lines.empty() ? "  device='" : "\n  device='") +
                             std::string(entry.kind) + '\'';
        out_ += (lines.empty() ? "  <no registered kernels>" : lines) + '\n';
    }

    // It has a kernel, but no file of the program has compiled that for a GPU.
    void write_uncompiled(const node_record& node, const kernel_entry& entry) {
        out_ += "The " + std::string(entry.kind) + " kernel of '" + node.name +
                "' is not compiled for GPUs: it has an op of the program's own. Have nvcc compile "
                "the file that makes the node, or instantiate it in a .cu file with "
                "WEFT_INSTANTIATE_GPU.\n";
    }

    void write_place(const char* what, const node_record& node) {
        const std::string place = to_string(node.where);
        if (!place.empty())
            out_ += std::string(what) + " '" + node.name + "' (" + node.op + ") was made at " +
                    place + ".\n";
    }

    void write_devices() {
        constexpr std::size_t shown = 32;
        out_ += "Devices:";
        std::size_t count = 0;
        for (device_index device : devices_.preferred()) {
            if (count++ == shown) break;
            out_ += (count == 1 ? " " : ", ") + devices_[device].name.to_string();
            if (const std::string& what = devices_[device].description; !what.empty())
                out_ += " (" + what + ')';
        }
        if (devices_.empty()) out_ += " none";
        if (devices_.size() > shown)
            out_ += " and " + std::to_string(devices_.size() - shown) + " more";
        out_ += ".\n";
    }

    // Which part of the name nothing has.
    std::string absent(const device_spec& spec) const {
        if (devices_.empty()) return "the session has no devices.";
        const auto none = [this](const device_spec& part) {
            return devices_.find(part) == unplaced;
        };
        if (!spec.job.empty() && none({.job = spec.job}))
            return "there is no job '" + spec.job + "'.";
        const device_spec task{.job = spec.job, .task = spec.task};
        if (none(task)) return "there is no task '" + task.to_string() + "'.";
        device_spec kind = task;
        kind.kind = spec.kind;
        if (!spec.kind.empty() && none(kind))
            return "there are no " + upper(spec.kind) + " devices.";
        return "no such device exists.";
    }

    // Each remedy is given once, with the first node that it helps.
    void write_remedy(const std::string& text) {
        if (list_contains(remedies_, text)) return;
        remedies_.push_back(text);
        out_ += "Remedy: " + text + ".\n";
    }

    // "CPU or GPU": the kinds that were looked at.
    std::string kinds_text(const placement_failure& failure) const {
        const device_spec spec = soft_ ? placement_state::relaxed(failure.spec) : failure.spec;
        std::string out;
        for (const std::string& kind : devices_.kinds()) {
            if (devices_.best(spec, devices_.kind_bit(kind)) == unplaced) continue;
            out += (out.empty() ? "" : " or ") + upper(kind);
        }
        return out;
    }

    static std::string upper(std::string text) {
        for (char& c : text)
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
        return text;
    }

    const placement_request& request_;
    const device_list& devices_;
    const bool soft_;
    std::string out_;
    std::vector<std::string> remedies_;  // that were given
};

}  // namespace detail

// Throws the error about these failures, at least one. Variables come first, because what assigns
// to them fails with them; then nodes in the order in which the program made them.
[[noreturn]] inline void throw_placement_error(const placement_request& request,
                                               std::vector<placement_failure> failures) {
    std::multimap<std::pair<bool, node_id>, placement_failure> sorted;
    for (placement_failure& failure : failures) {
        const bool later = failure.node->role != node_role::variable;
        sorted.emplace(std::pair(later, failure.node->id), std::move(failure));
    }
    failures.clear();
    for (auto& [key, failure] : sorted) failures.push_back(std::move(failure));
    const node_record& first = *failures.front().node;
    throw error(errc::invalid_argument, detail::placement_error_text(request).write(failures),
                first.name, first.where);
}

}  // namespace weft
