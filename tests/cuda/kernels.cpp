// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A file of kernels_cu/ as C++: a copy of this one for each, made by meson.build.
#include "@SOURCE@"
