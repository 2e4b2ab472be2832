// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Where weft says things. It is silent until the program gives it a sink; only a text that the
// program asked for (log_device_placement) goes to stderr when there is none. A sink that throws
// loses the text and nothing else: logging never makes a run fail. Every function may be called
// from any thread.
#pragma once

#include <weft/config.hpp>

#include <memory>
#include <string_view>
#include <utility>

namespace weft {

// What takes the texts: whole ones of one or several lines, without a newline at the end.
class log_sink {
public:
    log_sink() = default;
    log_sink(const log_sink&) = delete;
    log_sink& operator=(const log_sink&) = delete;
    virtual ~log_sink() = default;
    virtual void write(std::string_view text) = 0;
};

// Every text that weft logs goes to `to` from now on, one call at a time, from whichever thread has
// something to say; silence if it is null. A call that is under way in another thread may still
// reach the former sink.
void set_log_sink(std::shared_ptr<log_sink> to);

namespace detail {
template <class F>
class calling_sink final : public log_sink {
public:
    explicit calling_sink(F call) : call_(std::move(call)) {}
    void write(std::string_view text) override { call_(text); }

private:
    F call_;
};
}  // namespace detail

// The same with a callable, sink(std::string_view).
template <class F>
void set_log_sink(F sink) {
    using sink_type = detail::calling_sink<F>;
    set_log_sink(std::shared_ptr<log_sink>(std::make_shared<sink_type>(std::move(sink))));
}

// Silence again.
inline void clear_log_sink() { set_log_sink(std::shared_ptr<log_sink>()); }

// To the sink, if there is one.
void log_text(std::string_view text) noexcept;

// To the sink, else to stderr: for texts that the program asked for.
void log_requested(std::string_view text) noexcept;

// log_text for the first call of the process with this `key`; true if it was this one.
bool log_once(std::string_view key, std::string_view text);

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/runtime/log_source.hpp>
#endif
