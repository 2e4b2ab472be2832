// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What a session computes, computed as plainly as possible: nodes are evaluated recursively, each
// once, in the calling thread, without plan, pool, arena or device. Tests compare with it.
//
// Variables have the value that they are fed; an assign's value is what it would store, and nothing
// is stored. Control dependencies are ignored: they order, and here nothing runs at the same time.
// Failures of kernels and shape rules arrive as they are thrown, not wrapped.
#pragma once

#include <weft/graph/node.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace weft_test {

// A context of one thread. Ranges longer than `cut` are run in pieces of that length.
template <class Device>
class serial_context final : public weft::context<Device> {
public:
    explicit serial_context(std::size_t cut = weft::dyn) : cut_(cut) {}

    void parallel_for(std::size_t n, double, weft::range_function body) override {
        std::size_t first = 0;
        for (; n - first > cut_; first += cut_) body(first, first + cut_);
        if (n > first) body(first, n);
    }
    bool stop_requested() const noexcept override { return false; }
    void* scratch(std::size_t bytes) override {
        blocks_.push_back(weft::tensor<std::uint8_t, weft::dyn>::uninitialized({bytes}));
        return blocks_.back().data();
    }

private:
    std::size_t cut_;
    std::vector<weft::tensor<std::uint8_t, weft::dyn>> blocks_;
};

// The value of one node: bytes of a tensor, or of an object that is destroyed with it. Memory is
// filled with a pattern first, so that elements that no kernel writes show.
class reference_value {
public:
    reference_value(const weft::value_type& type, const weft::dims& shape) : object_(type.object) {
        const std::size_t bytes =
            object_ != nullptr ? object_->size : shape.size() * weft::size_of(type.element);
        bytes_ = weft::tensor<std::uint8_t, weft::dyn>::uninitialized({bytes});
        for (std::uint8_t& byte : bytes_) byte = 0xcb;
        ref = {bytes_.data(), shape};
    }
    reference_value(const reference_value&) = delete;
    reference_value& operator=(const reference_value&) = delete;
    ~reference_value() {
        if (done && object_ != nullptr) object_->destroy(bytes_.data());
    }

    weft::value_ref ref;
    bool done = false;  // the kernel has run: an object is there

private:
    const weft::object_type* object_;
    weft::tensor<std::uint8_t, weft::dyn> bytes_;
};

// One run of a graph on the kernels of a device kind. A session's run with the same feeds has the
// same values.
class reference_run {
public:
    explicit reference_run(const weft::graph_base& graph, std::string kind = "cpu",
                           std::size_t cut = weft::dyn)
        : graph_(graph), kind_(std::move(kind)), cut_(cut) {}

    // The value of a placeholder or variable, or of any node that is not to be evaluated. Borrowed.
    reference_run& feed(weft::node_id id, const weft::value_ref& value) {
        fed_[id] = value;
        return *this;
    }
    template <class T, std::size_t... Dims, class Kinds>
    reference_run& feed(const weft::node<weft::tensor<T, Dims...>, Kinds>& n,
                        const weft::tensor<T, Dims...>& value) {
        return feed(n.id(), {const_cast<T*>(value.data()), value.shape()});
    }

    // The value of a tensor node.
    template <class T, std::size_t... Dims, class Kinds>
    weft::tensor<T, Dims...> operator()(const weft::node<weft::tensor<T, Dims...>, Kinds>& n) {
        const weft::value_ref value = evaluate(n.id());
        return weft::tensor<T, Dims...>::copy_of(static_cast<const T*>(value.data), value.shape);
    }
    // The value of any node; belongs to this run, or to who fed it.
    weft::value_ref evaluate(weft::node_id id) {
        if (const auto fed = fed_.find(id); fed != fed_.end()) return fed->second;
        if (const auto known = values_.find(id); known != values_.end()) return known->second->ref;
        return values_.emplace(id, compute(graph_.record(id))).first->second->ref;
    }

private:
    std::unique_ptr<reference_value> compute(const weft::node_record& record) {
        using weft::node_role;
        if (record.role == node_role::placeholder || record.role == node_role::variable)
            throw weft::error(weft::errc::invalid_argument, "'" + record.name + "' is not fed");
        if (record.role == node_role::group)
            return std::make_unique<reference_value>(record.type, weft::dims{0});
        std::vector<weft::value_ref> values;
        for (weft::node_id input : record.inputs) values.push_back(evaluate(input));
        std::vector<const weft::value_ref*> inputs;
        std::vector<const weft::dims*> shapes;
        for (const weft::value_ref& value : values) {
            inputs.push_back(&value);
            shapes.push_back(&value.shape);
        }
        const bool has_rule = record.shape != nullptr;
        auto out = std::make_unique<reference_value>(
            record.type,
            has_rule ? record.shape(record.shape_parameters, shapes.data()) : record.type.shape);
        run(record, inputs.data(), out->ref);
        out->done = true;
        return out;
    }

    void run(const weft::node_record& record, const weft::value_ref* const* inputs,
             weft::value_ref& out) {
        const weft::kernel_entry* kernel = record.kernel_for(kind_);
        const bool is_gpu = kernel != nullptr && kind_ == weft::gpu::name;
        if (kernel == nullptr) kernel = record.kernel_for(weft::cpu::name);
        if (kernel == nullptr)
            throw weft::error(weft::errc::unimplemented, "'" + record.name + "' has no kernel");
        serial_context<weft::cpu> on_cpu(cut_);
        serial_context<weft::gpu> on_gpu(cut_);
        kernel->run(kernel->parameters, is_gpu ? static_cast<weft::context_base&>(on_gpu) : on_cpu,
                    inputs, out);
    }

    const weft::graph_base& graph_;
    std::string kind_;
    std::size_t cut_;
    std::map<weft::node_id, weft::value_ref> fed_;
    std::map<weft::node_id, std::unique_ptr<reference_value>> values_;
};

}  // namespace weft_test
