// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Writes docs/kernels.md, or checks that it is what it would write.
//
// usage: kernel_table [--write]
#include <weft/cuda/coverage.hpp>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

using namespace weft;

namespace {

// Element types that are named together where an op has all of them.
struct group {
    const char* name;
    std::vector<dtype> members;
};
const std::vector<group> groups = {
    {"floating", {dtype::float32, dtype::float64, dtype::float16, dtype::bfloat16}},
    {"integer",
     {dtype::int8, dtype::int16, dtype::int32, dtype::int64, dtype::uint8, dtype::uint16,
      dtype::uint32, dtype::uint64}},
    {"bool", {dtype::boolean}},
    {"complex", {dtype::complex64, dtype::complex128}},
};

std::string cell(const covered_op& op) {
    std::string out;
    const auto has = [&](dtype element) {
        return std::find(op.elements.begin(), op.elements.end(), element) != op.elements.end();
    };
    const auto add = [&](std::string_view text) { (out += out.empty() ? "" : ", ") += text; };
    for (const group& of : groups) {
        const bool all = std::all_of(of.members.begin(), of.members.end(), has);
        if (all) add(of.name);
        for (dtype element : of.members)
            if (!all && has(element)) add('`' + std::string(name_of(element)) + '`');
    }
    return out.empty() ? "-" : out;
}

// How GPUs that CUDA drives have an op: for all elements in the same way.
template <class Op, class... T>
const char* way_of(type_list<T...>) {
    std::vector<cuda_way> found;
    const auto add = [&found](bool has, cuda_way way) {
        if (has) found.push_back(way);
    };
    (add(has_kernel<Op, gpu, T>, cuda_way_of<Op, T>()), ...);
    (add(has_kernel<Op, gpu, T, std::int64_t>, cuda_way_of<Op, T, std::int64_t>()), ...);
    for (const cuda_way way : found)
        if (way != found.front()) return "in several ways";
    switch (found.empty() ? cuda_way::none : found.front()) {
        case cuda_way::kernel: return "kernel";
        case cuda_way::expression: return "expression";
        case cuda_way::value: return "value";
        default: return "-";
    }
}
template <class... Op>
std::vector<const char*> cuda_ways(type_list<Op...>) {
    return {way_of<Op>(all_elements{})...};
}

std::string table() {
    std::string out =
        "# Kernels\n\n"
        "Which op runs on which kind of device, for which element types. Generated from\n"
        "`coverage<Device>()` by `tests/docs/kernel_table.cpp`, and compared with it by the tests; "
        "do\n"
        "not edit.\n\n"
        "- *floating*: `float`, `double`, `half`, `bfloat16`\n"
        "- *integer*: `std::int8_t` to `std::int64_t`, `std::uint8_t` to `std::uint64_t`\n"
        "- *complex*: `std::complex<float>`, `std::complex<double>`, with "
        "`<weft/core/complex.hpp>`\n"
        "- The types are those of the operands; of `Cast`, what can be cast to `float`. Ops marked "
        "+\n"
        "  have one more operand of indices or labels, `std::int32_t` or `std::int64_t`.\n"
        "- A `-` means that there is no kernel: the compiler refuses `on<Device>(...)`, and the "
        "placer\n"
        "  an explicit device. Placeholders take their values from the caller and need none;\n"
        "  callables (`call`) run on cpu devices only.\n"
        "- GPUs that CUDA drives (WEFT_CUDA) run what emulated ones do, for the same types; the "
        "last column\n"
        "  says how. *kernel*: by one of the library `weft_cuda`. *expression*: with what it is "
        "fused with,\n"
        "  as one kernel where nvcc has compiled it, else op by op. *value*: there is nothing to "
        "compute.\n\n"
        "| op | cpu | gpu | by CUDA |\n"
        "|---|---|---|---|\n";
    const std::vector<covered_op> on_cpu = coverage<cpu>(), on_gpu = coverage<gpu>();
    const std::vector<const char*> by_cuda = cuda_ways(all_ops{});
    std::vector<std::string> rows;
    for (std::size_t i = 0; i < on_cpu.size(); ++i)
        if (on_cpu[i].name != std::string_view(ops::placeholder::name))
            rows.push_back("| `" + std::string(on_cpu[i].name) + '`' +
                           (on_cpu[i].indexed ? " +" : "") + " | " + cell(on_cpu[i]) + " | " +
                           cell(on_gpu[i]) + " | " + by_cuda[i] + " |\n");
    std::sort(rows.begin(), rows.end());
    for (const std::string& row : rows) out += row;
    return out;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string here = std::source_location::current().file_name();
    const std::string page = here.substr(0, here.rfind("tests/")) + "docs/kernels.md";
    const std::string wanted = table();
    if (argc > 1 && std::string_view(argv[1]) == "--write") {
        std::ofstream(page) << wanted;
        return 0;
    }
    std::ifstream file(page);
    const std::string found{std::istreambuf_iterator<char>(file), {}};
    if (found == wanted) return 0;
    std::cout << page << " is not up to date; write it again with: kernel_table --write\n";
    return 1;
}
