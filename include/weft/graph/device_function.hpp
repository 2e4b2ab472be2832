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
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weft {

// Calls any callable that takes a const node_record& and returns a device_spec, or a string to
// parse into one. A call changes the callable's state without a lock, as building a graph does: use
// one function, and all of its copies, from one thread at a time.
class device_function {
public:
    template <class F>
        requires(!std::is_same_v<std::remove_cvref_t<F>, device_function> &&
                 std::is_invocable_v<std::decay_t<F>&, const node_record&>)
    device_function(F&& choose)
        : callable_(std::make_shared<std::decay_t<F>>(std::forward<F>(choose))),
          choose_(&choose_with<std::decay_t<F>>) {}

    // What the callable returns for this node; parts that it leaves out are not constrained. Fails
    // with what the callable throws, and with invalid_argument for a malformed string.
    device_spec operator()(const node_record& node) const { return choose_(callable_.get(), node); }

private:
    template <class F>
    static device_spec choose_with(void* callable, const node_record& node) {
        using result = std::invoke_result_t<F&, const node_record&>;
        constexpr bool returns_spec = std::is_convertible_v<result, device_spec>;
        constexpr bool returns_text = std::is_convertible_v<result, std::string_view>;
        static_assert(returns_spec || returns_text,
                      "weft: a device function returns a weft::device_spec, or a string such as "
                      "\"/gpu:0\"; \"\" leaves the node alone");
        F& choose = *static_cast<F*>(callable);
        if constexpr (returns_spec)
            return choose(node);
        else if constexpr (returns_text)
            return device_spec::parse(std::string_view(choose(node)));
        else
            return {};
    }

    std::shared_ptr<void> callable_;
    device_spec (*choose_)(void*, const node_record&);
};

// Gives the nodes of an op ("Variable") the devices of a list in turn, and leaves all others alone;
// without an op, every node that holds a variable. Fails with invalid_argument for an empty list or
// a malformed name.
device_function round_robin(const std::vector<std::string>& devices, std::string op = {});

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/graph/device_function_source.hpp>
#endif
