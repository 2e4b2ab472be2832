// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What is bound by memory. `plain` is a copy within the GPU that reads and writes as many bytes in
// all, so that caches help both or neither.
#include "models.hpp"
#include "rows.hpp"

namespace bench {

namespace {

// A copy that moves `bytes`: half of them are read, half are written.
class copy_within {
public:
    explicit copy_within(std::size_t most_bytes) : from_(most_bytes / 2), to_(most_bytes / 2) {
        require(cudaMemset(from_.data(), 0, from_.bytes()), "zeros");
    }
    void operator()(own_stream& on, std::size_t bytes) const {
        require(cudaMemcpyAsync(to_.data(), from_.data(), bytes / 2, cudaMemcpyDeviceToDevice,
                                on.get()),
                "a copy within the GPU");
    }

private:
    device_memory from_, to_;
};

struct bench_of_passes {
    own_stream& on;
    const row_writer& to;
    const copy_within& copy;

    // The copy's time is returned.
    double compare(const std::string& name, kernel_call call, std::size_t bytes, goal wanted) {
        const auto times = kernels_in_turn(on, {call, [&] { copy(on, bytes); }});
        to.add(name, times[0].best, times[1].best, wanted);
        return times[1].best;
    }
};

std::string size_text(std::size_t bytes) { return std::to_string(bytes >> 20) + " MiB"; }

void measure_elements(bench_of_passes b, const std::vector<device_memory>& tensors,
                      std::size_t bytes) {
    constexpr goal share = speed_at_least(0.92);
    const weft::dims shape{bytes / sizeof(float)};
    weft::graph g;
    std::vector<vector_node> x;
    for (int i = 0; i < 6; ++i)
        x.push_back(g.placeholder<weft::tensor<float, weft::dyn>>("x" + std::to_string(i)));
    const weft::node sum(multiply_add(x[0], x[1], x[2]));
    const weft::node one(activation(x[0]));
    const weft::node six(three_products(x[0], x[1], x[2], x[3], x[4], x[5]));
    const auto at = [&](std::size_t i) { return operand(x[i], tensors[i], shape); };
    const device_memory& out = tensors[6];
    const std::string size = ", " + size_text(bytes);
    const double copy_us =
        b.compare("a*b+c" + size, {b.on, sum, {at(0), at(1), at(2)}, out, shape},
                  4 * bytes, share);
    b.compare("gelu(a)" + size, {b.on, one, {at(0)}, out, shape}, 2 * bytes, share);
    b.compare("a*b+c*d+e*f" + size,
              {b.on, six, {at(0), at(1), at(2), at(3), at(4), at(5)}, out, shape},
              7 * bytes, share);
    b.to.add_bandwidth("copy within the GPU, " + size_text(4 * bytes) + " read and written",
                       static_cast<double>(4 * bytes) / copy_us * 1e-3);
}

void measure_sums(bench_of_passes b, const std::vector<device_memory>& tensors,
                  std::size_t bytes) {
    constexpr std::size_t rows = 4096;
    const std::size_t columns = bytes / sizeof(float) / rows;
    weft::graph g;
    const matrix_node<float> x = g.placeholder<weft::tensor<float, weft::dyn, weft::dyn>>("x");
    const weft::node all(sum(x));
    const weft::node of_rows(sum<1>(x));
    const weft::node of_columns(sum<0>(x));
    const operand in(x, tensors[0], {rows, columns});
    const device_memory& out = tensors[6];
    const std::string size = ", " + size_text(bytes);
    b.compare("sum of all" + size, {b.on, all, {in}, out, {}}, bytes, {});
    b.compare("sum of rows" + size, {b.on, of_rows, {in}, out, {rows}}, bytes, {});
    b.compare("sum of columns" + size, {b.on, of_columns, {in}, out, {columns}}, bytes, {});
}

template <class T>
void measure_rows(bench_of_passes b, std::size_t rows, std::size_t columns) {
    constexpr goal share = speed_at_least(0.85);
    const weft::dims shape{rows, columns};
    const std::size_t bytes = shape.size() * sizeof(T);
    const auto in = device_memory::numbers<T>(shape.size());
    const auto of_row = device_memory::numbers<T>(columns);
    const device_memory out(bytes);
    weft::graph g;
    const matrix_node<T> x = g.placeholder<weft::tensor<T, weft::dyn, weft::dyn>>("x");
    const row_node<T> scale = g.placeholder<weft::tensor<T, weft::dyn>>("scale");
    const row_node<T> shift = g.placeholder<weft::tensor<T, weft::dyn>>("shift");
    const weft::node shares(softmax(x));
    const weft::node normal(layer_norm(x, scale, shift, 1e-5));
    const std::string size = " [" + std::to_string(rows) + 'x' + std::to_string(columns) + "], " +
                             weft::name_of(weft::dtype_of<T>);
    b.compare("softmax" + size, {b.on, shares, {operand(x, in, shape)}, out, shape},
              2 * bytes, share);
    b.compare("layer_norm" + size,
              {b.on,
               normal,
               {operand(x, in, shape), operand(scale, of_row, {columns}),
                operand(shift, of_row, {columns})},
               out,
               shape},
              2 * bytes, share);
}

}  // namespace

void measure_passes(own_stream& on, const row_writer& to) {
    constexpr std::size_t mebibyte = std::size_t{1} << 20, most = 256 * mebibyte;
    const copy_within copy(7 * most);
    const bench_of_passes b{on, to, copy};
    {
        std::vector<device_memory> tensors;
        for (int i = 0; i < 7; ++i)
            tensors.push_back(device_memory::numbers<float>(most / sizeof(float)));
        for (const std::size_t bytes : {mebibyte, 16 * mebibyte, most})
            measure_elements(b, tensors, bytes);
        for (const std::size_t bytes : {mebibyte, 16 * mebibyte, most})
            measure_sums(b, tensors, bytes);
    }
    measure_rows<float>(b, 4096, 512);
    measure_rows<float>(b, 8192, 4096);
    measure_rows<weft::half>(b, 4096, 512);
    measure_rows<weft::half>(b, 8192, 4096);
}

}  // namespace bench
