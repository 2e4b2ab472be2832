// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// From a device kind, a type, to its devices: what a session calls for each kind of its graph. A
// kind may bring a device class of its own with make_device(); one that does not is computed by the
// CPU. Of pools and queues nothing is known here.
#pragma once

#include <weft/runtime/emulated_gpu_options.hpp>
#include <weft/runtime/kernel_context.hpp>

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace weft {

class pool_source;

// What a session has for a new device.
struct device_parts {
    device_info info;
    int memory_space = host_memory_space;  // for memory of its own: a number of its own
    pool_source* pools = nullptr;          // threads, for kinds that want them
    bool client = false;  // the /cpu:0 whose inter-op threads include the caller
    emulated_gpu_options emulation{};  // for a device that is emulated
    bool emulated = true;              // what may be: a GPU
};

// How a session keeps the way to make devices of a kind.
using make_device_function = std::unique_ptr<device> (*)(device_parts parts);
// How it asks for the number of devices of a kind that this machine has.
using count_devices_function = int (*)();

// A device that computes on this machine's CPU, in threads of its own pools and in host memory,
// with contexts from `slot`.
std::unique_ptr<device> make_host_device(device_parts parts, make_slot_function slot);
// A GPU that lives in host memory.
std::unique_ptr<device> make_emulated_gpu(device_parts parts);
// The GPU of the number in parts.info.name, and how many there are: 0 where there is no driver, or
// one that is too old. Defined in the library that is built with CUDA. The former fails with
// unavailable, saying why, where the GPU cannot be used.
std::unique_ptr<device> make_cuda_device(device_parts parts);
int cuda_device_count() noexcept;

namespace detail {

template <class Kind>
inline constexpr bool names_make_device = requires { &Kind::make_device; };

template <class Kind>
inline constexpr bool has_make_device = requires(device_parts parts) {
    { Kind::make_device(std::move(parts)) } -> std::same_as<std::unique_ptr<device>>;
};

template <class Kind>
struct require_make_device {
    static_assert(has_make_device<Kind>,
                  "weft: a device kind's make_device has to be "
                  "`static std::unique_ptr<weft::device> make_device(weft::device_parts parts)`");
};

}  // namespace detail

// A device of the kind: Kind::make_device(parts) where there is one, a GPU for gpu, else a host
// device, which shares the host's memory and runs kernels in threads of its own pools. Files that
// see CUDA and files that do not have functions of their own, by the last parameter.
template <class Kind, bool Cuda = WEFT_HAS_CUDA>
std::unique_ptr<device> make_device(device_parts parts) {
    if constexpr (detail::names_make_device<Kind>) {
        (void)sizeof(detail::require_make_device<Kind>);
        if constexpr (detail::has_make_device<Kind>) return Kind::make_device(std::move(parts));
    } else if constexpr (std::is_same_v<Kind, gpu>) {
        if constexpr (Cuda)
            if (!parts.emulated) return make_cuda_device(std::move(parts));
        return make_emulated_gpu(std::move(parts));
    } else {
        return make_host_device(std::move(parts), &make_slot<Kind>);
    }
}

// Counts the kind's devices; null where there are as many as the options say.
template <class Kind, bool Cuda = WEFT_HAS_CUDA>
constexpr count_devices_function device_counter() {
    if constexpr (Cuda && std::is_same_v<Kind, gpu>) return &cuda_device_count;
    return nullptr;
}

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/runtime/device_factory_source.hpp>
#endif
