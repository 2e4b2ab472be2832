// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The tags of the nodes that hold values instead of computing them, and where those can live. A
// constant can be anywhere; a variable on a GPU is floating-point, as in TensorFlow 1, where
// counters and other integers stay on the host.
#pragma once

#include <weft/kernel/kernel.hpp>

namespace weft {

namespace ops {
struct constant {
    static constexpr const char* name = "Const";
    static constexpr bool device_neutral = true;
};
struct placeholder {
    static constexpr const char* name = "Placeholder";
};
struct variable {
    static constexpr const char* name = "Variable";
};
}  // namespace ops

template <class T>
    requires(is_element<T>)
struct kernel<ops::constant, cpu, T> {};

template <class T>
    requires(is_element<T>)
struct kernel<ops::variable, cpu, T> {};
template <class T>
    requires(is_floating<T>)
struct kernel<ops::variable, gpu, T> {};

}  // namespace weft
