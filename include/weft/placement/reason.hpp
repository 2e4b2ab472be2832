// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Why a node is where it is, and why it is not elsewhere: the codes that reports carry. Their names
// are part of the JSON reports and stay; new ones are added at the end. No device and no node is
// known here.
#pragma once

namespace weft {

// Why a node got its device.
enum class placement_reason : unsigned char {
    explicit_device,  // its specification asks for it
    only_kind,        // no other kind of device here has its kernel
    priority,         // the best of several that have its kernel
    with_variable,    // it assigns to a variable, which is there
    colocated,        // it shares the device of another node
    with_consumer,    // it only produces, and all that read it are there
    with_input,       // it only looks at metadata of its input, which is there
    kept,             // it holds state that an earlier run put there
    soft_fallback,    // its specification cannot be met, and soft placement is allowed
    client,           // its value comes from the caller
    no_work,          // it does nothing, so any device will do
    placement_file,   // session_options.placement has it there
};

// "explicit", "only_kind", and so on.
constexpr const char* name_of(placement_reason reason) {
    constexpr const char* names[] = {
        "explicit",   "only_kind", "priority",      "with_variable", "colocated", "with_consumer",
        "with_input", "kept",      "soft_fallback", "client",        "no_work",   "placement_file"};
    return names[static_cast<unsigned char>(reason)];
}

// Why a node did not get a device.
enum class rejection_reason : unsigned char {
    no_kernel,         // the node has no kernel for devices of that kind
    no_shared_kernel,  // another node that shares its device has none
    not_requested,     // a specification asks for something else
    kept_elsewhere,    // state that an earlier run made is on another device
    data_elsewhere,    // its consumer, its input or the caller is on another device
    lower_priority,    // it would do, another comes first
};

// "no_kernel", "no_shared_kernel", and so on.
constexpr const char* name_of(rejection_reason reason) {
    constexpr const char* names[] = {"no_kernel",      "no_shared_kernel", "not_requested",
                                     "kept_elsewhere", "data_elsewhere",   "lower_priority"};
    return names[static_cast<unsigned char>(reason)];
}

}  // namespace weft
