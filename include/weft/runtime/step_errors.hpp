// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What a run says that did not end well: the exception of a kernel, wrapped once with its node; or
// that it was stopped, how far it came, and a node that had not run. It knows nothing of threads,
// and nothing of what the caller makes of it.
#pragma once

#include <weft/runtime/node_error.hpp>
#include <weft/runtime/plan.hpp>

#include <exception>
#include <new>
#include <string>

namespace weft {

// The exception being handled as the error of a node; called in a catch block.
inline std::exception_ptr wrapped_exception(const node_record& node, const std::string& device) {
    const auto wrap = [&](errc code, const char* what) {
        return std::make_exception_ptr(detail::node_error(code, what, node, device));
    };
    try {
        throw;
    } catch (const failure& f) {
        return wrap(f.code(), f.what());
    } catch (const error& e) {
        return e.node() == node.name ? std::current_exception() : wrap(e.code(), e.what());
    } catch (const std::bad_alloc&) {
        return wrap(errc::resource_exhausted, "out of memory");
    } catch (const std::exception& e) {
        return wrap(errc::internal, e.what());
    } catch (...) {
        return wrap(errc::internal, "an exception that is no std::exception");
    }
}

// For a run that was cancelled or late: `left` is a step that has not run, or none.
[[noreturn]] inline void throw_stopped(errc cause, const plan& p, std::size_t ran, step_id left) {
    std::string text = cause == errc::deadline_exceeded ? "the run did not end before its deadline"
                                                        : "the run was cancelled";
    text += "; " + std::to_string(ran) + " of " + std::to_string(p.kernels) + " nodes have run";
    if (left == none) throw error(cause, text);
    const node_record& node = *p.steps[left].record;
    throw error(cause, text + ", '" + node.name + "' (" + to_string(node.where) + ") has not",
                node.name, node.where);
}

}  // namespace weft
