// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// variable<V>: a node whose value a session keeps between runs. assign and its kin are nodes that
// store a new value when they run; a read that is not ordered after a write of the same run sees
// the value from before it. Every variable has an initializer.
#pragma once

#include <weft/graph/node.hpp>
#include <weft/graph/sources.hpp>
#include <weft/ops/full.hpp>
#include <weft/ops/identity.hpp>
#include <weft/ops/sub.hpp>

namespace weft {

namespace detail {

// Instantiated where a value cannot be stored in a variable; its arguments are the two types.
template <class Variable, class Value>
struct require_assignable {
    static constexpr bool ok = [] {
        if (!std::is_same_v<typename Variable::value_type, typename Value::value_type>)
            return false;
        const dims to = Variable::shape_type::value;
        const dims from = Value::shape_type::value;
        if (to.rank != from.rank) return false;
        for (std::size_t axis = 0; axis < to.rank; ++axis)
            if (to[axis] != from[axis] && to[axis] != dyn && from[axis] != dyn) return false;
        return true;
    }();
    static_assert(
        ok,
        "weft: this value has another element type or shape than the variable; cast<T>(x), "
        "reshape<...>(x) and broadcast_to<...>(x) change them");
};

// A tensor type's constant of one number.
template <class T, std::size_t... Dims, number U>
constexpr auto filled(tensor<T, Dims...>*, U value) {
    static_assert(static_shape<Dims...>::known,
                  "weft: a number can be assigned to a variable of known "
                  "dimensions only; assign an expression of its shape");
    static_cast<void>(sizeof(require_literal_of_element<T, U>));
    return full<T, Dims...>(static_cast<T>(value));
}

// How a node that stores a settled expression (or a node) into a variable of elements T runs on a
// device kind: as the expression does, where such variables can be.
template <class T, class Device, class E>
constexpr kind_code assign_code_of() {
    if constexpr (has_kernel<ops::variable, Device, T>)
        return code_of<Device, E>();
    else
        return {Device::name, &missing_kernel_of<missing<ops::variable, Device, T>>::value};
}
// The op whose registered kernels are told where one is missing.
template <class T, class Device, class E>
inline constexpr bool assign_lacks_op =
    has_kernel<ops::variable, Device, T> && !placeable_on<E, Device>;
template <class T, class E, class... Kinds>
struct assign_told_op {
    using type = ops::variable;
};
template <class T, class E, class First, class... Rest>
struct assign_told_op<T, E, First, Rest...> : assign_told_op<T, E, Rest...> {};
template <class T, class E, class First, class... Rest>
    requires(assign_lacks_op<T, First, E>)
struct assign_told_op<T, E, First, Rest...> : told_op<ops::variable, E, First, Rest...> {};

template <class V, class E, class Kinds>
struct assign_description;
template <class V, class E, class... Kinds>
struct assign_description<V, E, device_kinds<Kinds...>> {
    using T = typename V::value_type;
    static constexpr kind_code kinds[sizeof...(Kinds)] = {assign_code_of<T, Kinds, E>()...};
    static constexpr node_description value = describe<ops::variable, V, E>(
        kinds,
        &registered_kernels<typename assign_told_op<T, E, Kinds...>::type, device_kinds<Kinds...>>);
};

// The record of a node that stores `e` into a variable.
template <class Kinds, class V, class E>
node_record assign_record(graph_base& owner, const assignment& stores, const E& e,
                          const std::source_location& where) {
    static_cast<void>(sizeof(require_assignable<V, result_of_t<E>>));
    const division<Kinds> division_into{owner, where};
    const auto settled = settle<true>(division_into, e);
    using description = assign_description<V, std::remove_const_t<decltype(settled)>, Kinds>;
    if constexpr (gpu_code_here == gpu_code::compiled)
        compile_for_gpus<std::remove_const_t<decltype(settled)>>();
    return with_parts(settled, where, [&](const node_parts& parts) {
        return make_record(owner, description::value, parts, {}, where, stores);
    });
}

}  // namespace detail

template <class V, class Kinds>
class variable : public node<V, Kinds> {
public:
    using node_type = node<V, Kinds>;
    using done = node<void, Kinds>;

    variable(graph_base& owner, node_id id) : node_type(owner, id) {}

    // Stores the initial value; running it again stores it again.
    done initializer() const { return {this->graph(), this->graph().initializer_of(this->id())}; }

    // Stores the value of an expression or a number, evaluated when the node runs. Fails when it
    // runs and the value's shape is not the variable's.
    template <class E>
        requires(tensor_expr<E> || number<E>)
    done assign(const E& value, std::source_location where = std::source_location::current())
    const {
        static_cast<void>(sizeof(storable_t<E>));
        return store("Assign", as_expression(value, where), where);
    }
    // Adds to the value, subtracts from it: one kernel, atomic towards other runs.
    template <class E>
        requires(tensor_expr<E> || number<E>)
    done assign_add(const E& value, std::source_location where = std::source_location::current())
    const {
        static_cast<void>(sizeof(storable_t<decltype(self() + value)>));
        return store("AssignAdd", self() + value, where);
    }
    template <class E>
        requires(tensor_expr<E> || number<E>)
    done assign_sub(const E& value, std::source_location where = std::source_location::current())
    const {
        static_cast<void>(sizeof(storable_t<decltype(self() - value)>));
        return store("AssignSub", self() - value, where);
    }
    // A node with the value at the point of the order where it stands: made under
    // control_dependencies on a write, it gives the value after it.
    node_type read(std::source_location where = std::source_location::current()) const {
        return node_type(identity(self()), where);
    }

private:
    const node_type& self() const { return *this; }

    // Instantiated first, for a short message.
    template <class E>
    struct stored_value {
        using type = V;
    };
    template <tensor_expr E>
    struct stored_value<E> {
        using type = result_of_t<E>;
    };
    template <class E>
    using storable_t = detail::require_assignable<V, typename stored_value<E>::type>;

    template <class T, class U>
    static void require_exact(U value, const std::source_location& where) {
        const scalar<T> number = make_scalar<T>(value);
        if (!number.exact) refuse_number(number.given, dtype_of<T>, where);
    }
    template <class E>
    static auto as_expression(const E& value, const std::source_location& where) {
        if constexpr (number<E>) {
            require_exact<typename V::value_type>(value, where);
            return detail::filled(static_cast<V*>(nullptr), value);
        } else {
            return value;
        }
    }
    template <class E>
    done store(const char* op, const E& e, const std::source_location& where) const {
        graph_base& owner = this->graph();
        return {owner, owner.add(detail::assign_record<Kinds, V>(owner, {op, this->id()}, stored(e),
                                                                 where))};
    }
    template <class E>
    static const stored_t<E>& stored(const E& e) {
        return e;
    }
};

}  // namespace weft
