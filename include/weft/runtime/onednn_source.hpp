// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Convolutions and products of float by oneDNN 2, for programs whose source.cpp is compiled with
// WEFT_ONEDNN (meson: -Donednn). It is asked only for what bench/onednn has found it to be faster
// at; all else is ours. oneDNN's OpenMP is held to the calling thread: work is shared out by the
// context, a band of rows at a time. Primitives are kept for each shape, by all threads; what
// oneDNN's own objects allocate in a call, it allocates. The only file that knows oneDNN.
#pragma once

#ifdef WEFT_ONEDNN
#include <weft/ops/conv2d_source.hpp>
#include <weft/ops/matmul_source.hpp>

#include <omp.h>
#include <dnnl.hpp>

#include <array>
#include <map>
#include <mutex>
#include <vector>

namespace weft {

namespace detail {

static_assert(DNNL_VERSION_MAJOR == 2 && (DNNL_CPU_THREADING_RUNTIME == DNNL_RUNTIME_OMP ||
                                          DNNL_CPU_THREADING_RUNTIME == DNNL_RUNTIME_SEQ),
              "weft: WEFT_ONEDNN is for oneDNN 2 with OpenMP or without threads");

// While there is one, oneDNN works in the calling thread alone.
class calling_thread_only {
public:
    calling_thread_only() : before_(omp_get_max_threads()) { omp_set_num_threads(1); }
    calling_thread_only(const calling_thread_only&) = delete;
    calling_thread_only& operator=(const calling_thread_only&) = delete;
    ~calling_thread_only() { omp_set_num_threads(before_); }

private:
    int before_;
};

inline const dnnl::engine& onednn_engine() {
    static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
    return engine;
}
inline dnnl::stream& onednn_stream() {
    thread_local dnnl::stream stream(onednn_engine());
    return stream;
}

inline dnnl::memory::dim onednn_size(std::size_t n) { return static_cast<dnnl::memory::dim>(n); }

// A band of rows of an image with channels last, and what convolves it.
struct onednn_band {
    std::size_t first, rows, out_first, out_rows;  // rows of the image and of the result
    std::size_t above, below, right;               // padding
    dnnl::convolution_forward::primitive_desc description;
    dnnl::convolution_forward convolution;

    // Row `row` of the result and those after it.
    onednn_band(const conv2d_sizes& s, std::size_t row, std::size_t count)
        : out_first(row), out_rows(smaller_of(count, s.out.height - row)) {
        const auto number = [](std::size_t n) { return static_cast<std::ptrdiff_t>(n); };
        const auto positive = [](std::ptrdiff_t n) {
            return n < 0 ? std::size_t{0} : static_cast<std::size_t>(n);
        };
        const std::ptrdiff_t top = number(s.row_of(row));
        const std::ptrdiff_t end =
            top + number((out_rows - 1) * s.down.stride + s.down.reach()) - number(s.image.height);
        first = positive(top), above = positive(-top), below = positive(end);
        rows = s.image.height - positive(-end) - first;
        right = positive(number(s.column_of(s.out.width - 1) + s.across.reach() - s.image.width));
    }
    void make(const conv2d_sizes& s) {
        using tag = dnnl::memory::format_tag;
        using sizes = dnnl::memory::dims;
        const auto f32 = dnnl::memory::data_type::f32;
        const auto n = onednn_size;
        const sizes w =
            s.groups > 1
                ? sizes{n(s.groups), n(s.filters), n(s.in), n(s.down.size), n(s.across.size)}
                : sizes{n(s.filters), n(s.in), n(s.down.size), n(s.across.size)};
        dnnl::primitive_attr attributes;
        attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
        description = {{dnnl::prop_kind::forward_inference,
                        dnnl::algorithm::convolution_direct,
                        {{1, n(s.image.channels), n(rows), n(s.image.width)}, f32, tag::nhwc},
                        {w, f32, tag::any},
                        {{1, n(s.out.channels), n(out_rows), n(s.out.width)}, f32, tag::nhwc},
                        {n(s.down.stride), n(s.across.stride)},
                        {n(s.down.dilation - 1), n(s.across.dilation - 1)},
                        {n(above), n(s.left)},
                        {n(below), n(right)}},
                       attributes,
                       onednn_engine()};
        convolution = dnnl::convolution_forward(description);
    }
};

// A convolution: bands of one image, of which all want the filters in the same layout.
struct onednn_plan {
    std::vector<onednn_band> bands;
    dnnl::memory::desc filters;
    std::size_t scratch = 64;  // bytes for a band

    // Bands whose best layouts differ are not worth it: forced ones are slow.
    explicit onednn_plan(const conv2d_sizes& s) {
        const calling_thread_only budget;
        const std::size_t wanted =
            smaller_of(pieces_of(wanted_tasks, s.image.batch), pieces_of(s.out.height, 4));
        if (!make(s, pieces_of(s.out.height, wanted))) make(s, s.out.height);
    }
    bool make(const conv2d_sizes& s, std::size_t rows) {
        bands.clear();
        for (std::size_t row = 0; row < s.out.height; row += rows) {
            onednn_band& band = bands.emplace_back(s, row, rows);
            band.make(s);
            if (row == 0) filters = band.description.weights_desc();
            if (band.description.weights_desc() != filters) return false;
            const std::size_t bytes = band.description.scratchpad_desc().get_size();
            if (bytes > scratch) scratch = pieces_of(bytes, 64) * 64;
        }
        return true;
    }

    // That of a shape, made once and never forgotten, as plans of graphs are not. Any thread.
    static const onednn_plan& of(const conv2d_sizes& s) {
        using key = std::array<std::size_t, 16>;
        static std::mutex mutex;
        static std::map<key, onednn_plan> all;
        const key shape = {s.image.batch,   s.groups,          s.in,          s.filters,
                           s.image.height,  s.image.width,     s.out.height,  s.out.width,
                           s.down.size,     s.across.size,     s.down.stride, s.across.stride,
                           s.down.dilation, s.across.dilation, s.top,         s.left};
        const std::lock_guard hold(mutex);
        const auto found = all.find(shape);
        return found != all.end() ? found->second
                                  : all.emplace(shape, onednn_plan(s)).first->second;
    }
};

// Whether bench/onednn has found oneDNN to be faster, filters brought to its layout in each call.
inline bool onednn_is_faster(const conv2d_sizes& s) {
    const auto some_in = [](std::size_t first, std::size_t last, const window_axis& axis,
                            std::size_t n) {
        return first + axis.reach() - 1 < dyn / 2 && (last < n || last > dyn / 2);
    };
    if (!s.channels_last || s.all_pixels() * s.out.channels * s.depth() == 0) return false;
    if (!some_in(s.row_of(0), s.row_of(s.out.height - 1), s.down, s.image.height) ||
        !some_in(s.column_of(0), s.column_of(s.out.width - 1), s.across, s.image.width))
        return false;  // windows in padding alone, for which no oneDNN is needed
    if (s.is_depthwise()) return true;
    return s.taps() > 1 && s.all_pixels() >= 196;
}

// out = x convolved with w, a band of an image at a time; channels are last.
inline void convolve_by_onednn(context_base& ctx, const conv2d_sizes& s, const float* x,
                               const float* w, float* out, const write_back& finish) {
    using tag = dnnl::memory::format_tag;
    const onednn_plan& plan = onednn_plan::of(s);
    const dnnl::engine& engine = onednn_engine();
    void* const filters = ctx.scratch(plan.filters.get_size());
    const std::size_t bands = plan.bands.size(), tasks = s.image.batch * bands;
    char* const scratch = static_cast<char*>(ctx.scratch(tasks * plan.scratch));
    {
        const calling_thread_only budget;
        const dnnl::memory::desc own(plan.filters.dims(), dnnl::memory::data_type::f32,
                                     s.groups > 1 ? tag::hwigo : tag::hwio);
        dnnl::memory from(own, engine, const_cast<float*>(w)), to(plan.filters, engine, filters);
        dnnl::reorder(from, to).execute(onednn_stream(), from, to);
        onednn_stream().wait();
    }
    const std::size_t row = s.out.width * s.out.channels;
    const double task_ns = 0.025 * static_cast<double>(s.out.height / bands * row) *
                           static_cast<double>(s.depth() + 1);
    ctx.parallel_for(tasks, task_ns, [&](std::size_t i, std::size_t last) {
        const calling_thread_only budget;
        for (; i < last && !ctx.stop_requested(); ++i) {
            const onednn_band& band = plan.bands[i % bands];
            const auto& d = band.description;
            const std::size_t image = i / bands;
            const float* const in =
                x + (image * s.image.height + band.first) * s.image.width * s.image.channels;
            const std::size_t first = (image * s.out.height + band.out_first) * row;
            band.convolution.execute(
                onednn_stream(),
                {{DNNL_ARG_SRC, {d.src_desc(), engine, const_cast<float*>(in)}},
                 {DNNL_ARG_WEIGHTS, {plan.filters, engine, filters}},
                 {DNNL_ARG_DST, {d.dst_desc(), engine, out + first}},
                 {DNNL_ARG_SCRATCHPAD, {d.scratchpad_desc(), engine, scratch + i * plan.scratch}}});
            onednn_stream().wait();
            finish(first, first + band.out_rows * row);
        }
    });
}

// Whether bench/onednn has found oneDNN to be faster: few rows, by a transposed operand or few
// enough columns.
inline bool onednn_is_faster(const matmul_sizes& s) {
    if (s.batches() != 1 || s.out_column != 1 || s.a_column != 1) return false;
    const std::size_t elements = s.depth * s.columns;
    if (s.b_row == 1 && s.b_column > 1) return s.rows <= 12 && elements >= std::size_t{1} << 16;
    return s.b_column == 1 && (s.rows == 3 || s.rows == 4) && elements >= std::size_t{1} << 16 &&
           elements <= std::size_t{1} << 19;
}

// out = a * b, some columns at a time.
inline void multiply_by_onednn(context_base& ctx, const matmul_sizes& s, const float* a,
                               const float* b, float* out, const write_back& finish) {
    constexpr std::size_t width = 128;
    const bool turned = s.b_column != 1;
    const auto n = onednn_size;
    const double task_ns = 0.025 * static_cast<double>(s.rows * width * s.depth);
    ctx.parallel_for(pieces_of(s.columns, width), task_ns, [&](std::size_t i, std::size_t last) {
        const calling_thread_only budget;
        for (; i < last && !ctx.stop_requested(); ++i) {
            const std::size_t first = i * width, columns = smaller_of(width, s.columns - first);
            dnnl_sgemm('N', turned ? 'T' : 'N', n(s.rows), n(columns), n(s.depth), 1, a, n(s.a_row),
                       b + first * s.b_column, n(turned ? s.b_column : s.b_row), 0, out + first,
                       n(s.out_row));
            finish(first, s.rows, columns, s.out_row);
        }
    });
}

}  // namespace detail

template <>
void convolve<float>(context_base& ctx, const conv2d_sizes& s, const float* x, const float* w,
                     float* out, const write_back& finish) {
    if (detail::onednn_is_faster(s))
        detail::convolve_by_onednn(ctx, s, x, w, out, finish);
    else
        detail::convolve_in_panels<float>(ctx, s, x, w, out, finish);
}

template <>
void multiply<float>(context_base& ctx, const matmul_sizes& s, const float* a, const float* b,
                     float* out, const write_back& finish) {
    if (detail::onednn_is_faster(s))
        detail::multiply_by_onednn(ctx, s, a, b, out, finish);
    else
        detail::multiply_in_tiles<float>(ctx, s, a, b, out, finish);
}

}  // namespace weft
#endif
