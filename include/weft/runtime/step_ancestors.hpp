// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Which steps of a plan are over when another one begins, in whatever order its threads run them: a
// bit for each pair. What the memory of a run with several threads is planned with. Quadratic, so
// for plans of some thousand steps; it knows nothing of devices or sizes.
#pragma once

#include <weft/runtime/plan.hpp>

#include <cstdint>
#include <vector>

namespace weft {

class step_ancestors {
public:
    // Above this many steps, 2 MiB of bits, the answer would cost more than it is worth.
    static constexpr std::size_t most_steps = 4096;

    explicit step_ancestors(const plan& p)
        : words_((p.steps.size() + 63) / 64), bits_(words_ * p.steps.size(), 0) {
        for (step_id step = 0; step < p.steps.size(); ++step)
            for (step_id later : p.after(step)) {
                const std::uint64_t* from = bits_.data() + words_ * step;
                std::uint64_t* to = bits_.data() + words_ * later;
                for (std::size_t w = 0; w < words_; ++w) to[w] |= from[w];
                to[step / 64] |= std::uint64_t{1} << step % 64;
            }
    }

    // Whether `before` has ended whenever `step` begins.
    bool is_before(step_id before, step_id step) const {
        return (bits_[words_ * step + before / 64] >> before % 64 & 1) != 0;
    }

private:
    std::size_t words_;
    std::vector<std::uint64_t> bits_;
};

}  // namespace weft
