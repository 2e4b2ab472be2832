// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A tensor on its way between segments and tasks: its bytes, aligned as a tensor's are, its shape,
// and who keeps them. A message holds the elements alone where the graph knows the shape, else the
// shape in front, in 64-bit words that fill whole cache lines, so that elements stay aligned.
#pragma once

#include <weft/cluster/message.hpp>
#include <weft/core/element_memory.hpp>
#include <weft/graph/record.hpp>

#include <cstring>
#include <memory>

namespace weft {

// A value outside of any run. Of an object, `data` is its address.
struct travelling_value {
    std::shared_ptr<const void> owner{};
    const void* data = nullptr;
    dims shape{};
};

// Bytes of a message in front of the elements.
inline std::size_t shape_bytes(const value_type& type) {
    if (type.shape.known()) return 0;
    const std::size_t words = (1 + type.shape.rank) * sizeof(std::uint64_t);
    return (words + tensor_alignment - 1) / tensor_alignment * tensor_alignment;
}

// A message that is being made: what is written to elements() is sent.
class value_buffer {
public:
    value_buffer(const value_type& type, const dims& shape)
        : front_(shape_bytes(type)), size_(front_ + shape.size() * size_of(type.element)) {
        const element_block block = take_elements(size_);
        memory_ = {static_cast<std::byte*>(block.data),
                   [block](const void*) noexcept { give_elements(block); }};
        shape_ = shape;
        if (front_ == 0) return;
        std::uint64_t words[1 + max_rank] = {shape.rank};
        for (std::size_t axis = 0; axis < shape.rank; ++axis) words[1 + axis] = shape[axis];
        std::memcpy(memory_.get(), words, (1 + shape.rank) * sizeof(std::uint64_t));
    }

    void* elements() { return memory_.get() + front_; }
    std::size_t bytes() const { return size_ - front_; }
    message_bytes message() const { return {memory_, memory_.get(), size_}; }
    travelling_value value() const { return {memory_, memory_.get() + front_, shape_}; }

private:
    std::size_t front_, size_;
    std::shared_ptr<std::byte> memory_;
    dims shape_;
};

// Reads a message as a value of this type; null for success, else what is wrong with it.
inline const char* read_value(const message_bytes& from, const value_type& type,
                              travelling_value& to) {
    dims shape = type.shape;
    const std::size_t front = shape_bytes(type);
    if (from.size < front) return "it is too short for a shape";
    if (front > 0) {
        std::uint64_t words[1 + max_rank];
        std::memcpy(words, from.data, (1 + type.shape.rank) * sizeof(std::uint64_t));
        if (words[0] != type.shape.rank) return "its shape has another rank";
        for (std::size_t axis = 0; axis < shape.rank; ++axis) {
            if (type.shape[axis] != dyn && type.shape[axis] != words[1 + axis])
                return "its shape is not that of the node";
            shape[axis] = static_cast<std::size_t>(words[1 + axis]);
        }
    }
    std::size_t bytes = size_of(type.element);
    for (std::size_t axis = 0; axis < shape.rank; ++axis)
        if (__builtin_mul_overflow(bytes, shape[axis], &bytes)) return "its shape is too large";
    if (from.size - front != bytes) return "it has another size than its shape";
    to = {from.owner, from.data + front, shape};
    return nullptr;
}

}  // namespace weft
