// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The one file to compile beside a program that defines WEFT_SEPARATE_COMPILATION.
#include <weft/source.hpp>
