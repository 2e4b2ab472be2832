// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Where weft says things. It is silent until the program gives it a sink; only a text that the
// program asked for (log_device_placement) goes to stderr when there is none. A sink that throws
// loses the text and nothing else: logging never makes a run fail. Every function may be called
// from any thread.
#pragma once

#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weft {

namespace detail {

// The process's sink, and what has been said once. Never destroyed: the threads of process-wide
// pools may outlive static objects.
class log_state {
public:
    struct sink {
        sink() = default;
        sink(const sink&) = delete;
        sink& operator=(const sink&) = delete;
        virtual ~sink() = default;
        virtual void write(std::string_view text) = 0;
    };

    static log_state& instance() {
        static log_state* const state = new log_state;
        return *state;
    }

    void set(std::shared_ptr<sink> to) {
        const std::lock_guard lock(mutex_);
        sink_.swap(to);
    }

    // False where there is no sink.
    bool write(std::string_view text) noexcept {
        std::shared_ptr<sink> to;
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
    std::shared_ptr<sink> sink_;
    std::vector<std::string> said_;
};

template <class F>
class log_sink final : public log_state::sink {
public:
    explicit log_sink(F call) : call_(std::move(call)) {}
    void write(std::string_view text) override { call_(text); }

private:
    F call_;
};

}  // namespace detail

// Every text that weft logs goes to `sink(std::string_view)` from now on, one call at a time, from
// whichever thread has something to say; texts are whole, of one or several lines, without a
// newline at the end. A call that is under way in another thread may still reach the former sink.
template <class F>
void set_log_sink(F sink) {
    detail::log_state::instance().set(std::make_shared<detail::log_sink<F>>(std::move(sink)));
}

// Silence again.
inline void clear_log_sink() { detail::log_state::instance().set(nullptr); }

// To the sink, if there is one.
inline void log_text(std::string_view text) noexcept { detail::log_state::instance().write(text); }

// To the sink, else to stderr: for texts that the program asked for.
inline void log_requested(std::string_view text) noexcept {
    if (detail::log_state::instance().write(text)) return;
    std::fprintf(stderr, "%.*s\n", static_cast<int>(text.size()), text.data());
}

// log_text for the first call of the process with this `key`; true if it was this one.
inline bool log_once(std::string_view key, std::string_view text) {
    if (!detail::log_state::instance().first(key)) return false;
    log_text(text);
    return true;
}

}  // namespace weft
