// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Elements of an index on the device. One that is out of range is told to the place for faults and
// becomes the number past the axis, which names nothing. Knows neither what is indexed nor the op:
// reports are of the kernel that runs.
#pragma once

#include <weft/cuda/indices.hpp>
#include <weft/cuda/report_fault.hpp>

namespace weft::cuda {

class index_reader {
public:
    index_reader() = default;
    index_reader(const index_values& index, std::size_t extent)
        : data_(index.data), extent_(extent), wide_(index.wide) {}

    WEFT_DEVICE long long value(std::size_t i) const {
        return wide_ ? __ldg(static_cast<const long long*>(data_) + i)
                     : __ldg(static_cast<const int*>(data_) + i);
    }
    // The place along the axis, or extent().
    WEFT_DEVICE std::size_t operator[](std::size_t i) const {
        const long long at = value(i);
        return at >= 0 && static_cast<std::size_t>(at) < extent_ ? static_cast<std::size_t>(at)
                                                                 : extent_;
    }
    WEFT_DEVICE void report(const gpu_fault_place& to, std::size_t i) const {
        report_fault(to, gpu_fault::out_of_range, value(i), static_cast<long long>(extent_));
    }
    WEFT_DEVICE std::size_t extent() const { return extent_; }

private:
    const void* data_ = nullptr;
    std::size_t extent_ = 0;
    bool wide_ = false;
};

}  // namespace weft::cuda
