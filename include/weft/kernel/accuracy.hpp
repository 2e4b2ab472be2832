// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The accuracy levels of elementary functions. exp(x) is accuracy::high; exp<accuracy::fast>(x) may
// be off by a few units in the last place (ULP) and takes less time. What each function keeps to
// is measured, and listed in docs/accuracy.md.
#pragma once

namespace weft {

// high: at most 1.5 ULP for float. fast: a few ULP for float; for double the same as high.
enum class accuracy : unsigned char { high, fast };

}  // namespace weft
