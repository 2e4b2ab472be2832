// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What a kernel sees at run time once types are gone: where its values are, and what its device
// offers. A kernel never sees a pool, a thread or another node, and a device kind of the user's
// needs nothing but this.
#pragma once

#include <weft/core/element.hpp>
#include <weft/core/shape.hpp>
#include <weft/fwd.hpp>

#include <type_traits>
#include <utility>

namespace weft {

// A value of a running graph: the bytes of a tensor and its shape, or a C++ object (shape unused).
// A pointer that a kernel gets is one it may read or write from the thread it runs in.
struct value_ref {
    void* data = nullptr;
    dims shape;
};

// A reference to a callable, without owning it: what parallel_for takes.
class range_function {
public:
    template <class F>
        requires(!std::is_same_v<std::remove_cvref_t<F>, range_function>)
    range_function(F&& body) {
        using callable = std::remove_reference_t<F>;
        if constexpr (std::is_function_v<callable>) {  // has no address that is a void*
            callee_.function = reinterpret_cast<any_function>(&body);
            call_ = [](callee of, std::size_t first, std::size_t last) {
                reinterpret_cast<callable*>(of.function)(first, last);
            };
        } else {
            callee_.object = const_cast<void*>(static_cast<const volatile void*>(&body));
            call_ = [](callee of, std::size_t first, std::size_t last) {
                (*static_cast<callable*>(of.object))(first, last);
            };
        }
    }

    void operator()(std::size_t first, std::size_t last) const { call_(callee_, first, last); }

private:
    using any_function = void (*)();
    union callee {
        void* object;
        any_function function;
    };
    callee callee_;
    void (*call_)(callee, std::size_t, std::size_t);
};

// What every device kind offers a running kernel. One context serves one kernel at a time; its
// parallel_for may be nested.
class context_base {
public:
    context_base() = default;
    context_base(const context_base&) = delete;
    context_base& operator=(const context_base&) = delete;

    // Calls body(first, last) on ranges that together cover [0, n) once, possibly from several
    // threads at the same time; the calling thread takes part and returns when all is done.
    // `cost_ns` is the estimated time of one index and decides how finely the range is cut; small
    // ranges are not cut. The first exception of a body stops the rest and is thrown here.
    virtual void parallel_for(std::size_t n, double cost_ns, range_function body) = 0;

    // True once the run is cancelled, late or failed elsewhere; long kernels look and return early.
    virtual bool stop_requested() const noexcept = 0;

    // Memory for the duration of this kernel, 64-byte aligned and not initialised. Several calls
    // give several blocks. Fails with resource_exhausted.
    virtual void* scratch(std::size_t bytes) = 0;

protected:
    ~context_base() = default;
};

// The context of one device kind, the first parameter of its kernels. Device kinds that need more
// (a stream, say) specialise it.
template <class Device>
class context : public context_base {
protected:
    ~context() = default;
};

struct launch_code;
struct tree_launch;

// What a kernel of a GPU, which cannot throw, finds wrong with its operands.
enum class gpu_fault : unsigned {
    none,
    division_by_zero,   // of integers
    negative_exponent,  // of an integer
    out_of_range        // an index or a label
};
// The first fault since it was looked at last, in memory that host and device see.
struct gpu_fault_report {
    unsigned fault;
    const void* node;  // whose kernel found it: a node_record
    long long index;   // of out_of_range: what was asked for, and of how many
    long long extent;
};
// Where a kernel writes what it finds, and whose kernel it is. Without a report nothing is written.
struct gpu_fault_place {
    gpu_fault_report* report = nullptr;
    const void* node = nullptr;
};

// The context of GPU kernels: with what one needs that launches work of its own.
template <>
class context<gpu> : public context_base {
public:
    // The CUDA stream, a cudaStream_t, that the kernel's work goes to: in order with all other
    // kernels of the device, and captured with them. Null on an emulated GPU, whose kernels run on
    // the CPU and have done their work when they return.
    virtual void* stream() const noexcept { return nullptr; }
    // The GPU's multiprocessors, by which grids are sized.
    virtual int multiprocessors() const noexcept { return 1; }
    // Where the kernel that runs now reports what is wrong with its operands.
    virtual gpu_fault_place faults() const noexcept { return {}; }
    // Copies from the host's memory, in order with the stream; `from` may change afterwards.
    virtual void upload(void* to_device, const void* from_host, std::size_t bytes) {
        __builtin_memcpy(to_device, from_host, bytes);
    }
    // Launches a tree as one kernel that has been compiled while the program runs; false: there is
    // none, and nothing was launched.
    virtual bool launch_whole(const launch_code&, const tree_launch&) { return false; }

protected:
    ~context() = default;
};

// How a kernel is stored: parameters it was made with, its device's context, inputs, output.
using kernel_function = void (*)(const void* parameters, context_base& ctx,
                                 const value_ref* const* inputs, value_ref& output);

// How a shape rule is stored: the output's shape from the inputs' ones; throws failure.
using shape_function = dims (*)(const void* parameters, const dims* const* inputs);

}  // namespace weft
