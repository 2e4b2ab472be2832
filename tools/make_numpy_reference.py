#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""Write tests/data/numpy_reference.hpp: what NumPy gives for the inputs of numpy_test.cpp.

usage: make_numpy_reference.py [FILE]      needs NumPy; run again where a case is added

Inputs are not stored: number i of input k is ((i * 7919 + k * 31 + 13) % 101 - 50) / 8, which
every floating-point type of 8 bits or more holds, in C++ as here. Results are doubles.
"""
import sys

import numpy as np


def x(*shape, k=0):
    i = np.arange(int(np.prod(shape)))
    return (((i * 7919 + k * 31 + 13) % 101 - 50) / 8.0).reshape(shape)


def special(*shape):
    """x with NaN and infinities in it."""
    out = x(*shape)
    out.flat[3], out.flat[7], out.flat[8] = np.nan, np.inf, -np.inf
    return out


def softmax(a, axis):
    e = np.exp(a - a.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def logsumexp(a, axis):
    m = a.max(axis=axis, keepdims=True)
    return np.squeeze(m + np.log(np.exp(a - m).sum(axis=axis, keepdims=True)), axis)


def layer_norm(a, scale, shift, epsilon):
    centred = a - a.mean(axis=-1, keepdims=True)
    return centred / np.sqrt(a.var(axis=-1, keepdims=True) + epsilon) * scale + shift


def scatter_add(a, index, updates):
    out = a.copy()
    np.add.at(out, index, updates)
    return out


def windows(a, size, stride, dilation=1):
    """Of images with channels first: windows of size by size as two more axes."""
    reach = (size - 1) * dilation + 1
    views = np.lib.stride_tricks.sliding_window_view(a, (reach, reach), axis=(2, 3))
    return views[:, :, ::stride, ::stride, ::dilation, ::dilation]


def conv2d(a, w, padding, stride, dilation=1, groups=1):
    padded = np.pad(a, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    parts = zip(np.split(padded, groups, axis=1), np.split(w, groups))
    return np.concatenate([np.einsum("ncyxij,ocij->noyx",
                                     windows(p, w.shape[2], stride, dilation), v)
                           for p, v in parts], axis=1)


def cases():
    a, b = x(2, 3, 4), x(2, 3, 4, k=1)
    labels, index = np.array([2, 0, 3]), np.array([1, 0, 1, 1])
    yield "sum", a.sum()
    yield "sum_0", a.sum(axis=0)
    yield "sum_1", a.sum(axis=1)
    yield "sum_0_2", a.sum(axis=(0, 2))
    yield "sum_keepdims", a.sum(axis=-1, keepdims=True)
    yield "mean_1", a.mean(axis=1)
    yield "prod_2", a.prod(axis=2)
    yield "max_1", a.max(axis=1)
    yield "min_0_1", a.min(axis=(0, 1))
    yield "max_special", special(3, 4).max(axis=1)
    yield "min_special", special(3, 4).min(axis=0)
    yield "argmax_2", a.argmax(axis=2)
    yield "argmin", a.argmin()
    yield "argmax_special", special(3, 4).argmax(axis=1)
    yield "argmin_special", special(3, 4).argmin(axis=0)
    yield "any_1", (a > 4).any(axis=1)
    yield "all_0", (a > -4).all(axis=0)
    yield "matmul", x(3, 4) @ x(4, 2, k=1)
    yield "matmul_transposed", x(3, 4) @ x(2, 4, k=1).T
    yield "matmul_batched", x(2, 1, 3, 4) @ x(3, 4, 2, k=1)
    yield "matmul_vector", x(3, 4) @ x(4, k=1)
    image, filters = x(2, 4, 6, 7), x(6, 2, 3, 3, k=1)
    strided = conv2d(image, filters, 1, 2, groups=2)
    yield "conv2d", conv2d(image, x(3, 4, 3, 3, k=1), 0, 1)
    yield "conv2d_strided", strided
    yield "conv2d_dilated", conv2d(image, x(3, 4, 3, 3, k=1), 2, 1, dilation=2)
    yield "conv2d_nhwc", strided.transpose(0, 2, 3, 1)
    yield "max_pool2d", windows(image, 3, 2).max(axis=(4, 5))
    yield "avg_pool2d", windows(image, 2, 2).mean(axis=(4, 5))
    yield "transpose", a.transpose(0, 2, 1)
    yield "transpose_201", a.transpose(2, 0, 1)
    yield "softmax", softmax(a, -1)
    yield "softmax_1", softmax(a, 1)
    yield "log_softmax", np.log(softmax(a, -1))
    yield "logsumexp_0", logsumexp(a, 0)
    yield "cross_entropy", -np.log(softmax(x(3, 4), -1))[np.arange(3), labels]
    yield "layer_norm", layer_norm(a, x(4, k=2), x(4, k=3), 1e-3)
    yield "reshape", a.reshape(4, -1)
    yield "broadcast_to", np.broadcast_to(x(3, 1), (2, 3, 2))
    yield "concat_1", np.concatenate([a, b], axis=1)
    yield "stack_last", np.stack([x(3), x(3, k=1)], axis=-1)
    yield "slice", a[:, 1:3, :]
    yield "pad", np.pad(x(2, 3), ((0, 0), (1, 2)), constant_values=7)
    yield "gather_1", np.take(a, index, axis=1)
    yield "scatter_add", scatter_add(x(2, 3), index, x(4, 3, k=1))
    yield "cumsum_1", a.cumsum(axis=1)
    yield "one_hot", np.eye(4)[labels]


def number(value):
    value = float(value)
    if np.isnan(value):
        return "not_a_number"
    if np.isinf(value):
        return "infinity" if value > 0 else "-infinity"
    return repr(value).removesuffix(".0")


def text():
    yield "// SPDX-FileCopyrightText: 2026 The weft authors"
    yield "// SPDX-License-Identifier: MIT"
    yield "//"
    yield f"// What NumPy {np.__version__} gives for the inputs of numpy_test.cpp. Made by"
    yield "// tools/make_numpy_reference.py: change that and run it again."
    yield "// Inputs are made by the same formula on both sides."
    yield "#pragma once"
    yield ""
    yield "#include <limits>"
    yield "#include <vector>"
    yield ""
    yield "namespace weft_test {"
    yield ""
    yield "struct numpy_case {"
    yield "    const char* name;"
    yield "    std::vector<std::size_t> shape;"
    yield "    std::vector<double> elements;"
    yield "};"
    yield ""
    yield "inline const std::vector<numpy_case>& numpy_cases() {"
    yield "    constexpr double infinity = std::numeric_limits<double>::infinity();"
    yield "    constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();"
    yield "    static const std::vector<numpy_case> all = {"
    for name, value in cases():
        value = np.asarray(value)
        shape = ", ".join(map(str, value.shape))
        yield f'        {{"{name}",'
        yield f"         {{{shape}}},"
        line = "         {"
        for i, element in enumerate(value.ravel()):
            piece = ("" if i == 0 else ", ") + number(element)
            if len(line) + len(piece) > 97:
                yield line + ","
                line, piece = "          ", piece[2:]
            line += piece
        yield line + "}},"
    yield "    };"
    yield "    return all;"
    yield "}"
    yield ""
    yield "}  // namespace weft_test"


def main():
    file = sys.argv[1] if len(sys.argv) > 1 else "tests/data/numpy_reference.hpp"
    with open(file, "w", encoding="utf-8") as out:
        out.write("\n".join(text()) + "\n")


if __name__ == "__main__":
    main()
