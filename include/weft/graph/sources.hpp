// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Records of the nodes that hold values: constants, placeholders and variables, and of groups,
// which hold none. What graph's member functions are made of; the values of variables are the
// session's, not the graph's.
#pragma once

#include <weft/graph/node.hpp>
#include <weft/ops/values.hpp>

namespace weft {

namespace detail {

// The kernels of a value on each kind: where it can live. The function fills the output with the
// bytes that `parameters` points to.
template <class Op, class T, class Device>
kernel_entry value_kernel(const void* bytes) {
    kernel_entry entry{Device::name, nullptr, bytes, {}};
    if constexpr (has_kernel<Op, Device, T>)
        entry.run = [](const void* from, context_base&, const value_ref* const*,
                       value_ref& output) {
            std::memcpy(output.data, from, output.shape.size() * sizeof(T));
        };
    else
        entry.missing = text_of(static_cast<missing<Op, Device, T>*>(nullptr));
    return entry;
}
template <class Op, class T, class... Kinds>
void add_value_kernels(node_record& record, const void* bytes, device_kinds<Kinds...>) {
    (record.kernels.push_back(value_kernel<Op, T, Kinds>(bytes)), ...);
    record.registered = &registered_kernels<Op, device_kinds<Kinds...>>;
}

template <class T, std::size_t... Dims>
tensor<T, Dims...> as_tensor(tensor<T, Dims...> value) {
    return value;
}
template <number T>
tensor<T> as_tensor(T value) {
    return tensor<T>{value};
}

// A constant: the record keeps the tensor.
template <class Kinds, class T, std::size_t... Dims>
node_record constant_record(tensor<T, Dims...> value, const std::source_location& where) {
    node_record record;
    record.op = ops::constant::name;
    record.role = node_role::constant;
    record.where = where;
    const auto* kept = record.keep(std::move(value));
    record.type = {dtype_of<T>, kept->shape(), nullptr};
    add_value_kernels<ops::constant, T>(record, kept->data(), Kinds{});
    return record;
}

template <class Tensor, class Kinds>
node_record variable_record(const std::source_location& where) {
    node_record record;
    record.op = ops::variable::name;
    record.role = node_role::variable;
    record.where = where;
    record.type = value_type_of<Tensor>();
    add_value_kernels<ops::variable, typename Tensor::value_type>(record, nullptr, Kinds{});
    return record;
}

// The operations on objects of type V that the runtime needs.
template <class V>
inline constexpr object_type object_type_of{
    "object", sizeof(V), alignof(V), [](void* object) noexcept { static_cast<V*>(object)->~V(); },
    [](void* to, void* from) { ::new (to) V(std::move(*static_cast<V*>(from))); }};

template <class V>
value_type any_value_type() {
    if constexpr (is_tensor<V>)
        return value_type_of<V>();
    else if constexpr (std::is_void_v<V>)
        return {};
    else
        return {dtype::none, {}, &object_type_of<V>};
}

template <class V>
node_record placeholder_record(const std::source_location& where) {
    node_record record;
    record.op = ops::placeholder::name;
    record.role = node_role::placeholder;
    record.where = where;
    record.type = any_value_type<V>();
    return record;
}

}  // namespace detail

// group(train_w, train_b): a node that does nothing and is done when all of these are. A class, so
// that the place where it is made can be known behind any number of nodes; it is a node<void>.
template <class First, class... Rest>
class group : public node<void, typename First::kinds> {
public:
    using node_type = node<void, typename First::kinds>;

    group(const First& first, const Rest&... rest,
          std::source_location where = std::source_location::current())
        : node_type(make(first, {node_ref(rest)...}, where)) {}

private:
    static node_type make(const First& first, std::initializer_list<node_ref> rest,
                          const std::source_location& where) {
        node_record record;
        record.op = "NoOp";
        record.role = node_role::group;
        record.where = where;
        record.controls.push_back(first.id());
        for (const node_ref& n : rest) record.controls.push_back(n.id_in(first.graph(), "group"));
        return {first.graph(), first.graph().add(std::move(record))};
    }
};
template <class First, class... Rest>
group(const First&, const Rest&...) -> group<First, Rest...>;

}  // namespace weft
