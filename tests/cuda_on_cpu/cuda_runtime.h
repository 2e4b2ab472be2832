// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// "CUDA on the CPU": what `#include <cuda_runtime.h>` finds when kernels_cu/ and the CUDA device
// are compiled by a C++ compiler for tests, without the toolkit and without a GPU. CUDA's keywords
// become C++, streams are threads, kernels run on the CPU. The keywords come last: standard
// headers use some of these names.
#pragma once

#define CUDART_VERSION 13000

#include "device_code.hpp"
#include "runtime_api.hpp"

// Standard headers that kernels use, so that none is read after the keywords.
#include <algorithm>
#include <array>
#include <cstdio>
#include <limits>
#include <new>
#include <string>
#include <vector>

#define __global__
#define __device__
#define __host__
#define __constant__
#define __forceinline__ inline
#define __grid_constant__
#define __launch_bounds__(...)
#define __align__(n) alignas(n)

// Blocks of several streams run at once, each in its stream's thread: what a block shares is the
// thread's.
#define __shared__ static thread_local
