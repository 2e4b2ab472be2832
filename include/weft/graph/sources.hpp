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

// Where a value of an op (constant, variable) can live, and how it is put there.
struct value_kernel {
    const char* kind;
    const missing_kernel* missing;  // null: it can live there
};
// The kernels of a value: `run` is one copy_value, `launch` one upload_value.
void add_value_kernels(node_record& record, std::span<const value_kernel> kernels,
                       kernel_function run, kernel_function launch, const void* bytes);

// Copies a value with elements of so many bytes to the output.
template <std::size_t ElementBytes>
void copy_value(const void* from, context_base&, const value_ref* const*, value_ref& output) {
    std::memcpy(output.data, from, output.shape.size() * ElementBytes);
}

// The same to the memory of a device that launches kernels.
template <std::size_t ElementBytes>
void upload_value(const void* from, context_base& ctx, const value_ref* const*,
                  value_ref& output) {
    static_cast<context<gpu>&>(ctx).upload(output.data, from, output.shape.size() * ElementBytes);
}

template <class Op, class T, class Device>
constexpr value_kernel value_kernel_on() {
    if constexpr (has_kernel<Op, Device, T>)
        return {Device::name, nullptr};
    else
        return {Device::name, &missing_kernel_of<missing<Op, Device, T>>::value};
}
template <class Op, class T, class Kinds>
struct value_kernels_of;
template <class Op, class T, class... Kinds>
struct value_kernels_of<Op, T, device_kinds<Kinds...>> {
    static constexpr value_kernel value[sizeof...(Kinds)] = {value_kernel_on<Op, T, Kinds>()...};
};

// A record of a value and its kernels.
template <class Op, class T, class Kinds>
void add_value(node_record& record, const void* bytes) {
    record.op = Op::name;
    record.registered = &registered_kernels<Op, Kinds>;
    add_value_kernels(record, value_kernels_of<Op, T, Kinds>::value, &copy_value<sizeof(T)>,
                      has_cuda ? &upload_value<sizeof(T)> : nullptr, bytes);
}
template <class Tensor>
value_type value_type_of() {
    return {dtype_of<typename Tensor::value_type>, Tensor::shape_type::value, nullptr};
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
    record.role = node_role::constant;
    record.where = where;
    const auto* kept = record.keep(std::move(value));
    record.type = {dtype_of<T>, kept->shape(), nullptr};
    add_value<ops::constant, T, Kinds>(record, kept->data());
    return record;
}

template <class Tensor, class Kinds>
node_record variable_record(const std::source_location& where) {
    node_record record;
    record.role = node_role::variable;
    record.where = where;
    record.type = value_type_of<Tensor>();
    add_value<ops::variable, typename Tensor::value_type, Kinds>(record, nullptr);
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

#if WEFT_HEADER_ONLY
#include <weft/graph/sources_source.hpp>
#endif
