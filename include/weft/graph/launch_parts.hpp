// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The parts of a tree, for devices that launch kernels where no file of the program is compiled for
// them: a constant list in postfix order. Between parts values are in their computing type, so that
// the result is that of the whole tree, but where nvcc multiplies and adds with one rounding there.
// For that the library has one kernel for each op and computing type, and those that convert what
// is stored in fewer bits.
#pragma once

#include <weft/kernel/evaluate.hpp>
#include <weft/kernel/launch.hpp>
#include <weft/ops/cast.hpp>

namespace weft::detail {

// The elements of a tree's value.
template <class Tree>
struct tree_element;
template <std::size_t I, class T, slot_shape Shape>
struct tree_element<slot<I, T, Shape>> {
    using type = T;
};
template <std::size_t I, class T>
struct tree_element<immediate<I, T>> {
    using type = T;
};
template <class Kernel, class R, class... Args>
struct tree_element<application<Kernel, R, Args...>> {
    using type = R;
};
template <class Tree>
using computed_element_t = compute_t<typename tree_element<Tree>::type>;

// The one op of a part, on slots.
template <class Kernel, class R, class Index, class... T>
struct op_part;
template <class Kernel, class R, std::size_t... I, class... T>
struct op_part<Kernel, R, std::index_sequence<I...>, T...> {
    using type = application<Kernel, R, slot<I, T, slot_shape::any>...>;
};
template <class Kernel, class R, class... T>
using op_part_t = typename op_part<Kernel, R, std::index_sequence_for<T...>, T...>::type;

template <class Part, class T>
constexpr tree_part launched_part(std::size_t arity) {
    return {&launch_tree<Part, T>, static_cast<std::uint8_t>(arity), 0, sizeof(T), false};
}
template <class From, class To>
constexpr tree_part conversion() {
    return launched_part<op_part_t<kernel<ops::cast<To>, cpu, From>, To, From>, To>(1);
}

// What a tree has of parts; `any` where the library has them.
template <class Tree>
struct parts_of;
template <std::size_t I, class T, slot_shape Shape>
struct parts_of<slot<I, T, Shape>> {
    static constexpr bool any = true, converts = !std::is_same_v<T, compute_t<T>>;
    static constexpr std::size_t count = converts ? 2 : 1;
    static constexpr tree_part* write(tree_part* to) {
        *to++ = {nullptr, 0, static_cast<std::uint8_t>(I), sizeof(T), false};
        if constexpr (converts) *to++ = conversion<T, compute_t<T>>();
        return to;
    }
};
template <std::size_t I, class T>
struct parts_of<immediate<I, T>> {
    static constexpr bool any = true;
    static constexpr std::size_t count = 1;
    static constexpr tree_part* write(tree_part* to) {
        *to++ = {nullptr, 0, static_cast<std::uint8_t>(I), 0, true};
        return to;
    }
};
template <class Kernel, class R, class... Args>
struct parts_of<application<Kernel, R, Args...>> {  // a kernel of the program's own
    static constexpr bool any = false;
    static constexpr std::size_t count = 0;
};
template <class Op, class... T, class R, class... Args>
struct parts_of<application<kernel<Op, cpu, T...>, R, Args...>> {
    static constexpr bool any = has_parts<Op> && (parts_of<Args>::any && ...);
    static constexpr std::size_t count = (parts_of<Args>::count + ... + 1);
    static constexpr tree_part* write(tree_part* to) {
        ((to = parts_of<Args>::write(to)), ...);
        using part = op_part_t<kernel<Op, cpu, compute_t<T>...>, compute_t<R>,
                               computed_element_t<Args>...>;
        *to++ = launched_part<part, compute_t<R>>(sizeof...(Args));
        return to;
    }
};

// All parts; what stands at the end is stored as T, by a kernel of its own where that is another
// type, or where nothing else has been launched.
template <class Tree, class T>
struct tree_part_list {
    using C = compute_t<T>;
    static constexpr bool stores = !std::is_same_v<T, C> || parts_of<Tree>::count == 1;
    static constexpr std::size_t count = parts_of<Tree>::count + (stores ? 1 : 0);
    struct list {
        tree_part parts[count];
    };
    static constexpr list value = [] {
        list out{};
        tree_part* to = parts_of<Tree>::write(out.parts);
        if constexpr (!std::is_same_v<T, C>)
            *to = conversion<C, T>();
        else if constexpr (stores)
            *to = launched_part<slot<0, T, slot_shape::any>, T>(1);
        return out;
    }();
};

template <class Tree, class T>
struct tree_launch_code {
    static constexpr launch_code make() {
        if constexpr (parts_of<Tree>::any) {
            using list = tree_part_list<Tree, T>;
            return {&place_of<Tree, T>, list::value.parts, list::count, &tree_name<Tree, T>};
        } else {
            return {&place_of<Tree, T>};
        }
    }
    static constexpr launch_code value = make();
};

}  // namespace weft::detail
