// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// cublasLt knows column-major matrices, of which a row-major one is the transpose: out' = b' * a'.
#include "bare_product.hpp"

namespace bench {

namespace cublaslt = weft::cuda::cublaslt;

namespace {

constexpr std::size_t workspace_bytes = std::size_t{32} << 20;

}  // namespace

bare_product::bare_product(own_stream& on, weft::dtype type, const product_sizes& sizes)
    : on_(on), workspace_(workspace_bytes) {
    if (f_ == nullptr) throw std::runtime_error("cublasLt was not found");
    const int element = type == weft::dtype::float16 ? cublaslt::real_16 : cublaslt::real_32;
    const auto layout_of = [&](cublaslt::layout& made, std::size_t rows, std::size_t columns) {
        require_success(f_->create_layout(&made, element, columns, rows,
                                          static_cast<std::int64_t>(columns)),
                        "a layout");
    };
    require_success(f_->create(&with_), "a handle");
    require_success(f_->create_operation(&of_, cublaslt::compute_32, cublaslt::real_32),
                    "an operation");
    layout_of(a_, sizes.rows, sizes.depth);
    layout_of(b_, sizes.depth, sizes.columns);
    layout_of(out_, sizes.rows, sizes.columns);
    cublaslt::preference wanted = nullptr;
    require_success(f_->create_preference(&wanted), "a preference");
    const std::uint64_t most = workspace_bytes;
    int found = 0;
    const bool is_found =
        f_->set_preference(wanted, cublaslt::most_workspace, &most, sizeof most) == 0 &&
        f_->find(with_, of_, b_, a_, out_, out_, wanted, 1, &how_, &found) == 0 && found > 0;
    f_->destroy_preference(wanted);
    if (!is_found) throw std::runtime_error("cublasLt proposes no algorithm");
}

// The handle stays: the table of functions has none to give it back.
bare_product::~bare_product() {
    for (const cublaslt::layout one : {a_, b_, out_})
        if (one != nullptr) f_->destroy_layout(one);
    if (of_ != nullptr) f_->destroy_operation(of_);
}

void bare_product::operator()(const device_memory& a, const device_memory& b,
                              const device_memory& out) {
    const float one = 1, zero = 0;
    require_success(f_->multiply(with_, of_, &one, b.data(), b_, a.data(), a_, &zero, out.data(),
                                 out_, out.data(), out_, &how_.of, workspace_.data(),
                                 workspace_bytes, on_.get()),
                    "a product");
}

void bare_product::require_success(int status, const char* what) const {
    if (status != 0)
        throw std::runtime_error(std::string("cublasLt refused ") + what + " with status " +
                                 std::to_string(status));
}

}  // namespace bench
