// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Device functions: what a device_scope takes instead of a name, to choose for each node by its
// record. The scope merges what the function returns as it merges a name: parts that are set nearer
// to the node win. Copies share the state of the callable, so one round_robin in two scopes goes on
// counting.
#pragma once

#include <weft/graph/record.hpp>

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weft {

// What a device function is told about a node of a graph that the compiler records; it has the same
// names as node_record.
struct recorded_description {
    std::string_view name;
    std::string_view op;
    node_role role;
};

// Calls any callable that takes a const node_record& and returns a device_spec, or a string to
// parse into one. A call changes the callable's state without a lock, as building a graph does: use
// one function, and all of its copies, from one thread at a time.
class device_function {
public:
    template <class F>
        requires(!std::is_same_v<std::remove_cvref_t<F>, device_function> &&
                 std::is_invocable_v<std::decay_t<F>&, const node_record&>)
    device_function(F&& choose) : callable_(new held<std::decay_t<F>>(std::forward<F>(choose))) {}
    constexpr device_function(const device_function& other) : callable_(other.callable_) {
        ++callable_->owners;
    }
    constexpr device_function& operator=(device_function other) {
        std::swap(callable_, other.callable_);
        return *this;
    }
    constexpr ~device_function() {
        if (--callable_->owners == 0) delete callable_;
    }

    // What the callable returns for this node; parts that it leaves out are not constrained. Fails
    // with what the callable throws, and with invalid_argument for a malformed string.
    device_spec operator()(const node_record& node) const { return callable_->choose(node); }
    // The same for a node that the compiler records.
    constexpr std::string_view operator()(const recorded_description& node) const {
        return callable_->choose(node);
    }

private:
    friend constexpr device_function round_robin(std::initializer_list<const char*> devices,
                                                 const char* op);
    struct callable {
        constexpr virtual ~callable() = default;
        virtual device_spec choose(const node_record& node) = 0;
        constexpr virtual std::string_view choose(const recorded_description& node) = 0;
        int owners = 1;
    };
    constexpr explicit device_function(callable* owned) : callable_(owned) {}

    template <class F>
    struct held final : callable {
        template <class G>
        explicit held(G&& f) : function(std::forward<G>(f)) {}

        // Never asked: it is made at run time, when nothing is recorded.
        std::string_view choose(const recorded_description&) override { return {}; }
        device_spec choose(const node_record& node) override {
            using result = std::invoke_result_t<F&, const node_record&>;
            constexpr bool returns_spec = std::is_convertible_v<result, device_spec>;
            constexpr bool returns_text = std::is_convertible_v<result, std::string_view>;
            static_assert(
                returns_spec || returns_text,
                "weft: a device function returns a weft::device_spec, or a string such as "
                "\"/gpu:0\"; \"\" leaves the node alone");
            if constexpr (returns_spec)
                return function(node);
            else if constexpr (returns_text)
                return device_spec::parse(std::string_view(function(node)));
            else
                return {};
        }

        F function;
    };

    // round_robin in a graph that the compiler records: names are literals there.
    struct recorded_ring final : callable {
        constexpr recorded_ring(std::initializer_list<const char*> names, const char* of)
            : devices(new const char*[names.size()]), op(of) {
            for (const char* name : names) devices[size++] = name;
        }
        constexpr ~recorded_ring() override { delete[] devices; }

        device_spec choose(const node_record&) override { return {}; }
        constexpr std::string_view choose(const recorded_description& node) override {
            const bool mine = op.empty() ? node.role == node_role::variable : node.op == op;
            return mine ? devices[next++ % size] : "";
        }

        const char** devices;
        std::string_view op;
        std::size_t size = 0, next = 0;
    };

    callable* callable_;
};

// Gives the nodes of an op ("Variable") the devices of a list in turn, and leaves all others alone;
// without an op, every node that holds a variable. Fails with invalid_argument for an empty list or
// a malformed name.
device_function round_robin(const std::vector<std::string>& devices, std::string op = {});
// The same for literals; in a graph that the compiler records, too.
constexpr device_function round_robin(std::initializer_list<const char*> devices,
                                      const char* op = "") {
    if (!std::is_constant_evaluated())
        return round_robin(std::vector<std::string>(devices.begin(), devices.end()),
                           std::string(op));
    if (devices.size() == 0)
        throw error(errc::invalid_argument, "weft: round_robin needs at least one device");
    return device_function(new device_function::recorded_ring(devices, op));
}

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/graph/device_function_source.hpp>
#endif
