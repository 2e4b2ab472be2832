// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A placement as text that can be kept under version control, compared, and given to
// session_options.placement: a line per node with its name, its device and, for people, its op,
// sorted by name. It holds no pointer into a graph. Files are read and written by
// io/placement_file.hpp; what a line means for a node is the placer's business.
#pragma once

#include <weft/config.hpp>
#include <weft/core/device_name.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace weft {

struct placement_report;

// What a placement file says about one node.
struct placement_line {
    device_spec device{};    // kind and index; job and task unless they are those of one process
    std::string op{};        // for people, may be empty
    std::size_t number = 0;  // of the line in the text that was parsed; 0: in none
};

// Plain data; threads may share one that nobody changes.
class placement_file {
public:
    using line_map = std::map<std::string, placement_line, std::less<>>;  // by the node's name

    // Where a plan has its nodes. What the caller gives (reason client) has no line: that is true
    // of one plan, and another may compute it.
    static placement_file of(const placement_report& report);

    // Reads what to_string() writes; besides, lines in any order, empty lines, comments from a #
    // at the beginning of a word, and device names in any form that has a kind and an index. Throws
    // error invalid_argument with line and column (in bytes, from 1), what was found and what is
    // expected. `path` is for messages.
    static placement_file parse(std::string_view text, std::string path = {});

    // "weft placement 1", then "logits /gpu:0 MatMul": words between single spaces, so that a
    // change of one node is a change of one line. parse() gives an equal file. Comments of a parsed
    // text are not kept.
    std::string to_string() const;

    // Adds or replaces a line. Throws error invalid_argument for a malformed device, and for one
    // without kind or index.
    void set(const std::string& node, std::string_view device, std::string op = {});
    // Takes over all lines of another file; they replace those of the same nodes.
    void add(const placement_file& other);

    const placement_line* find(std::string_view node) const {
        const auto found = lines_.find(node);
        return found == lines_.end() ? nullptr : &found->second;
    }
    const line_map& lines() const { return lines_; }
    bool empty() const { return lines_.empty(); }
    std::size_t size() const { return lines_.size(); }
    const std::string& path() const { return path_; }

    // "line 3 of placement file 'digits.placement'", as messages say; without the parts that are
    // not known.
    std::string describe(const placement_line& line) const;

    // The same nodes on the same devices.
    friend bool operator==(const placement_file& a, const placement_file& b);

private:
    friend class placement_file_reader;

    line_map lines_;
    std::string path_;
};

// Text as one word of a placement file: as it is, or in quotes where it is empty, begins with #, or
// has spaces, quotes, backslashes or control characters in it.
std::string placement_word(std::string_view text);

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/placement/placement_file_source.hpp>
#endif
