// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A picture: labelled vertices in boxes, and edges between them; and the text in the language of
// Graphviz that draws it. The text depends on nothing but the picture. It does not know what the
// vertices stand for.
#pragma once

#include <weft/core/json_text.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weft {

enum class line_style : unsigned char { solid, dashed, dotted };

struct picture {
    static constexpr std::uint32_t no_box = static_cast<std::uint32_t>(-1);

    struct vertex {
        std::string id{};                  // letters and digits
        std::vector<std::string> lines{};  // of the label
        std::string scope{};               // "outer/inner"
        std::uint32_t box = no_box;        // in `boxes`
        const char* shape = "box";
        line_style line = line_style::solid;
        bool bold = false;
        bool doubled = false;  // its outline
    };
    struct edge {
        std::uint32_t from, to;  // in `vertices`
        line_style line = line_style::solid;
        bool bold = false;
        std::string label{};
    };

    std::vector<std::string> boxes{};
    std::vector<vertex> vertices{};
    std::vector<edge> edges{};
};

// Appends `text` in quotes, with what Graphviz needs escaped; a byte that is no UTF-8 becomes
// U+FFFD.
inline void append_dot_string(std::string& out, std::string_view text) {
    out += '"';
    while (!text.empty()) {
        const auto byte = static_cast<unsigned char>(text[0]);
        const std::size_t length = utf8_length(text);
        if (byte == '\n')
            out += "\\n";
        else if (byte < 0x20 || byte == 0x7f)
            out += ' ';
        else if (length == 0)
            out += "\xef\xbf\xbd";
        else
            out += (byte == '"' || byte == '\\' ? "\\" : "") + std::string(text.substr(0, length));
        text.remove_prefix(length == 0 ? 1 : length);
    }
    out += '"';
}

namespace detail {

class dot_writer {
public:
    dot_writer(const picture& of, bool scopes) : of_(of), scopes_(scopes) {}

    std::string text() {
        out_ = "digraph weft {\n"
               "  graph [fontname=\"Helvetica\", fontsize=12, newrank=true, ranksep=0.4];\n"
               "  node [fontname=\"Helvetica\", fontsize=10, style=\"filled\", "
               "fillcolor=\"#ffffff\", shape=box];\n"
               "  edge [fontname=\"Helvetica\", fontsize=9, color=\"#444444\"];\n";
        write_level(members_of(picture::no_box), 0, 1);
        for (std::uint32_t box = 0; box < of_.boxes.size(); ++box) {
            const members inside = members_of(box);
            if (inside.empty()) continue;
            open_box(of_.boxes[box], color_of(of_.boxes[box]), 1);
            write_level(inside, 0, 2);
            indent(1) += "}\n";
        }
        for (const picture::edge& edge : of_.edges) write(edge);
        return std::move(out_ += "}\n");
    }

private:
    using members = std::vector<std::uint32_t>;

    members members_of(std::uint32_t box) const {
        members out;
        for (std::uint32_t v = 0; v < of_.vertices.size(); ++v)
            if (of_.vertices[v].box == box) out.push_back(v);
        return out;
    }
    std::string& indent(std::size_t level) { return out_.append(2 * level, ' '); }
    void open_box(std::string_view label, const char* color, std::size_t level) {
        indent(level) += "subgraph cluster_" + std::to_string(boxes_++) + " {\n";
        indent(level + 1) += "label=";
        append_dot_string(out_, label);
        out_ += std::string("; style=\"rounded,filled\"; color=\"#999999\"; fillcolor=\"") + color +
                "\";\n";
    }
    // One colour for each kind of device.
    static const char* color_of(std::string_view device) {
        if (device.find("cpu") != device.npos) return "#e8f0fa";
        return device.find("gpu") != device.npos ? "#e9f5e4" : "#f5efe0";
    }

    // The vertices of a scope, whose name has `taken` characters, then those of the scopes in it.
    void write_level(const members& all, std::size_t taken, std::size_t level) {
        std::vector<std::pair<std::string_view, members>> inner;
        for (std::uint32_t v : all) {
            const std::string_view scope = of_.vertices[v].scope;
            if (!scopes_ || taken >= scope.size()) {
                write(of_.vertices[v], level);
                continue;
            }
            const std::string_view name = scope.substr(taken, scope.find('/', taken) - taken);
            auto found = inner.begin();
            while (found != inner.end() && found->first != name) ++found;
            if (found == inner.end()) found = inner.insert(found, {name, {}});
            found->second.push_back(v);
        }
        for (const auto& [name, inside] : inner) {
            open_box(name, "#ffffff", level);
            write_level(inside, taken + name.size() + 1, level + 1);
            indent(level) += "}\n";
        }
    }

    // Attributes, in brackets if there are any.
    void attribute(const std::string& text) {
        out_ += attributes_++ == 0 ? " [" : ", ";
        out_ += text;
    }
    void label(std::string_view text) {
        attribute("label=");
        append_dot_string(out_, text);
    }
    void style(line_style line, bool bold, const std::string& always) {
        std::string style = always;
        const auto add = [&](const char* word) {
            style += std::string(style.empty() ? "" : ",") + word;
        };
        if (line == line_style::dashed) add("dashed");
        if (line == line_style::dotted) add("dotted");
        if (bold) add("bold");
        if (style != always) attribute("style=\"" + style + '"');
        if (bold) attribute("penwidth=3, color=\"#b03020\"");
    }
    void end_attributes() {
        out_ += std::exchange(attributes_, 0) > 0 ? "];\n" : ";\n";
    }

    void write(const picture::vertex& v, std::size_t level) {
        std::string lines;
        for (const std::string& line : v.lines) lines += (lines.empty() ? "" : "\n") + line;
        indent(level) += v.id;
        label(lines);
        if (std::string_view(v.shape) != "box") attribute(std::string("shape=") + v.shape);
        if (v.doubled) attribute("peripheries=2");
        style(v.line, v.bold, "filled");
        end_attributes();
    }
    void write(const picture::edge& edge) {
        indent(1) += of_.vertices[edge.from].id + " -> " + of_.vertices[edge.to].id;
        if (!edge.label.empty()) label(edge.label);
        style(edge.line, edge.bold, "");
        end_attributes();
    }

    const picture& of_;
    const bool scopes_;
    std::size_t boxes_ = 0;       // written
    std::size_t attributes_ = 0;  // of what is being written
    std::string out_;
};

}  // namespace detail

inline std::string dot_text(const picture& of, bool scopes) {
    return detail::dot_writer(of, scopes).text();
}

}  // namespace weft
