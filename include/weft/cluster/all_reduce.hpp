// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// all_reduce: the tasks of a job combine values of the same shape, element by element, and each
// gets the result. Small values of one call travel together, in buckets per element type, large
// ones each by itself, so that the first are on their way while the graph still computes the last.
// Nodes know a job by its name and size; the server of each task does the work.
#pragma once

#include <weft/cluster/combine.hpp>
#include <weft/cluster/spec.hpp>
#include <weft/core/search.hpp>
#include <weft/graph/graph.hpp>

#include <algorithm>
#include <tuple>
#include <utility>

namespace weft {

// What a node "AllReduce" asks for, as the server sees it.
struct all_reduce_request {
    std::string job;
    int tasks = 0;
    reduce_type type{};
    reduce_op op{};
};

// Elements that the engines can combine.
template <class T>
inline constexpr bool is_reducible =
    dtype_of<T> >= dtype::float32 && dtype_of<T> <= dtype::uint64 &&
    dtype_of<T> != dtype::int16 && dtype_of<T> != dtype::uint16;
template <class T>
struct require_reducible {
    static constexpr bool ok = is_reducible<T>;
    static_assert(
        ok, "weft: all_reduce combines float, double, half, bfloat16, and integers of 8, 32 and 64 "
            "bits; cast<T>(x) changes the element type");
};

namespace detail {

// Bytes that travel together: enough for the full bandwidth, few enough to begin early.
inline constexpr std::size_t bucket_bytes = std::size_t{4} << 20;
// Values that do: what packed_input can number.
inline constexpr std::size_t bucket_values = 256;
// A larger value travels by itself: to copy it twice takes longer than another message.
inline constexpr std::size_t lone_bytes = std::size_t{64} << 10;

struct packed_input {
    unsigned char position = 0;  // among the node's inputs
    std::size_t bytes = 0;
};
inline void pack(const void* parameters, context_base&, const value_ref* const* inputs,
                 value_ref& output) {
    auto* to = static_cast<char*>(output.data);
    const auto& layout = *static_cast<const std::vector<packed_input>*>(parameters);
    for (const auto& [position, bytes] : layout) {
        if (bytes > 0) __builtin_memcpy(to, inputs[position]->data, bytes);
        to += bytes;
    }
}
struct unpacked_output {
    std::size_t offset = 0, bytes = 0;
};
inline void unpack(const void* parameters, context_base&, const value_ref* const* inputs,
                   value_ref& output) {
    const auto& part = *static_cast<const unpacked_output*>(parameters);
    if (part.bytes > 0)
        __builtin_memcpy(output.data, static_cast<const char*>(inputs[0]->data) + part.offset,
                         part.bytes);
}
// Outside of a cluster: a job of one task has its own value, a larger one cannot.
inline void reduce_alone(const void* parameters, context_base&, const value_ref* const* inputs,
                         value_ref& output) {
    const auto& asked = *static_cast<const all_reduce_request*>(parameters);
    if (asked.tasks != 1)
        fail(errc::failed_precondition,
             "all_reduce over the %d tasks of job '%s' runs only in a session of a server",
             asked.tasks, asked.job.c_str());
    const std::size_t bytes = output.shape.size() * size_of(asked.type);
    if (bytes > 0) __builtin_memcpy(output.data, inputs[0]->data, bytes);
}
inline dims shape_of_input(const void*, const dims* const* inputs) { return *inputs[0]; }

constexpr reduce_type reduce_type_of(dtype element) {
    switch (element) {
        case dtype::float32: return reduce_type::f32;
        case dtype::float64: return reduce_type::f64;
        case dtype::float16: return reduce_type::f16;
        case dtype::bfloat16: return reduce_type::bf16;
        case dtype::int8: return reduce_type::i8;
        case dtype::uint8: return reduce_type::u8;
        case dtype::int32: return reduce_type::i32;
        case dtype::uint32: return reduce_type::u32;
        case dtype::int64: return reduce_type::i64;
        default: return reduce_type::u64;
    }
}

// Makes the nodes of one call.
class reduction_maker {
public:
    reduction_maker(graph_base& owner, const cluster_job& job, reduce_op op,
                    const std::source_location& where)
        : owner_(owner), job_(job), op_(op), where_(where) {}

    // The nodes with the results, in the order of the inputs.
    std::vector<node_id> make(std::span<const node_id> inputs) {
        std::vector<node_id> out(inputs.size(), no_node);
        for (const std::vector<std::size_t>& bucket : buckets_of(inputs))
            reduce(inputs, bucket, out);
        return out;
    }

private:
    // Positions of inputs that travel together, in the order in which they go. Small values go
    // when the last of them is there, and before a large one that stands before that: it is
    // computed meanwhile, as the gradient of weights is while that of their bias is on its way.
    std::vector<std::vector<std::size_t>> buckets_of(std::span<const node_id> inputs) const {
        std::vector<std::vector<std::size_t>> out;
        std::vector<std::size_t> bucket;
        std::size_t bytes = 0;
        const auto close = [&] {
            if (bucket.empty()) return;
            const auto later = std::ranges::find_if(out, [&](const auto& other) {
                return other.front() + 1 >= bucket.back() && is_large(inputs[other.front()]);
            });
            out.insert(later, std::exchange(bucket, {}));
            bytes = 0;
        };
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            if (is_large(inputs[i])) {
                out.push_back({i});
                continue;
            }
            const value_type& type = owner_.record(inputs[i]).type;
            const std::size_t more = type.shape.size() * size_of(type.element);
            if (!bucket.empty() &&
                (bytes + more > bucket_bytes || bucket.size() == bucket_values ||
                 type.element != owner_.record(inputs[bucket.front()]).type.element))
                close();
            bucket.push_back(i);
            bytes += more;
        }
        close();
        return out;
    }
    bool is_large(node_id input) const {
        const value_type& type = owner_.record(input).type;
        return !type.shape.known() || type.shape.size() * size_of(type.element) > lone_bytes;
    }
    node_record record_of(const char* op, node_role role, const value_type& type) const {
        node_record record;
        record.op = op;
        record.role = role;
        record.where = where_;
        record.type = {type.element, type.shape, nullptr};
        record.attributes = {{"job", job_.name()}, {"tasks", std::to_string(job_.size())}};
        return record;
    }
    node_id add(node_record&& record, kernel_function run, const void* parameters) {
        record.kernels.push_back({cpu::name, run, parameters, nullptr, {}});
        return owner_.add(std::move(record));
    }
    node_id add_reduction(node_id input) {
        node_record record =
            record_of("AllReduce", node_role::call, owner_.record(input).type);
        const auto* asked = record.keep(all_reduce_request{
            job_.name(), job_.size(), reduce_type_of(record.type.element), op_});
        record.attributes.emplace_back("op", name_of(op_));
        record.inputs = {input};
        record.fallible = true;
        if (!record.type.shape.known()) record.shape = &shape_of_input;
        return add(std::move(record), &reduce_alone, asked);
    }
    void reduce(std::span<const node_id> inputs, const std::vector<std::size_t>& bucket,
                std::vector<node_id>& out) {
        if (bucket.size() == 1) {
            out[bucket[0]] = add_reduction(inputs[bucket[0]]);
            return;
        }
        value_type packed{owner_.record(inputs[bucket[0]]).type.element, {}, nullptr};
        std::vector<packed_input> layout;
        std::vector<node_id> distinct;
        std::size_t elements = 0;
        for (std::size_t i : bucket) {
            const value_type& type = owner_.record(inputs[i]).type;
            const std::size_t position = list_position(distinct, inputs[i]);
            if (position == distinct.size()) distinct.push_back(inputs[i]);
            layout.push_back({static_cast<unsigned char>(position),
                              type.shape.size() * size_of(type.element)});
            elements += type.shape.size();
        }
        packed.shape = dims{elements};
        node_record record = record_of("Pack", node_role::compute, packed);
        record.inputs = distinct;
        const auto* parts = record.keep(layout);
        const node_id reduced = add_reduction(add(std::move(record), &pack, parts));
        std::size_t offset = 0;
        for (std::size_t i = 0; i < bucket.size(); ++i) {
            node_record part =
                record_of("Unpack", node_role::compute, owner_.record(inputs[bucket[i]]).type);
            const auto* where = part.keep(unpacked_output{offset, layout[i].bytes});
            part.inputs = {reduced};
            out[bucket[i]] = add(std::move(part), &unpack, where);
            offset += layout[i].bytes;
        }
    }

    graph_base& owner_;
    const cluster_job& job_;
    const reduce_op op_;
    const std::source_location where_;
};

// A node of an expression, or the node that it is.
template <class E>
node<result_of_t<E>, kinds_of_t<E>> reduced_input(const E& e, const std::source_location& where) {
    static_cast<void>(sizeof(require_reducible<typename result_of_t<E>::value_type>));
    if constexpr (requires { typename E::node_type; })
        return static_cast<const typename E::node_type&>(e);
    else
        return {e, where};
}
template <class... E, std::size_t... I>
auto reduced_nodes(graph_base& owner, const std::vector<node_id>& made, std::index_sequence<I...>) {
    return std::tuple<node<result_of_t<E>, kinds_of_t<E>>...>{{owner, made[I]}...};
}

}  // namespace detail

// The results for one value bare, for several as a tuple; values are nodes or expressions. Every
// task of the job must run them in a session of its own, the same calls in the same order. Sums of
// floating-point numbers depend on how the engine adds; with session_options.deterministic they
// are added in the order of tasks.
template <tensor_expr First, tensor_expr... More>
auto all_reduce(const cluster_job& job, reduce_op op, const First& first, const More&... more) {
    const auto where = std::source_location::current();
    const std::tuple inputs{detail::reduced_input(first, where),
                            detail::reduced_input(more, where)...};
    graph_base& owner = std::get<0>(inputs).graph();
    const std::vector<node_id> ids = std::apply(
        [&](const auto&... input) {
            return std::vector{node_ref(input).id_in(owner, "all_reduce")...};
        },
        inputs);
    const std::vector<node_id> made =
        detail::reduction_maker(owner, job, op, where).make(ids);
    auto results = detail::reduced_nodes<First, More...>(
        owner, made, std::make_index_sequence<1 + sizeof...(More)>());
    if constexpr (sizeof...(More) == 0)
        return std::get<0>(results);
    else
        return results;
}

}  // namespace weft
