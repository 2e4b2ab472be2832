// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Kernels that follow each other in a list of steps, on a device that can be given them again at
// one call. They run plainly once, so that their scratch memory is there, are recorded then, and
// replayed as long as what they read and write stays where it is. The step_runner runs them.
#pragma once

#include <weft/runtime/device.hpp>

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace weft {

struct recorded_range {
    enum class way : unsigned char { prepare, record, replay, plainly };

    std::uint32_t first = 0, last = 0;  // positions in the list
    way next = way::prepare;
    int recordings = 0;
    std::unique_ptr<kernel_slot> slot{};  // scratch memory that nobody else uses
    std::unique_ptr<recorded_work> work{};
    std::vector<const void*> addresses{};  // when it was recorded

    void keep(std::unique_ptr<recorded_work> made, bool whole) {
        work = std::move(made);
        next = whole && work != nullptr ? way::replay : way::plainly;
        ++recordings;
    }
    // Something has moved. Values that move in every run are not worth a recording each.
    void look_again() noexcept {
        constexpr int most = 8;
        next = recordings < most ? way::record : way::plainly;
    }
};

}  // namespace weft
