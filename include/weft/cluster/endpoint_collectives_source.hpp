// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Collective operations of an endpoint: what has been started and has not ended is in a list, which
// any thread may ask. An operation whose group has lost a member has failed; the engine may still
// have its memory, which is kept until the engine says that it has not.
#pragma once

#include <weft/cluster/endpoint.hpp>

#include <algorithm>

namespace weft {

WEFT_SOURCE int endpoint::group(std::span<const int> ranks) {
    while (!try_own()) std::this_thread::yield();
    drain();
    const int made = driver_->engine().make_group(ranks);
    release();
    const std::lock_guard held(collectives_lock_);
    if (groups_.size() <= static_cast<std::size_t>(made))
        groups_.resize(static_cast<std::size_t>(made) + 1);
    groups_[static_cast<std::size_t>(made)].assign(ranks.begin(), ranks.end());
    return made;
}

WEFT_SOURCE std::uint64_t endpoint::start(collective&& what) {
    {
        const std::lock_guard held(collectives_lock_);
        what.token = next_token_++;
        collectives_.push_back(what);
    }
    const std::uint64_t token = what.token;
    submit({command::kind::collective, 0, {}, {}, std::move(what)});
    return token;
}

WEFT_SOURCE std::uint64_t endpoint::all_reduce(int group, reduce_type type, reduce_op op,
                                               const void* in, void* out, std::size_t count,
                                               std::shared_ptr<const void> keep) {
    return start({0, group, true, false, type, op, in, out, count, std::move(keep)});
}
WEFT_SOURCE std::uint64_t endpoint::all_gather(int group, const void* in, void* out,
                                               std::size_t bytes,
                                               std::shared_ptr<const void> keep) {
    return start({0, group, false, false, {}, {}, in, out, bytes, std::move(keep)});
}

WEFT_SOURCE collective_state endpoint::state(std::uint64_t token) const {
    const std::lock_guard held(collectives_lock_);
    if (std::find(failed_.begin(), failed_.end(), token) != failed_.end())
        return collective_state::failed;
    const bool found = std::any_of(collectives_.begin(), collectives_.end(),
                                   [&](const collective& one) { return one.token == token; });
    return found ? collective_state::pending : collective_state::done;
}

WEFT_SOURCE void endpoint::end_collectives() {
    const std::lock_guard held(collectives_lock_);
    for (const auto& [token, ok] : driver_->collectives()) {
        const auto place = std::find_if(
            collectives_.begin(), collectives_.end(),
            [&, wanted = token](const collective& one) { return one.token == wanted; });
        if (place == collectives_.end()) continue;
        if (!ok && !place->failed) failed_.push_back(token);
        collectives_.erase(place);
    }
    driver_->collectives().clear();
}

WEFT_SOURCE void endpoint::fail_collectives(int peer) {
    const std::lock_guard held(collectives_lock_);
    for (collective& one : collectives_) {
        const std::vector<int>& members = groups_[static_cast<std::size_t>(one.group)];
        if (one.failed || std::find(members.begin(), members.end(), peer) == members.end())
            continue;
        one.failed = true;
        failed_.push_back(one.token);
    }
}

}  // namespace weft
