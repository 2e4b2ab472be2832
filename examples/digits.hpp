// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The digits of data/README.md, for the examples that learn to read them: 8 x 8 pixels with grey
// levels from 0 to 16, and which digit each image shows.
// It only reads them: no graph is made here.
#pragma once

#include <weft/core/tensor.hpp>

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

inline constexpr std::size_t pixels = 64, digits = 10;

struct digit_images {
    weft::tensor<float, weft::dyn, pixels> images;
    weft::tensor<std::int64_t, weft::dyn> labels;
};

// Lines such as "7 00ae...": the digit, then a character per pixel, 0-9 and a-g.
inline digit_images parse_digits(const std::vector<std::string>& lines) {
    digit_images out{decltype(out.images)::zeros({lines.size(), pixels}),
                     decltype(out.labels)::zeros({lines.size()})};
    for (std::size_t i = 0; i < lines.size(); ++i) {
        out.labels[i] = lines[i].at(0) - '0';
        for (std::size_t p = 0; p < pixels; ++p) {
            const char level = lines[i].at(2 + p);
            out.images(i, p) = static_cast<float>(level <= '9' ? level - '0' : level - 'a' + 10);
        }
    }
    return out;
}

// Images to train with, and every fifth one to test with; none, and a line on stderr, without the
// file.
inline std::pair<digit_images, digit_images> read_digits() {
    std::vector<std::string> lines[2];
    std::ifstream file("data/digits.txt");
    for (std::string line; std::getline(file, line);)
        lines[(lines[0].size() + lines[1].size()) % 5 == 4].push_back(line);
    if (lines[1].empty())
        std::fputs("data/digits.txt is not here: run this program in examples/\n", stderr);
    return {parse_digits(lines[0]), parse_digits(lines[1])};
}
