// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The definitions of device_factory.hpp: the devices that weft has itself, with their pools and
// queues. Where a program is compiled separately this is compiled once; there is no template in it,
// and no type of the program.
#pragma once

#include <weft/runtime/cpu_device.hpp>
#include <weft/runtime/device_factory.hpp>
#include <weft/runtime/emulated_gpu.hpp>
#include <weft/runtime/pool_registry.hpp>

namespace weft {

WEFT_SOURCE std::unique_ptr<device> make_host_device(device_parts parts, make_slot_function slot) {
    device_pools pools = parts.pools->pools_for(parts.info.name, parts.client);
    return std::make_unique<host_device>(std::move(parts.info), std::move(pools.inter_op),
                                         std::move(pools.intra_op), slot);
}

WEFT_SOURCE std::unique_ptr<device> make_emulated_gpu(device_parts parts) {
    return std::make_unique<emulated_gpu>(std::move(parts.info), parts.memory_space,
                                          parts.emulation);
}

}  // namespace weft
