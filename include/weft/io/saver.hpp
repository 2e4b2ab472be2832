// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Checkpoints: the values of a session's variables in a safetensors file, by the names of their
// nodes, and back. A file holds one state of all variables, between two runs and never inside of
// one, and takes its place when it is on disk. What is restored is exactly what was saved. It knows
// no types of variables, and a session only as what holds them.
#pragma once

#include <weft/graph/node.hpp>
#include <weft/io/safetensors_header.hpp>
#include <weft/session/session.hpp>

#include <span>
#include <string>
#include <vector>

namespace weft {

struct saver_options {
    // Those to save and restore; empty: all that the graph has by then.
    std::vector<node_ref> variables = {};
    // Variables that a file does not have keep their values, or have none.
    bool allow_missing = false;
    // Tensors of a file that are no variables are left out.
    bool allow_extra = false;
};

// Writes the values of variables to a file, which is replaced if it is there, with some strings:
// the number of a step, say. Runs that read them go on meanwhile, those that write them wait; so
// not from a callable of such a run. Of the options, timeout and stop count, for waiting. Throws
// error failed_precondition naming all that have no value; unimplemented for elements of
// std::complex<double>; as write_safetensors() does where the file cannot be written, and then the
// former file is as it was.
void save_variables(session_core& of, std::span<const node_id> variables, const std::string& path,
                    const file_metadata& metadata = {}, const run_options& options = {});

// Gives variables, initialized or not, the values in a file, and returns its strings. No run sees
// some of the new values and some of the old. Takes as much host memory as the file has. Throws
// error failed_precondition naming all variables that the file does not have, tensors that are no
// variable, and those of other elements or shape; as safetensors_file does where it cannot be read.
// Then nothing has changed. Where a device fails while its values are overwritten, none of the
// variables has a value.
file_metadata restore_variables(session_core& of, std::span<const node_id> variables,
                                const std::string& path, const saver_options& how = {},
                                const run_options& options = {});

// Both for the variables of a graph. Any thread; the graph must outlive it.
class saver {
public:
    // Throws error invalid_argument for nodes that are no variables of this graph.
    explicit saver(const graph_base& of, saver_options options = {});

    // See save_variables().
    void save(session& of, const std::string& path, const file_metadata& metadata = {},
              const run_options& options = {}) const {
        save_variables(of.core(), variables(of.core()), path, metadata, options);
    }
    // See restore_variables().
    file_metadata restore(session& of, const std::string& path,
                          const run_options& options = {}) const {
        return restore_variables(of.core(), variables(of.core()), path, options_, options);
    }

private:
    std::vector<node_id> variables(const session_core& of) const;

    const graph_base& graph_;
    const saver_options options_;
    std::vector<node_id> chosen_;
};

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/io/saver_source.hpp>
#endif
