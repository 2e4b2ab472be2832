// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What a program compiles once if its files are compiled with WEFT_SEPARATE_COMPILATION.
#include <weft/source.hpp>
