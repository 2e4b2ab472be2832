// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Rows in oneDNN: primitives that are made once, in one thread. Both major versions of its
// interface are in use; this is the one of version 2, which Debian 12 has. Reductions of columns
// are left out: it takes a hundred times as long as others for them.
#include "rows/rivals.hpp"

#include <dnnl.hpp>
#include <memory>
#include <unordered_map>

namespace {

using bench::row_problem;
using bench::row_work;
using tag = dnnl::memory::format_tag;

// A primitive with its arguments.
struct prepared {
    dnnl::engine engine{dnnl::engine::kind::cpu, 0};
    dnnl::stream stream{engine};
    dnnl::primitive primitive;
    std::unordered_map<int, dnnl::memory> arguments;
    std::vector<float> both;  // scale, then shift

    static dnnl::memory::desc matrix(std::size_t rows, std::size_t columns, tag order = tag::ab) {
        return {{static_cast<long>(rows), static_cast<long>(columns)},
                dnnl::memory::data_type::f32,
                order};
    }
    void put(int argument, const dnnl::memory::desc& shape, const float* data) {
        arguments.emplace(argument, dnnl::memory(shape, engine, const_cast<float*>(data)));
    }
    void run() {
        primitive.execute(stream, arguments);
        stream.wait();
    }
};

constexpr auto inference = dnnl::prop_kind::forward_inference;

void softmax(prepared& to, const row_problem& p) {
    const auto shape = prepared::matrix(p.rows, p.columns);
    if (p.work == row_work::softmax)
        to.primitive = dnnl::softmax_forward({{inference, shape, 1}, to.engine});
    else
        to.primitive = dnnl::logsoftmax_forward({{inference, shape, 1}, to.engine});
    to.put(DNNL_ARG_DST, shape, p.out);
}
void layer_norm(prepared& to, const row_problem& p) {
    const auto shape = prepared::matrix(p.rows, p.columns);
    const auto flags = dnnl::normalization_flags::use_scale_shift;
    to.primitive =
        dnnl::layer_normalization_forward({{inference, shape, 1e-5f, flags}, to.engine});
    to.both.assign(p.scale, p.scale + p.columns);
    to.both.insert(to.both.end(), p.shift, p.shift + p.columns);
    to.put(DNNL_ARG_SCALE_SHIFT, prepared::matrix(2, p.columns), to.both.data());
    to.put(DNNL_ARG_DST, shape, p.out);
}
void reduction(prepared& to, const row_problem& p) {
    const auto after = prepared::matrix(p.work == row_work::sum_axis_1 ? p.rows : 1, 1);
    const auto how = p.work == row_work::max ? dnnl::algorithm::reduction_max
                                             : dnnl::algorithm::reduction_sum;
    to.primitive = dnnl::reduction(
        {{how, prepared::matrix(p.rows, p.columns), after, 0, 0}, to.engine});
    to.put(DNNL_ARG_DST, after, p.out);
}
// A matrix read in the order of its columns is the transposed one.
void transpose(prepared& to, const row_problem& p) {
    const auto before = prepared::matrix(p.columns, p.rows, tag::ba);
    const auto after = prepared::matrix(p.columns, p.rows);
    to.primitive = dnnl::reorder({to.engine, before, to.engine, after});
    to.arguments.clear();
    to.put(DNNL_ARG_FROM, before, p.x);
    to.put(DNNL_ARG_TO, after, p.out);
}

bench::row_call make(const row_problem& p) {
    const auto to = std::make_shared<prepared>();
    to->put(DNNL_ARG_SRC, prepared::matrix(p.rows, p.columns), p.x);
    switch (p.work) {
        case row_work::softmax:
        case row_work::log_softmax: softmax(*to, p); break;
        case row_work::layer_norm: layer_norm(*to, p); break;
        case row_work::sum:
        case row_work::sum_axis_1:
        case row_work::max: reduction(*to, p); break;
        case row_work::transpose: transpose(*to, p); break;
        default: return {};
    }
    return [to] { to->run(); };
}

const bool added = bench::add_rival("oneDNN", &make);

}  // namespace
