#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""What PyTorch and CuPy take on a GPU for the rows of this program, if they can be imported.

usage: python_peers.py

Prints lines of the row's name, the library, the smallest time and the median in microseconds,
separated by tabs. Of kernels it is the GPU's own time, of the network the host's, as in weft's
rows. PyTorch multiplies float as float, not as TF32, which is its own default, too.
"""
import sys
import time

MIB = 1 << 20
CYCLES_TO_START = 60_000  # 30 us a call, in which the GPU waits until the host is ahead
ROUNDS = 15


def show(name, peer, times):
    times = sorted(times)
    print(f"{name}\t{peer}\t{times[0]:.3f}\t{times[len(times) // 2]:.3f}", flush=True)


def pytorch():
    import torch
    import torch.nn.functional as F

    if not torch.cuda.is_available():
        return

    def kernels(name, body):
        def span(calls):
            begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            torch.cuda._sleep(CYCLES_TO_START * calls)
            begin.record()
            for _ in range(calls):
                body()
            end.record()
            end.synchronize()
            return begin.elapsed_time(end) * 1e3 / calls

        span(1)
        calls = int(min(max(2000 / (span(2) + 1), 2), 20))
        show(name, "PyTorch", [span(calls) for _ in range(ROUNDS)])

    def numbers(*shape, dtype=torch.float32):
        return (torch.rand(*shape, device="cuda") * 2 - 1).to(dtype)

    def passes():
        for size in (1, 16, 256):
            n = size * MIB // 4
            a, b, c, d, e, f = (numbers(n) for _ in range(6))
            kernels(f"a*b+c, {size} MiB", lambda: a * b + c)
            kernels(f"gelu(a), {size} MiB", lambda: F.gelu(a))
            kernels(f"a*b+c*d+e*f, {size} MiB", lambda: a * b + c * d + e * f)
            x = a.view(4096, n // 4096)
            kernels(f"sum of all, {size} MiB", lambda: x.sum())
            kernels(f"sum of rows, {size} MiB", lambda: x.sum(1))
            kernels(f"sum of columns, {size} MiB", lambda: x.sum(0))

    def rows():
        for dtype, element in ((torch.float32, "float"), (torch.float16, "half")):
            for shape in ((4096, 512), (8192, 4096)):
                x, scale = numbers(*shape, dtype=dtype), numbers(shape[1], dtype=dtype)
                size = f"[{shape[0]}x{shape[1]}], {element}"
                kernels(f"softmax {size}", lambda: torch.softmax(x, 1))
                kernels(f"layer_norm {size}",
                        lambda: F.layer_norm(x, (shape[1],), scale, scale, 1e-5))

    def products():
        for dtype, element in ((torch.float32, "float"), (torch.float16, "half")):
            for n in (1024, 4096):
                a, b, bias = (numbers(n, n, dtype=dtype), numbers(n, n, dtype=dtype),
                              numbers(n, dtype=dtype))
                kernels(f"matmul {n}, {element}", lambda: a @ b)
                kernels(f"relu(matmul+bias) {n}, {element}",
                        lambda: torch.relu(torch.addmm(bias, a, b)))

    def steps(name, peer, body):
        times = []
        for i in range(320):
            start = time.perf_counter_ns()
            body()
            torch.cuda.synchronize()
            if i >= 20:
                times.append((time.perf_counter_ns() - start) / 1e3)
        show(name, peer, times)

    def graph_of(body):
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                body()
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            body()
        return graph

    def plans():
        x = torch.zeros(1024, device="cuda")

        def chain(kernels):
            y = x
            for _ in range(kernels):
                y = y + 1
            return y

        for kernels in (1, 100, 1000):
            name = f"kernels in a plan: {kernels}"
            steps(name, "PyTorch", lambda: chain(kernels))
            graph = graph_of(lambda: chain(kernels))
            steps(name, "PyTorch-graph", graph.replay)

    def network():
        widths = (784, 512, 512, 10)
        w = [numbers(*shape) * 0.05 for shape in zip(widths, widths[1:])]
        b = [numbers(size) * 0.05 for size in widths[1:]]
        x = numbers(128, widths[0])

        def forward():
            y = torch.relu(torch.addmm(b[0], x, w[0]))
            y = torch.relu(torch.addmm(b[1], y, w[1]))
            return torch.addmm(b[2], y, w[2])

        name = "784-512-512-10, batch 128"
        steps(name, "PyTorch", forward)
        steps(name, "PyTorch-graph", graph_of(forward).replay)

    with torch.inference_mode():
        for part in (passes, rows, products, plans, network):
            part()
            torch.cuda.empty_cache()


def cupy():
    import cupy as cp

    def kernels(name, body):
        def span(calls):
            begin, end = cp.cuda.Event(), cp.cuda.Event()
            begin.record()
            for _ in range(calls):
                body()
            end.record()
            end.synchronize()
            return cp.cuda.get_elapsed_time(begin, end) * 1e3 / calls

        span(2)
        show(name, "CuPy", [span(20) for _ in range(ROUNDS)])

    fused = cp.ElementwiseKernel("T a, T b, T c", "T y", "y = a * b + c", "multiply_add")
    for size in (16, 256):  # smaller ones take the host longer than the GPU
        n = size * MIB // 4
        a, b, c = (cp.random.rand(n, dtype=cp.float32) for _ in range(3))
        out = cp.empty_like(a)
        kernels(f"a*b+c, {size} MiB", lambda: fused(a, b, c, out))
    x = a.reshape(4096, n // 4096)
    kernels(f"sum of all, {size} MiB", lambda: x.sum())
    kernels(f"sum of rows, {size} MiB", lambda: x.sum(axis=1))
    kernels(f"sum of columns, {size} MiB", lambda: x.sum(axis=0))


def main():
    for measure in (pytorch, cupy):
        try:
            measure()
        except ImportError:
            continue
        except Exception as problem:  # whatever a library throws: the others still count
            print(f"{measure.__name__}: {problem}", file=sys.stderr)


main()
