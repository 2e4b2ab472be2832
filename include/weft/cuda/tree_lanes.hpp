// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A tree on the device, element by element: the elements of its slots in registers, loaded by 16
// bytes where they can be, and what its ops make of them. An op that the CPU refuses for some
// operands gives 0 for them here and leaves a fault, since kernels cannot throw. Knows neither
// grids nor threads.
#pragma once

#include <weft/cuda/loop_index.hpp>
#include <weft/kernel/context.hpp>
#include <weft/kernel/evaluate.hpp>
#include <weft/ops/div.hpp>
#include <weft/ops/mod.hpp>
#include <weft/ops/pow.hpp>

#include <utility>

namespace weft::cuda {

// What types say of a tree: the elements of its slots, in order, and how many numbers it has.

template <class... T>
struct slot_elements {};
template <class... Lists>
struct joined_slots {
    using type = slot_elements<>;
};
template <class... T>
struct joined_slots<slot_elements<T...>> {
    using type = slot_elements<T...>;
};
template <class... A, class... B, class... Rest>
struct joined_slots<slot_elements<A...>, slot_elements<B...>, Rest...>
    : joined_slots<slot_elements<A..., B...>, Rest...> {};

template <class Tree>
struct tree_facts;
template <std::size_t I, class T, slot_shape Shape>
struct tree_facts<slot<I, T, Shape>> {
    using elements = slot_elements<T>;
    static constexpr std::size_t numbers = 0, smallest = sizeof(T);
};
template <std::size_t I, class T>
struct tree_facts<immediate<I, T>> {
    using elements = slot_elements<>;
    static constexpr std::size_t numbers = I + 1, smallest = 16;
};
template <class Kernel, class R, class... Args>
struct tree_facts<application<Kernel, R, Args...>> {
    using elements = typename joined_slots<typename tree_facts<Args>::elements...>::type;
    static constexpr std::size_t numbers = weft::detail::largest({tree_facts<Args>::numbers...});
    static constexpr std::size_t smallest = [] {
        std::size_t least = 16;
        for (const std::size_t bytes : {tree_facts<Args>::smallest...})
            least = bytes < least ? bytes : least;
        return least;
    }();
};
template <class Tree>
inline constexpr std::size_t numbers_of = tree_facts<Tree>::numbers;
// Of the elements that a tree reads or writes.
template <class Tree, std::size_t result_bytes>
inline constexpr std::size_t smallest_bytes =
    tree_facts<Tree>::smallest < result_bytes ? tree_facts<Tree>::smallest : result_bytes;

// Elements in memory, loaded and stored by 16 bytes where there are as many.
template <class T, int width>
struct alignas(sizeof(T) * width < 16 ? sizeof(T) * width : 16) result_lanes {
    T element[width];
};

// Elements of one slot in registers.
template <std::size_t I, class T, int width>
struct slot_lanes {
    compute_t<T> value[width];
};

template <class Elements, int width, class Index>
struct lanes_of_slots;
template <class... T, int width, std::size_t... I>
struct lanes_of_slots<slot_elements<T...>, width, std::index_sequence<I...>>
    : slot_lanes<I, T, width>... {
    // What stands still, once: a tensor's one element, or a number.
    template <class Arguments>
    WEFT_DEVICE void load_standing(const Arguments& a) {
        (load_standing_slot(a, static_cast<slot_lanes<I, T, width>&>(*this)), ...);
    }
    // The others, each tensor once.
    template <class Arguments, class Offset>
    WEFT_DEVICE void load(const Arguments& a, const Offset& offset) {
        (load_slot(a, offset, static_cast<slot_lanes<I, T, width>&>(*this)), ...);
    }

private:
    // Beyond, which slots read the same is not looked at: it takes a step for each pair.
    static constexpr bool shares = sizeof...(T) <= 8;

    template <class Arguments, std::size_t K, class U>
    WEFT_DEVICE static void load_standing_slot(const Arguments& a, slot_lanes<K, U, width>& lanes) {
        if (!a.standing[K]) return;
        const auto one =
            a.data[K] == nullptr
                ? number_at<U>(a.values[K])
                : static_cast<compute_t<U>>(*reinterpret_cast<const U*>(a.data[K]));
        for (int lane = 0; lane < width; ++lane) lanes.value[lane] = one;
    }
    template <class Arguments, class Offset, std::size_t K, class U>
    WEFT_DEVICE void load_slot(const Arguments& a, const Offset& offset,
                               slot_lanes<K, U, width>& lanes) {
        if (a.standing[K]) return;
        if (shares && a.first[K] != K) {
            (copy_slot(a, lanes, static_cast<const slot_lanes<I, T, width>&>(*this)), ...);
            return;
        }
        const U* const from = reinterpret_cast<const U*>(a.data[K]) + offset(K);
        if (width > 1 && a.repeats[K]) {
            const auto one = static_cast<compute_t<U>>(*from);
            for (int lane = 0; lane < width; ++lane) lanes.value[lane] = one;
        } else {
            const auto loaded = *reinterpret_cast<const result_lanes<U, width>*>(from);
            for (int lane = 0; lane < width; ++lane)
                lanes.value[lane] = static_cast<compute_t<U>>(loaded.element[lane]);
        }
    }
    template <class Arguments, std::size_t K, class U, std::size_t J, class V>
    WEFT_DEVICE static void copy_slot(const Arguments& a, slot_lanes<K, U, width>& to,
                                      const slot_lanes<J, V, width>& from) {
        if constexpr (J < K && std::is_same_v<U, V>) {
            if (a.first[K] != J) return;
            for (int lane = 0; lane < width; ++lane) to.value[lane] = from.value[lane];
        }
    }

public:
    template <class U>
    WEFT_DEVICE static compute_t<U> number_at(const stored_number& number) {
        compute_t<U> value;
        memcpy(&value, number.bytes, sizeof value);
        return value;
    }
};
template <class Tree, int width>
using tree_lanes = lanes_of_slots<typename tree_facts<Tree>::elements, width,
                                  std::make_index_sequence<Tree::slots>>;

// What an op that may fail says of its operands.
template <class Kernel>
struct fault_of {
    template <class... V>
    WEFT_DEVICE static gpu_fault look_at(const V&...) {
        return gpu_fault::none;
    }
};
template <class T>
    requires(is_integer<T>)
struct fault_of<kernel<ops::div, cpu, T>> {
    WEFT_DEVICE static gpu_fault look_at(const T&, const T& by) {
        return by == T{} ? gpu_fault::division_by_zero : gpu_fault::none;
    }
};
template <class T>
    requires(is_integer<T>)
struct fault_of<kernel<ops::mod, cpu, T>> : fault_of<kernel<ops::div, cpu, T>> {};
template <class T>
    requires(is_integer<T> && std::is_signed_v<T>)
struct fault_of<kernel<ops::pow, cpu, T>> {
    WEFT_DEVICE static gpu_fault look_at(const T&, const T& exponent) {
        return exponent < T{} ? gpu_fault::negative_exponent : gpu_fault::none;
    }
};

// The value of a tree for one lane, in the computing type.
template <class Tree>
struct lane_of;
template <std::size_t I, class T, slot_shape Shape>
struct lane_of<slot<I, T, Shape>> {
    template <class Lanes>
    WEFT_DEVICE static compute_t<T> at(const Lanes& lanes, const stored_number*, int lane,
                                       gpu_fault&) {
        return at_slot(lanes, lane);
    }

private:
    template <int width>
    WEFT_DEVICE static compute_t<T> at_slot(const slot_lanes<I, T, width>& lanes, int lane) {
        return lanes.value[lane];
    }
};
// Numbers of the tree come behind the slots' own.
template <std::size_t I, class T>
struct lane_of<immediate<I, T>> {
    template <class Lanes>
    WEFT_DEVICE static compute_t<T> at(const Lanes&, const stored_number* numbers, int,
                                       gpu_fault&) {
        return Lanes::template number_at<T>(numbers[I]);
    }
};
template <class Kernel, class R, class... Args>
struct lane_of<application<Kernel, R, Args...>> {
    template <class Lanes>
    WEFT_DEVICE static compute_t<R> at(const Lanes& lanes, const stored_number* numbers, int lane,
                                       gpu_fault& fault) {
        return apply(fault, lane_of<Args>::at(lanes, numbers, lane, fault)...);
    }

private:
    template <class... V>
    WEFT_DEVICE static compute_t<R> apply(gpu_fault& fault, const V&... operands) {
        const gpu_fault found = fault_of<Kernel>::look_at(operands...);
        if (found != gpu_fault::none) {
            fault = found;
            return compute_t<R>{};
        }
        return static_cast<compute_t<R>>(Kernel::apply(operands...));
    }
};

}  // namespace weft::cuda
