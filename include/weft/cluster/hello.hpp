// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What tasks tell each other before anything else: versions, byte order, which task they are, their
// devices, and the hash of their graph; and what is said, by every task alike, where they do not
// agree. Plain data and pure functions: how it travels is the server's.
#pragma once

#include <weft/cluster/graph_hash.hpp>
#include <weft/cluster/spec.hpp>
#include <weft/cluster/wire.hpp>
#include <weft/placement/device_list.hpp>

#include <algorithm>
#include <cstring>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace weft {

// Devices of one kind.
struct hello_devices {
    char kind[16] = {};
    std::int32_t count = 0;
    std::int32_t priority = 0;
    std::uint32_t launches = 0;
    char description[36] = {};
};

struct hello {
    static constexpr std::uint64_t right_magic = 0x746665776f6c6c65;
    static constexpr std::size_t most_kinds = 6;

    std::uint64_t magic = right_magic;  // in another byte order it is another
    std::uint32_t library[3] = {WEFT_VERSION_MAJOR, WEFT_VERSION_MINOR, WEFT_VERSION_PATCH};
    std::uint32_t wire = frame_header::right_version;
    hash128 graph{};
    std::uint64_t nodes = 0;
    hash128 cluster{};  // of the spec
    std::uint32_t rank = 0;
    std::uint32_t kinds = 0;
    std::uint32_t deterministic = 0;
    hello_devices devices[most_kinds] = {};
};
static_assert(std::is_trivially_copyable_v<hello>);

namespace detail {

inline void copy_text(char* to, std::size_t size, std::string_view from) {
    const std::size_t length = from.size() < size - 1 ? from.size() : size - 1;
    std::memcpy(to, from.data(), length);
}
inline std::string list_of(const std::vector<std::string>& names) {
    std::string out;
    for (std::size_t i = 0; i < names.size() && i < 8; ++i) out += (i > 0 ? ", " : "") + names[i];
    return names.size() > 8 ? out + " and " + std::to_string(names.size() - 8) + " more" : out;
}

}  // namespace detail

// Throws error unimplemented for more kinds of devices than it has room for.
inline hello make_hello(const cluster& of, const graph_base& built, const device_list& devices) {
    hello out;
    out.rank = static_cast<std::uint32_t>(of.rank());
    hasher spec, nodes;
    spec.add(of.describe());
    out.cluster = spec.finish();
    for (std::uint64_t hash : node_hashes(built)) nodes.add(hash);
    out.graph = nodes.finish();
    out.nodes = built.size();
    if (devices.kinds().size() > hello::most_kinds)
        throw error(errc::unimplemented, "a task of a cluster has at most " +
                                             std::to_string(hello::most_kinds) +
                                             " kinds of devices");
    for (const std::string& kind : devices.kinds()) {
        if (kind.size() >= sizeof(hello_devices::kind))
            throw error(errc::unimplemented,
                        "the name of a device kind of a cluster has at most 15 letters, unlike '" +
                            kind + "'");
        hello_devices& to = out.devices[out.kinds++];
        detail::copy_text(to.kind, sizeof to.kind, kind);
        for (const device_info& device : devices) {
            if (device.name.kind != kind) continue;
            ++to.count;
            to.priority = device.priority;
            to.launches = device.launches;
            if (to.description[0] == 0)
                detail::copy_text(to.description, sizeof to.description, device.description);
        }
    }
    return out;
}

// The devices of that task, in its own numbering if they are listed kind by kind. What it says is
// bounds-checked.
inline std::vector<device_info> devices_of(const hello& from, const device_spec& task) {
    std::vector<device_info> out;
    for (std::uint32_t k = 0; k < from.kinds && k < hello::most_kinds; ++k) {
        const hello_devices& of = from.devices[k];
        const std::string kind(of.kind, strnlen(of.kind, sizeof of.kind));
        const std::string text(of.description, strnlen(of.description, sizeof of.description));
        for (std::int32_t i = 0; i < of.count && i < 1024; ++i)
            out.push_back({{task.job, task.task, kind, i}, text, 0, of.priority, of.launches != 0});
    }
    return out;
}

// Throws error failed_precondition, the same on every task, where versions differ or tasks
// contradict each other about the cluster: it names those that are not as most are.
inline void check_hellos(const cluster& of, std::span<const hello> all) {
    const auto odd = [&](auto differs) {
        // What most tasks say is right; rank 0 where it is even.
        std::size_t best = 0, best_count = 0;
        for (std::size_t i = 0; i < all.size(); ++i) {
            std::size_t count = 0;
            for (const hello& other : all) count += !differs(all[i], other);
            if (count > best_count) best = i, best_count = count;
        }
        std::vector<std::string> names;
        for (std::size_t i = 0; i < all.size(); ++i)
            if (differs(all[best], all[i])) names.push_back(of.name_of(static_cast<int>(i)));
        return names;
    };
    const auto refuse = [&](const char* what, auto differs) {
        const auto is_first = [&](const hello& one) { return !differs(all[0], one); };
        if (std::ranges::all_of(all, is_first)) return;
        if (const auto names = odd(differs); !names.empty())
            throw error(errc::failed_precondition,
                        std::string("version mismatch: ") + what + " than most tasks have: " +
                            detail::list_of(names) +
                            "; start the same program, built with the same weft, everywhere");
    };
    refuse("another byte order or protocol", [](const hello& a, const hello& b) {
        return a.magic != b.magic || a.wire != b.wire;
    });
    refuse("another version of weft", [](const hello& a, const hello& b) {
        return !std::ranges::equal(a.library, b.library);
    });
    refuse("other options (session_options.deterministic)",
           [](const hello& a, const hello& b) { return a.deterministic != b.deterministic; });
    refuse("another cluster",
           [](const hello& a, const hello& b) { return a.cluster != b.cluster; });
    for (std::size_t i = 0; i < all.size(); ++i)
        if (all[i].rank != i)
            throw error(errc::failed_precondition,
                        "the task of rank " + std::to_string(i) + " says that its rank is " +
                            std::to_string(all[i].rank));
}
inline bool graphs_agree(std::span<const hello> all) {
    for (const hello& one : all)
        if (one.graph != all[0].graph || one.nodes != all[0].nodes) return false;
    return true;
}

// The first node that is not the same everywhere: `hashes` has `most` of them for each task, 0
// where a graph has no more.
inline std::size_t first_difference(std::span<const std::uint64_t> hashes, std::size_t most) {
    for (std::size_t node = 0; node < most; ++node)
        for (std::size_t at = node; at < hashes.size(); at += most)
            if (hashes[at] != hashes[node]) return node;
    return most;
}

// What a node looks like, for that error.
struct node_sketch {
    char text[192] = {};
};
inline node_sketch sketch_of(const graph_base& built, std::size_t node) {
    node_sketch out;
    if (node >= built.size()) {
        detail::copy_text(out.text, sizeof out.text, "nothing: its graph ends before");
        return out;
    }
    const node_record& record = built.record(static_cast<node_id>(node));
    const std::string text = '\'' + record.name + "' (" + record.op + ", " +
                             name_of(record.type.element) + dims_text(record.type.shape).chars +
                             "), made at " + to_string(record.where);
    detail::copy_text(out.text, sizeof out.text, text);
    return out;
}
[[noreturn]] inline void throw_graph_mismatch(const cluster& of, std::size_t node,
                                              std::span<const node_sketch> all) {
    std::string text = "the tasks have different graphs; the first node that differs is number " +
                       std::to_string(node) + ':';
    for (std::size_t i = 0; i < all.size(); ++i) {
        const std::string_view here(all[i].text, strnlen(all[i].text, sizeof all[i].text));
        bool before = false;  // another task has said the same
        for (std::size_t j = 0; j < i; ++j)
            before = before || std::memcmp(all[i].text, all[j].text, sizeof all[i].text) == 0;
        if (before) continue;
        text += "\n  on " + of.name_of(static_cast<int>(i)) + ": " + std::string(here);
    }
    throw error(errc::failed_precondition,
                text +
                    "\nbuild the same graph in every task; only the job and task of devices, and "
                    "the elements of constants, may differ");
}

}  // namespace weft
