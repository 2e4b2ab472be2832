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
        list("devices", devices_, [this](const device_info& device) {
            field("name", device.name.to_string());
            field("description", device.description);
            number("priority", std::to_string(device.priority));
            number("memory_limit", std::to_string(device.memory_limit));
        });
        list("nodes", nodes, [this](const placement_entry& entry) { write(entry); });
        list("copies", copies, [this](const copy_entry& copy) {
            field("node", copy.node);
            field("from", name(copy.from));
            field("to", name(copy.to));
            number("bytes", copy.bytes == dyn ? "null" : std::to_string(copy.bytes));
        });
        number("fallbacks", std::to_string(fallbacks));
        return std::move(out_ += '}');
    }

private:
    void write(const placement_entry& entry) {
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
        list("rejected", entry.rejected, [this](const rejected_device& rejected) {
            field("device", name(rejected.device));
            field("reason", name_of(rejected.reason));
            if (!rejected.missing.empty()) field("missing", rejected.missing);
        });
    }

    template <class Items, class Write>
    void list(std::string_view name, const Items& items, Write write_fields) {
        key(name);
        out_ += '[';
        for (const auto& item : items) {
            separate();
            out_ += '{';
            write_fields(item);
            out_ += '}';
        }
        out_ += ']';
    }
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
