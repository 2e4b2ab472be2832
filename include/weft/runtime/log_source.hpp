// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The definitions of log.hpp: the process's sink, and what has been said once. It knows nothing of
// what is said. Where a program is compiled separately this is compiled once; there is no template
// in it, and no type of the program.
#pragma once

#include <weft/runtime/log.hpp>

#include <cstdio>
#include <mutex>
#include <string>
#include <vector>

namespace weft {

namespace detail {

// Never destroyed: the threads of process-wide pools may outlive static objects.
class log_state {
public:
    static log_state& instance() {
        static log_state* const state = new log_state;
        return *state;
    }

    void set(std::shared_ptr<log_sink> to) {
        const std::lock_guard lock(mutex_);
        sink_.swap(to);
    }

    // False where there is no sink.
    bool write(std::string_view text) noexcept {
        std::shared_ptr<log_sink> to;
        {
            const std::lock_guard lock(mutex_);
            to = sink_;
        }
        if (to == nullptr) return false;
        // Lines of several threads come one after the other; recursive, for a sink that runs a
        // session.
        const std::lock_guard lock(writing_);
        try {
            to->write(text);
        } catch (...) {
        }
        return true;
    }

    // True for the first caller with this key.
    bool first(std::string_view key) {
        const std::lock_guard lock(mutex_);
        for (const std::string& known : said_)
            if (known == key) return false;
        said_.emplace_back(key);
        return true;
    }

private:
    std::mutex mutex_;
    std::recursive_mutex writing_;
    std::shared_ptr<log_sink> sink_;
    std::vector<std::string> said_;
};

}  // namespace detail

WEFT_SOURCE void set_log_sink(std::shared_ptr<log_sink> to) {
    detail::log_state::instance().set(std::move(to));
}

WEFT_SOURCE void log_text(std::string_view text) noexcept {
    detail::log_state::instance().write(text);
}

WEFT_SOURCE void log_requested(std::string_view text) noexcept {
    if (detail::log_state::instance().write(text)) return;
    std::fprintf(stderr, "%.*s\n", static_cast<int>(text.size()), text.data());
}

WEFT_SOURCE bool log_once(std::string_view key, std::string_view text) {
    if (!detail::log_state::instance().first(key)) return false;
    log_text(text);
    return true;
}

}  // namespace weft
