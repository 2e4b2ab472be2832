// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The text of a tree's program, and the layout of its arguments. Of the tree are known the name of
// its type and the list of its parts.
#include "tree_program.hpp"

namespace weft::cuda {

namespace {

constexpr std::size_t rounded_up(std::size_t n, std::size_t to) { return (n + to - 1) / to * to; }

// g++ writes "[with Tree = A; T = B]", clang "[Tree = A, T = B]"; names in there may be those that
// namespace weft sees.
bool split_name(std::string_view text, tree_form& out) {
    constexpr std::string_view first = "Tree = ", second = "T = ";
    const std::size_t tree = text.find(first), element = text.rfind(second);
    if (tree == text.npos || element == text.npos || text.back() != ']') return false;
    const std::size_t begin = tree + first.size();
    if (element < begin + 2) return false;
    out.tree = text.substr(begin, element - 2 - begin);
    out.element = text.substr(element + second.size());
    out.element.remove_suffix(1);
    return !out.tree.empty() && !out.element.empty();
}

std::string digits(std::size_t n) { return std::to_string(n); }

}  // namespace

bool describe_tree(const launch_code& code, tree_form& out) {
    if (code.name == nullptr || code.part_count == 0 || !split_name(code.name(), out)) return false;
    out.element_bytes = code.parts[code.part_count - 1].bytes;
    std::size_t smallest = out.element_bytes;
    for (std::size_t i = 0; i < code.part_count; ++i) {
        const tree_part& part = code.parts[i];
        if (part.launch != nullptr) continue;
        std::size_t& count = part.is_number ? out.numbers : out.slots;
        count = part.index >= count ? part.index + std::size_t{1} : count;
        if (!part.is_number) smallest = part.bytes < smallest ? part.bytes : smallest;
    }
    out.width = lanes_of_elements(smallest);
    out.floating = out.element == "float" || out.element == "double" ||
                   out.element.ends_with("half") || out.element.ends_with("bfloat16");
    return argument_layout(out).strided <= most_argument_bytes;
}

argument_layout::argument_layout(const tree_form& form)
    : slots(form.slots), numbers(form.numbers) {
    const std::size_t room = slots == 0 ? 1 : slots;
    slot_values = rounded_up(room * sizeof(const char*), alignof(stored_number));
    tree_values = slot_values + room * sizeof(stored_number);
    first = tree_values + numbers * sizeof(stored_number);
    standing = first + room;
    repeats = standing + room;
    out = rounded_up(repeats + room, alignof(void*));
    size = out + sizeof(void*);
    dense = rounded_up(size + sizeof(std::size_t), alignof(stored_number));
    index = dense;
    stride = rounded_up(index + sizeof(loop_index), alignof(std::size_t));
    strided = rounded_up(stride + room * max_rank * sizeof(std::size_t), alignof(stored_number));
}

argument_view argument_layout::at(unsigned char* bytes) const {
    return {slots,
            numbers,
            reinterpret_cast<const char**>(bytes),
            reinterpret_cast<stored_number*>(bytes + slot_values),
            reinterpret_cast<stored_number*>(bytes + tree_values),
            bytes + first,
            reinterpret_cast<bool*>(bytes + standing),
            reinterpret_cast<bool*>(bytes + repeats),
            reinterpret_cast<void**>(bytes + out),
            reinterpret_cast<std::size_t*>(bytes + size),
            reinterpret_cast<loop_index*>(bytes + index),
            reinterpret_cast<std::size_t(*)[max_rank]>(bytes + stride)};
}

std::string program_of(const tree_form& form) {
    const argument_layout layout(form);
    std::string text =
        "#include <standard_parts.hpp>\n"
        "#include <weft/cuda/tree_kernel.hpp>\n"
        "#include <weft/ops/elementwise.hpp>\n"
        "namespace weft {\n"
        "using expression = ";
    ((text += form.tree) += ";\nusing result_element = ") += form.element;
    text +=
        ";\n"
        "using dense = cuda::tree_arguments<expression>;\n"
        "using strided = cuda::strided_arguments<expression>;\n";
    const auto assert_equal = [&](const char* what, std::size_t is) {
        ((text += "static_assert(") += what) += " == " + digits(is) + ");\n";
    };
    assert_equal("expression::slots", form.slots);
    assert_equal("cuda::numbers_of<expression>", form.numbers);
    // With the sizes and the order of the members go their offsets.
    assert_equal("sizeof(cuda::loop_index)", sizeof(loop_index));
    assert_equal("sizeof(dense)", layout.dense);
    assert_equal("sizeof(strided)", layout.strided);
    return text += "}\n";
}

std::string kernel_name(const tree_form& form, tree_loop loop) {
    const std::string text = loop == tree_loop::dense ? "dense" : "strided";
    return "weft::cuda::evaluate_" + text + "<weft::expression, weft::result_element, " +
           std::to_string(form.width_of(loop)) + '>';
}

}  // namespace weft::cuda
