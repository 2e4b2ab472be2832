// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// graph_recorder: what graph_base is to a graph that runs, for one that the compiler builds. It
// keeps what placement asks for (names, ops, kinds with kernels, sizes, who reads whom) and no
// kernel, no value, no code. Names and scopes follow the rules of graph_base to the letter; what is
// an exception there stops the compiler here.
#pragma once

#include <weft/core/device_name_parts.hpp>
#include <weft/graph/recorded.hpp>
#include <weft/graph/recorded_names.hpp>
#include <weft/graph/scope.hpp>

#include <concepts>
#include <initializer_list>
#include <type_traits>

namespace weft {

// A device function as a scope of a recorder keeps it: what a node should ask for.
struct recorded_function {
    constexpr virtual ~recorded_function() = default;
    constexpr virtual recorded_spec choose(graph_recorder& in,
                                           const recorded_description& node) = 0;
};

template <class F>
concept is_generic_function = requires(F& choose, const recorded_description& node) {
    choose(node);
};
// Instantiated for a device function of a recorded graph.
template <class F>
struct require_generic_function {
    static constexpr bool ok = is_generic_function<F>;
    static_assert(ok,
                  "weft: a device function that the compiler is to ask takes any node, "
                  "[](const auto& node) { ... }, and looks at its name, op and role");
};

// A callable as a recorded_function: gives a text or a device_spec.
template <class F>
struct recorded_callable final : recorded_function {
    constexpr explicit recorded_callable(const F& f) : function(f) {}
    // Not implicit: g++ 12 would define it too late for a constant.
    constexpr ~recorded_callable() override {}
    constexpr recorded_spec choose(graph_recorder& in, const recorded_description& node) override {
        return ask(in, node);
    }
    F function;

private:
    // A template, since the recorder is complete only where this is used.
    template <class Recorder>
    constexpr recorded_spec ask(Recorder& in, const recorded_description& node) {
        using result = decltype(function(node));
        if constexpr (std::is_convertible_v<result, std::string_view>)
            return in.spec_of(std::string_view(function(node)));
        else
            return in.spec_of(function(node));
    }
};

// An open scope, as scope_entry.
struct recorded_scope {
    scope_entry::kind what;
    recorded_spec spec;
    recorded_function* function;  // owned by the recorder
    recorded_text prefix;
    std::uint32_t first_node, nodes;  // of controls and colocate, in the list of those
};

class graph_recorder {
public:
    // `kinds` are the device kinds of the graph, all in lower case.
    constexpr explicit graph_recorder(std::span<const recorded_kind> kinds) : kinds_(kinds) {
        for (const recorded_kind& kind : kinds) words_.push_back(keep(kind.name));
        words_.push_back(keep("localhost"));
    }
    graph_recorder(const graph_recorder&) = delete;
    graph_recorder& operator=(const graph_recorder&) = delete;
    constexpr ~graph_recorder() { close(0); }

    constexpr std::size_t size() const { return nodes_.size(); }
    constexpr recorded_graph view() const {
        return {kinds_,        nodes_.data(), nodes_.size(),      links_.data(),     links_.size(),
                words_.data(), words_.size(), characters_.data(), characters_.size()};
    }

    // Inputs of the nodes in the making are put on a stack: what is above `first`, which begin()
    // gave, is taken by the next add, without repetitions. Members of a group are its controls.
    constexpr std::uint32_t begin() const { return inputs_.size(); }
    constexpr void read(const graph_recorder& from, node_id id) {
        if (&from != this)
            throw error(errc::invalid_argument, "weft: an expression uses nodes of two graphs");
        inputs_.push_back(id);
    }
    // As graph_base::add.
    constexpr node_id add(const recorded_op& op, std::string_view name, std::uint32_t first,
                          const std::source_location& where, node_id target = no_node) {
        if (name.empty())
            name = op.name;
        else if (!is_node_name(name))
            throw error(errc::invalid_argument,
                        "weft: a node's name has letters, digits and '._-/' only");
        recorded_node node = fresh(op, target, where);
        node.name = unique(prefix(), name);
        const bool group = op.role == node_role::group;
        link_inputs(node, group ? inputs_.size() : first);
        if (scopes_.size() > 0) node.requested = requested_of(node);
        if (scopes_.size() > 0 || group) link_scopes(node, group ? first : inputs_.size());
        return append(node, first);
    }
    // As graph_base::add_beside; `target` is the variable.
    constexpr node_id add_beside(const recorded_op& op, std::string_view suffix,
                                 std::uint32_t first, const std::source_location& where,
                                 node_id target) {
        recorded_node node = fresh(op, target, where);
        node.name = unique(nodes_[target].name, suffix);
        link_inputs(node, first);
        return append(node, first);
    }
    constexpr void set_initializer(node_id variable, node_id initializer) {
        nodes_[variable].initializer = initializer;
    }
    constexpr node_id initializer_of(node_id variable) const {
        return nodes_[variable].initializer;
    }
    // The value of a node is asked for.
    constexpr void fetch(node_id id) { nodes_[id].fetched = true; }
    constexpr std::string_view name(node_id id) const { return view().name(id); }

    // Scopes, as graph_base::open and close; each is opened with what its guard is given. A device
    // is a text, a device_spec, no_device or a device function.
    constexpr std::size_t open(const recorded_scope& scope) {
        scopes_.push_back(scope);
        return scopes_.size() - 1;
    }
    template <class Device>
    constexpr std::size_t open_device(const Device& device) {
        recorded_scope scope = scope_of(scope_entry::kind::device);
        if constexpr (std::is_same_v<Device, no_device_t>) {
            scope.what = scope_entry::kind::reset;
        } else if constexpr (std::is_same_v<Device, device_spec> ||
                             std::is_convertible_v<const Device&, std::string_view>) {
            scope.spec = spec_of(device);
        } else {
            static_cast<void>(sizeof(require_generic_function<Device>));
            if constexpr (is_generic_function<Device>) {
                scope.what = scope_entry::kind::function;
                scope.function = new recorded_callable<Device>(device);
            }
        }
        return open(scope);
    }
    constexpr std::size_t open_name(std::string_view name) {
        recorded_scope scope = scope_of(scope_entry::kind::name);
        scope.prefix = scope_prefix(name);
        return open(scope);
    }
    constexpr std::size_t open_controls(std::initializer_list<recorded_ref> nodes) {
        return open_nodes(
            nodes.size() == 0 ? scope_entry::kind::no_controls : scope_entry::kind::controls,
            nodes);
    }
    constexpr std::size_t open_colocated(const recorded_ref& with) {
        return open_nodes(scope_entry::kind::colocate, {with});
    }
    constexpr void close(std::size_t depth) {
        const auto left = static_cast<std::uint32_t>(depth);
        for (std::uint32_t i = scopes_.size(); i-- > left;) {
            delete scopes_[i].function;
            if (scopes_[i].nodes > 0) scope_nodes_.resize(scopes_[i].first_node);
        }
        scopes_.resize(left);
    }
    // A device specification from its text, with jobs and kinds as numbers of words.
    constexpr recorded_spec spec_of(std::string_view text) {
        const device_name_parts parts = read_device_name(text);
        if (parts.wrong != nullptr)
            throw error(errc::invalid_argument, "weft: a malformed device specification");
        return {parts.job.empty() ? -1 : word(parts.job, false), parts.task,
                parts.kind.empty() ? -1 : kind_of(parts.kind), parts.index};
    }
    template <std::same_as<device_spec> Spec>
    constexpr recorded_spec spec_of(const Spec& spec) {
        return {spec.job.empty() ? -1 : word(spec.job, false), spec.task,
                spec.kind.empty() ? -1 : kind_of(spec.kind), spec.index};
    }
    constexpr int kind_of(std::string_view name) { return word(name, true); }

private:
    static constexpr recorded_node fresh(const recorded_op& op, node_id target,
                                         const std::source_location& where) {
        return {&op, {}, any_recorded_device, target, no_node, 0, 0, 0, 0, where.line(), false};
    }
    constexpr node_id append(const recorded_node& node, std::uint32_t first) {
        inputs_.resize(first);
        nodes_.push_back(node);
        return nodes_.size() - 1;
    }

    static constexpr recorded_scope scope_of(scope_entry::kind what) {
        return {what, any_recorded_device, nullptr, {}, 0, 0};
    }
    constexpr std::size_t open_nodes(scope_entry::kind what,
                                     std::initializer_list<recorded_ref> nodes) {
        recorded_scope scope = scope_of(what);
        scope.first_node = scope_nodes_.size();
        for (const recorded_ref& n : nodes) scope_nodes_.push_back(n.id_in(*this));
        scope.nodes = scope_nodes_.size() - scope.first_node;
        return open(scope);
    }

    // Names.

    constexpr recorded_text scope_prefix(std::string_view name) {
        if (!is_node_name(name))
            throw error(errc::invalid_argument,
                        "weft: a scope's name has letters, digits and '._-/' only");
        recorded_text text = unique(prefix(), name);
        characters_.push_back('/');
        ++text.length;
        return text;
    }

    constexpr recorded_text keep(std::string_view text) {
        const recorded_text kept{characters_.size(), static_cast<std::uint32_t>(text.size())};
        for (char c : text) characters_.push_back(c);
        return kept;
    }
    // The number of a word: a kind, in any case, or a job.
    constexpr int word(std::string_view text, bool is_kind) {
        for (std::uint32_t i = 0; i < words_.size(); ++i) {
            const std::string_view known = view().text(words_[i]);
            if (is_kind ? same_word(known, text) : known == text) return static_cast<int>(i);
        }
        words_.push_back(keep(text));
        return static_cast<int>(words_.size() - 1);
    }
    constexpr recorded_text prefix() const {
        for (std::uint32_t i = scopes_.size(); i-- > 0;)
            if (scopes_[i].what == scope_entry::kind::name) return scopes_[i].prefix;
        return {};
    }
    // A prefix and a name as text that no other node or scope has, by a number behind it. It is
    // the last of the characters. Few steps per character: they are the most of a recording.
    constexpr recorded_text unique(recorded_text before, std::string_view name) {
        const std::uint32_t first = characters_.size();
        const auto size = before.length + static_cast<std::uint32_t>(name.size());
        characters_.reserve(std::size_t{first} + size + 12);
        char* to = characters_.data() + first;
        std::uint32_t hash = recorded_names::first_hash;
        for (const char *c = characters_.data() + before.first, *end = c + before.length; c != end;)
            hash = (hash ^ static_cast<unsigned char>(*to++ = *c++)) * recorded_names::factor;
        for (const char *c = name.data(), *end = c + name.size(); c != end;)
            hash = (hash ^ static_cast<unsigned char>(*to++ = *c++)) * recorded_names::factor;
        recorded_text text{first, size};
        const std::uint32_t base = names_.find(characters_.data(), text, hash);
        const std::uint32_t base_hash = hash;
        for (std::uint32_t at = base; at != recorded_names::none;) {
            to = characters_.data() + first + size;
            *to++ = '_';
            hash = (base_hash ^ static_cast<unsigned char>('_')) * recorded_names::factor;
            const std::uint32_t number = names_.next_number(base);
            std::uint32_t digit = 1;
            while (number / digit >= 10) digit *= 10;
            for (; digit > 0; digit /= 10) {
                *to = static_cast<char>('0' + number / digit % 10);
                hash = (hash ^ static_cast<unsigned char>(*to++)) * recorded_names::factor;
            }
            text.length = static_cast<std::uint32_t>(to - characters_.data()) - first;
            at = names_.find(characters_.data(), text, hash);
        }
        characters_.resize(first + std::size_t{text.length});
        names_.add(text, hash);
        return text;
    }

    // What the scopes say.

    constexpr recorded_spec requested_of(const recorded_node& node) {
        recorded_spec spec = any_recorded_device;
        for (std::uint32_t i = 0; i < scopes_.size(); ++i) {
            switch (scopes_[i].what) {
                case scope_entry::kind::device: spec = spec.merged(scopes_[i].spec); break;
                case scope_entry::kind::function:
                    spec = spec.merged(scopes_[i].function->choose(
                        *this, {view().text(node.name), node.op->name, node.op->role}));
                    break;
                case scope_entry::kind::reset:
                case scope_entry::kind::colocate: spec = any_recorded_device; break;
                default: break;
            }
        }
        return spec;
    }
    // Adds `id` to the links from `first` on.
    constexpr void link(std::uint32_t first, node_id id) {
        const node_id* const links = links_.data();
        for (std::uint32_t i = first, end = links_.size(); i < end; ++i)
            if (links[i] == id) return;
        links_.push_back(id);
    }
    constexpr void link_inputs(recorded_node& node, std::uint32_t first) {
        node.first_link = links_.size();
        for (std::uint32_t i = first, end = inputs_.size(); i < end; ++i)
            link(node.first_link, inputs_[i]);
        node.inputs = links_.size() - node.first_link;
    }
    // Controls of the scopes, then those of a group itself; then what it is colocated with.
    constexpr void link_scopes(recorded_node& node, std::uint32_t first_member) {
        const std::uint32_t first = links_.size();
        for (std::uint32_t i = 0; i < scopes_.size(); ++i) {
            const recorded_scope& scope = scopes_[i];
            if (scope.what == scope_entry::kind::no_controls) links_.resize(first);
            if (scope.what == scope_entry::kind::controls)
                for (std::uint32_t n = 0; n < scope.nodes; ++n)
                    link(first, scope_nodes_[scope.first_node + n]);
        }
        for (std::uint32_t i = first_member; i < inputs_.size(); ++i) link(first, inputs_[i]);
        node.controls = links_.size() - first;
        const std::uint32_t first_colocated = links_.size();
        for (std::uint32_t i = 0; i < scopes_.size(); ++i) {
            if (scopes_[i].what == scope_entry::kind::reset) links_.resize(first_colocated);
            if (scopes_[i].what == scope_entry::kind::colocate)
                links_.push_back(scope_nodes_[scopes_[i].first_node]);
        }
        node.colocated = links_.size() - first_colocated;
    }

    std::span<const recorded_kind> kinds_;
    constant_list<recorded_node> nodes_{};
    constant_list<node_id> links_{};
    constant_list<node_id> inputs_{};
    constant_list<char> characters_{};
    constant_list<recorded_text> words_{};  // the kinds, "localhost", what else specifications name
    recorded_names names_{};
    constant_list<recorded_scope> scopes_{};
    constant_list<node_id> scope_nodes_{};
};

}  // namespace weft
