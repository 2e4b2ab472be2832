#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""The network of weft.cpp in frameworks for Python, as many of them as can be imported.

usage: python_peers.py BATCH THREADS

Prints a line for each: its name, the smallest time of a forward pass and the median, in
microseconds.
"""
import os
import sys
import time

batch, threads = int(sys.argv[1]), int(sys.argv[2])
os.environ["XLA_FLAGS"] = (
    f"--xla_cpu_multi_thread_eigen={'true' if threads > 1 else 'false'} "
    f"intra_op_parallelism_threads={threads}")
os.environ["OMP_NUM_THREADS"] = str(threads)
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-threads:])

import numpy as np  # noqa: E402  after the variables that libraries read

SIZES = [784, 512, 512, 10]
rng = np.random.default_rng(1)
weights = [rng.normal(0, 0.05, shape).astype(np.float32) for shape in zip(SIZES, SIZES[1:])]
biases = [rng.normal(0, 0.05, size).astype(np.float32) for size in SIZES[1:]]
images = rng.normal(0, 1, (batch, SIZES[0])).astype(np.float32)


def onnx_runtime():
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    nodes, value = [], "x"
    for i in range(3):
        nodes.append(helper.make_node("Gemm", [value, f"w{i}", f"b{i}"], [f"y{i}"]))
        value = f"y{i}"
        if i < 2:
            nodes.append(helper.make_node("Relu", [value], [f"z{i}"]))
            value = f"z{i}"
    constants = [numpy_helper.from_array(array, f"{kind}{i}")
                 for kind, arrays in (("w", weights), ("b", biases))
                 for i, array in enumerate(arrays)]
    model = helper.make_model(helper.make_graph(
        nodes, "network",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [batch, SIZES[0]])],
        [helper.make_tensor_value_info(value, TensorProto.FLOAT, [batch, SIZES[-1]])],
        constants), opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options,
                                           providers=["CPUExecutionProvider"])
    binding = session.io_binding()
    binding.bind_ortvalue_input("x", onnxruntime.OrtValue.ortvalue_from_numpy(images))
    out = onnxruntime.OrtValue.ortvalue_from_numpy(np.zeros((batch, SIZES[-1]), np.float32))
    binding.bind_ortvalue_output(value, out)
    return lambda: session.run_with_iobinding(binding)


def jax():
    import jax
    import jax.numpy as jnp

    w, b = [jnp.asarray(a) for a in weights], [jnp.asarray(a) for a in biases]

    @jax.jit
    def forward(x, w, b):
        x = jax.nn.relu(x @ w[0] + b[0])
        x = jax.nn.relu(x @ w[1] + b[1])
        return x @ w[2] + b[2]

    x = jnp.asarray(images)
    return lambda: forward(x, w, b).block_until_ready()


def pytorch():
    import torch

    torch.set_num_threads(threads)
    w, b = [torch.from_numpy(a) for a in weights], [torch.from_numpy(a) for a in biases]
    x = torch.from_numpy(images)

    def forward():
        with torch.inference_mode():
            y = torch.relu(torch.addmm(b[0], x, w[0]))
            y = torch.relu(torch.addmm(b[1], y, w[1]))
            return torch.addmm(b[2], y, w[2])

    return forward


def main():
    for name, make in (("ONNX-Runtime", onnx_runtime), ("JAX", jax), ("PyTorch", pytorch)):
        try:
            forward = make()
        except ImportError:
            continue
        times, end = [], time.perf_counter() + 1.5
        while time.perf_counter() < end:
            start = time.perf_counter_ns()
            forward()
            times.append((time.perf_counter_ns() - start) / 1e3)
        times.sort()
        print(name, times[0], times[len(times) // 2], flush=True)


main()
