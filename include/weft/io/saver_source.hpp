// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The definitions of io/saver.hpp. Files are read before variables are held, and wait for the disk
// after they were: runs are kept waiting no longer than copying takes. Where a program is compiled
// separately this is compiled once.
#pragma once

#include <weft/core/error.hpp>
#include <weft/io/safetensors.hpp>
#include <weft/io/saver.hpp>
#include <weft/session/held_variables.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace weft {

namespace detail {

// Those with larger elements first, so that tensors are aligned in the file.
inline std::vector<node_id> in_file_order(const graph_base& of, std::span<const node_id> ids) {
    std::vector<node_id> out(ids.begin(), ids.end());
    std::stable_sort(out.begin(), out.end(), [&](node_id a, node_id b) {
        return size_of(of.record(a).type.element) > size_of(of.record(b).type.element);
    });
    return out;
}

inline void check_all_have_values(const held_variables& held, const std::string& path) {
    std::string names;
    const node_record* first = nullptr;
    for (std::size_t i = 0; i < held.size(); ++i) {
        if (held.has_value(i)) continue;
        if (first == nullptr) first = &held.record(i);
        names += (names.empty() ? "'" : ", '") + held.record(i).name + '\'';
    }
    if (first != nullptr)
        throw error(errc::failed_precondition,
                    "cannot save to '" + path + "': these variables have no value yet: " + names +
                        "; run their initializers, session::initialize() or saver::restore(), "
                        "first",
                    first->name, first->where);
}

// Writes a value piece by piece where the host cannot reach it.
inline void write_value(const held_variables& held, std::size_t i, safetensors_writer& file) {
    constexpr std::size_t most = std::size_t{1} << 22;
    const std::size_t bytes = held.bytes(i);
    if (const void* const data = held.host_data(i)) return file.write(data, bytes);
    const auto piece = std::make_unique_for_overwrite<char[]>((std::min)(bytes, most));
    for (std::size_t at = 0; at < bytes; at += most) {
        const std::size_t count = (std::min)(most, bytes - at);
        held.copy_out(i, at, piece.get(), count);
        file.write(piece.get(), count);
    }
}

inline bool fits(const safetensors_entry& tensor, const value_type& type) {
    return tensor.element == type.element && tensor.shape.rank == type.shape.rank &&
           first_mismatch(tensor.shape, type.shape) == type.shape.rank;
}

inline std::string typed(dtype element, const dims& shape) {
    return std::string(name_of(element)) + ' ' + dims_text(shape).chars;
}

// Throws unless what the file has is what the variables want; all that differs is in the text.
inline void check_restorable(const safetensors_file& file, const graph_base& of,
                             std::span<const node_id> ids, const saver_options& how) {
    std::vector<const safetensors_entry*> wanted;
    std::string missing, extra, other;
    for (node_id id : ids) {
        const node_record& node = of.record(id);
        const safetensors_entry* const found = file.find(node.name);
        const std::string line = "\n  '" + node.name + "' (" +
                                 typed(node.type.element, node.type.shape) + ", made at " +
                                 to_string(node.where) + ')';
        if (found == nullptr) {
            if (!how.allow_missing) missing += line;
            continue;
        }
        wanted.push_back(found);
        if (!fits(*found, node.type))
            other += line + ", where the file has " + typed(found->element, found->shape);
    }
    std::sort(wanted.begin(), wanted.end());
    for (const safetensors_entry& tensor : file.tensors())
        if (!how.allow_extra && !std::binary_search(wanted.begin(), wanted.end(), &tensor))
            extra += "\n  '" + tensor.name + "' (" + typed(tensor.element, tensor.shape) + ')';
    if (missing.empty() && extra.empty() && other.empty()) return;
    std::string text = "cannot restore variables from '" + file.path() + "'; nothing has changed";
    if (!missing.empty())
        text += "\nmissing in the file, see saver_options::allow_missing:" + missing;
    if (!extra.empty()) text += "\nonly in the file, see saver_options::allow_extra:" + extra;
    if (!other.empty()) text += "\nof another type or shape:" + other;
    throw error(errc::failed_precondition, text);
}

}  // namespace detail

WEFT_SOURCE void save_variables(session_core& of, std::span<const node_id> variables,
                                const std::string& path, const file_metadata& metadata,
                                const run_options& options) {
    std::optional<safetensors_writer> file;
    try {
        const held_variables held(of, detail::in_file_order(of.of(), variables),
                                  held_variables::use::read, options);
        detail::check_all_have_values(held, path);
        safetensors_header header{.metadata = metadata};
        for (std::size_t i = 0; i < held.size(); ++i)
            header.tensors.push_back(
                {held.record(i).name, held.record(i).type.element, held.shape(i)});
        file.emplace(path, std::move(header));
        for (std::size_t i = 0; i < held.size(); ++i) detail::write_value(held, i, *file);
    } catch (...) {
        rethrow_as_error();
    }
    file->finish();
}

WEFT_SOURCE file_metadata restore_variables(session_core& of, std::span<const node_id> variables,
                                            const std::string& path, const saver_options& how,
                                            const run_options& options) {
    try {
        const safetensors_file file(path);
        detail::check_restorable(file, of.of(), variables, how);
        std::vector<node_id> ids;
        std::vector<std::unique_ptr<char[]>> bytes;
        std::vector<variable_contents> contents;
        for (node_id id : variables) {
            const safetensors_entry* const found = file.find(of.of().record(id).name);
            if (found == nullptr) continue;
            bytes.push_back(std::make_unique_for_overwrite<char[]>(found->bytes()));
            file.read(*found, bytes.back().get());
            ids.push_back(id);
            contents.push_back({found->shape, bytes.back().get()});
        }
        held_variables held(of, ids, held_variables::use::write, options);
        held.assign(contents);
        return file.metadata();
    } catch (...) {
        rethrow_as_error();
    }
}

WEFT_SOURCE saver::saver(const graph_base& of, saver_options options)
    : graph_(of), options_(std::move(options)) {
    for (const node_ref& chosen : options_.variables) {
        const node_id id = chosen.id_in(of, "saver");
        const node_record& node = of.record(id);
        if (node.role != node_role::variable)
            throw error(errc::invalid_argument,
                        "a saver is for variables, and '" + node.name + "' is none (made at " +
                            to_string(node.where) + ')',
                        node.name, node.where);
        if (std::find(chosen_.begin(), chosen_.end(), id) == chosen_.end()) chosen_.push_back(id);
    }
}

WEFT_SOURCE std::vector<node_id> saver::variables(const session_core& of) const {
    if (&of.of() != &graph_)
        throw error(errc::invalid_argument, "this session is of another graph than its saver");
    if (!chosen_.empty()) return chosen_;
    return {graph_.variables().begin(), graph_.variables().end()};
}

}  // namespace weft
