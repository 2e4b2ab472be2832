// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Tensors in safetensors files, which other programs and languages read and write, too. A file that
// is read may come from anywhere: whatever is in it, it is a list of tensors that are in the file,
// or an error. One that is written is there as a whole, on disk, or not at all. It knows neither
// graphs nor sessions.
#pragma once

#include <weft/core/complex.hpp>
#include <weft/core/tensor.hpp>
#include <weft/io/file_beside.hpp>
#include <weft/io/safetensors_header.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weft {

// A file that is open for reading. Any thread may read.
class safetensors_file {
public:
    // Reads the header. Throws error not_found where there is no such file, failed_precondition
    // where it cannot be read, and what safetensors_header::parse() throws.
    explicit safetensors_file(std::string path);
    safetensors_file(const safetensors_file&) = delete;
    safetensors_file& operator=(const safetensors_file&) = delete;
    ~safetensors_file();

    const std::string& path() const { return path_; }
    // In the order of their bytes.
    std::span<const safetensors_entry> tensors() const { return header_.tensors; }
    const file_metadata& metadata() const { return header_.metadata; }
    // Null where there is none of that name.
    const safetensors_entry* find(std::string_view name) const;

    // Reads the bytes of one of this file's tensors, of.bytes() of them. Throws error
    // failed_precondition where the system does not give them, invalid_argument for elements of
    // BOOL that are neither 0 nor 1.
    void read(const safetensors_entry& of, void* to) const;
    // A tensor by its name: file.get<tensor<float, dyn, 3>>("w"). Throws error not_found where
    // there is none, invalid_argument where it has other elements or another shape.
    template <class V>
    V get(std::string_view name) const {
        static_assert(is_tensor<V>,
                      "weft: safetensors files have tensors: get<tensor<T, Dims...>>");
        const safetensors_entry& of =
            require(name, dtype_of<typename V::value_type>, V::shape_type::value);
        V out = V::uninitialized(of.shape);
        read(of, out.data());
        return out;
    }

private:
    const safetensors_entry& require(std::string_view name, dtype element, const dims& shape) const;
    void read_bytes(std::uint64_t at, void* to, std::size_t bytes) const;
    [[noreturn]] void refuse(errc code, const std::string& what) const;

    std::string path_;
    int file_ = -1;
    std::uint64_t first_data_byte_ = 0;
    safetensors_header header_;
    std::vector<std::uint32_t> by_name_;
};

// A file that is being written, beside its place until it is complete. One thread.
class safetensors_writer {
public:
    // Writes the header, and gives the tensors their places. Throws error as file_beside and
    // safetensors_header::lay_out() do.
    safetensors_writer(const std::string& path, safetensors_header of);

    // The next bytes of the data: of the header's tensors, in their order.
    void write(const void* bytes, std::size_t count);
    // When all are written: the file takes its place on disk.
    void finish();

private:
    file_beside file_;
    std::uint64_t left_ = 0;
};

// A tensor to be written, borrowed.
struct named_tensor {
    std::string name;
    dtype element;
    dims shape;
    const void* data;

    template <class T, std::size_t... Dims>
    named_tensor(std::string as, const tensor<T, Dims...>& of)
        : name(std::move(as)), element(dtype_of<T>), shape(of.shape()), data(of.data()) {}
};

// Writes tensors to a file, which is replaced if it is there:
// write_safetensors("model.safetensors",
// {{"w", w}, {"b", b}}). Those with larger elements come first in it. Throws error as
// safetensors_writer does.
void write_safetensors(const std::string& path, std::span<const named_tensor> tensors,
                       const file_metadata& metadata = {});
inline void write_safetensors(const std::string& path, std::initializer_list<named_tensor> tensors,
                              const file_metadata& metadata = {}) {
    write_safetensors(path, std::span(tensors.begin(), tensors.size()), metadata);
}

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/io/safetensors_source.hpp>
#endif
