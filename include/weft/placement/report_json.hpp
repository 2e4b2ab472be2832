// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A placement report as JSON, for tools:
// {"devices":[...],"nodes":[...],"copies":[...],"fallbacks":0}. Codes appear by their names,
// devices by their full names, and what is not known yet as null.
#pragma once

#include <weft/core/json_text.hpp>
#include <weft/placement/entry.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace weft {

namespace detail {

class placement_json_writer {
public:
    explicit placement_json_writer(const device_list& devices) : devices_(devices) {}

    std::string text(std::span<const placement_entry> nodes, std::span<const copy_entry> copies,
                     std::size_t fallbacks) {
        out_ += '{';
        open_list("devices");
        for (const device_info& device : devices_) write(device);
        close_list();
        open_list("nodes");
        for (const placement_entry& entry : nodes) write(entry);
        close_list();
        open_list("copies");
        for (const copy_entry& copy : copies) write(copy);
        close_list();
        number("fallbacks", std::to_string(fallbacks));
        return std::move(out_ += '}');
    }

private:
    void write(const device_info& device) {
        open_item();
        field("name", device.name.to_string());
        field("description", device.description);
        number("priority", std::to_string(device.priority));
        number("memory_limit", std::to_string(device.memory_limit));
        close_item();
    }
    void write(const copy_entry& copy) {
        open_item();
        field("node", copy.node);
        field("from", name(copy.from));
        field("to", name(copy.to));
        number("bytes", copy.bytes == dyn ? "null" : std::to_string(copy.bytes));
        close_item();
    }
    void write(const placement_entry& entry) {
        open_item();
        number("id", std::to_string(entry.id));
        field("node", entry.node);
        field("op", entry.op);
        key("fused");
        out_ += '[';
        for (const std::string& op : entry.fused) {
            separate();
            append_json_string(out_, op);
        }
        out_ += ']';
        field("requested", entry.requested.to_string());
        field("device", name(entry.device));
        field("reason", name_of(entry.reason));
        field("why", entry.why);
        field("where", entry.where);
        if (entry.launched.way != launch_way::none) {
            field("launched", name_of(entry.launched.way));
            number("kernels", std::to_string(entry.launched.kernels));
        }
        open_list("rejected");
        for (const rejected_device& rejected : entry.rejected) {
            open_item();
            field("device", name(rejected.device));
            field("reason", name_of(rejected.reason));
            if (!rejected.missing.empty()) field("missing", rejected.missing);
            close_item();
        }
        close_list();
        close_item();
    }

    void open_list(std::string_view name) {
        key(name);
        out_ += '[';
    }
    void close_list() { out_ += ']'; }
    void open_item() {
        separate();
        out_ += '{';
    }
    void close_item() { out_ += '}'; }
    void field(std::string_view name, std::string_view value) {
        key(name);
        append_json_string(out_, value);
    }
    void number(std::string_view name, std::string_view value) {
        key(name);
        out_ += value;
    }
    void key(std::string_view name) {
        separate();
        append_json_string(out_, name);
        out_ += ':';
    }
    std::string name(device_index device) const {
        return device == unplaced ? std::string() : devices_[device].name.to_string();
    }
    void separate() {
        if (out_.back() != '{' && out_.back() != '[') out_ += ',';
    }

    const device_list& devices_;
    std::string out_;
};

}  // namespace detail

// The report of these decisions in one line of JSON.
inline std::string placement_json(const device_list& devices,
                                  std::span<const placement_entry> nodes,
                                  std::span<const copy_entry> copies, std::size_t fallbacks) {
    return detail::placement_json_writer(devices).text(nodes, copies, fallbacks);
}

}  // namespace weft
