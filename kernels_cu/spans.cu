// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Copies of spans: what slice, split, concat, stack and copies of whole tensors are, and rows that
// are padded. Several operands are one kernel, whose words are numbered through from the first to
// the last of them.
#include "words.hpp"

#include <weft/cuda/arrays.hpp>

namespace weft::cuda {

namespace {

// The spans of an operand in words; `first` is the number of its first one.
template <class Word>
struct span_words {
    const Word* from;
    std::size_t first;
    std::size_t from_step, to, to_step;
    quotient length;
};

template <class Word, unsigned most>
struct span_finder {
    span_words<Word> operands[most];
    unsigned count;
    Word* out;
    Word other;

    WEFT_DEVICE word_place<Word> find(std::size_t i) const {
        unsigned k = 0;
        if constexpr (most > 1)
            while (k + 1 < count && operands[k + 1].first <= i) ++k;
        const span_words<Word>& o = operands[k];
        const std::size_t span = o.length.divide(i - o.first);
        const std::size_t at = i - o.first - span * o.length.by();
        return {o.from + span * o.from_step + at, out + o.to + span * o.to_step + at};
    }
};

template <class Word, unsigned most>
void launch_spans(context<gpu>& ctx, const operand_spans* operands, std::size_t count, void* out,
                  std::size_t element_bytes) {
    const auto words = [&](std::size_t elements) {
        return elements * element_bytes / sizeof(Word);
    };
    span_finder<Word, most> finder{};
    finder.out = static_cast<Word*>(out);
    std::size_t size = 0;
    for (std::size_t k = 0; k < count; ++k) {
        const spans& of = operands[k].of;
        if (of.count * of.length == 0) continue;
        span_words<Word>& to = finder.operands[finder.count++];
        to.from = static_cast<const Word*>(operands[k].data) + words(of.from);
        to.first = size;
        to.from_step = words(of.from_step);
        to.to = words(of.to);
        to.to_step = words(of.to_step);
        to.length = quotient(words(of.length), of.count * words(of.length));
        size += of.count * words(of.length);
    }
    launch_move<Word>(ctx, finder, size);
}

// Operands of one kernel.
constexpr std::size_t most_operands = 16;

word_width width_of(const operand_spans& operand, std::size_t element_bytes) {
    const spans& of = operand.of;
    word_width width;
    width.fit(operand.data).fit(of.from * element_bytes).fit(of.to * element_bytes);
    width.fit(of.length * element_bytes);
    if (of.count > 1) width.fit(of.from_step * element_bytes).fit(of.to_step * element_bytes);
    return width;
}

// The rows of a padded tensor in words.
template <class Word>
struct padding_finder {
    const Word* in;
    Word* out;
    Word other;
    std::size_t first, middle;
    quotient row;

    WEFT_DEVICE word_place<Word> find(std::size_t i) const {
        const std::size_t r = row.divide(i);
        const std::size_t at = i - r * row.by();
        const bool inside = at >= first && at - first < middle;
        return {inside ? in + r * middle + (at - first) : nullptr, out + i};
    }
};

}  // namespace

void copy_spans(context<gpu>& ctx, const operand_spans* operands, std::size_t count, void* out,
                std::size_t element_bytes) {
    for (std::size_t done = 0; done < count; done += most_operands) {
        const operand_spans* const some = operands + done;
        const std::size_t n = count - done < most_operands ? count - done : most_operands;
        word_width width;
        width.fit(out);
        for (std::size_t k = 0; k < n; ++k)
            if (some[k].of.count * some[k].of.length != 0)
                width.fit(width_of(some[k], element_bytes).bytes());
        with_word(width.bytes(), [&](auto word) {
            using Word = decltype(word);
            if (n == 1)
                launch_spans<Word, 1>(ctx, some, n, out, element_bytes);
            else
                launch_spans<Word, most_operands>(ctx, some, n, out, element_bytes);
        });
    }
}

void copy_elements(context<gpu>& ctx, const void* in, void* out, std::size_t size,
                   std::size_t element_bytes) {
    if (in == out) return;
    // What is left after the widest words is a span of its own.
    const std::size_t some = sizeof(widest_word) / element_bytes;
    const std::size_t whole = size > some ? size / some * some : size;
    const operand_spans parts[] = {{in, {1, whole, 0, whole, 0, whole}},
                                   {in, {1, size - whole, whole, 0, whole, 0}}};
    copy_spans(ctx, parts, 1, out, element_bytes);
    copy_spans(ctx, parts + 1, 1, out, element_bytes);
}

void pad_rows(context<gpu>& ctx, const void* in, const padded_rows& rows, const void* element,
              void* out, std::size_t element_bytes) {
    const std::size_t row = rows.first + rows.middle + rows.last;
    if (rows.outer * row == 0) return;
    word_width width;
    width.fit(in).fit(out).fit(rows.first * element_bytes);
    width.fit(rows.middle * element_bytes).fit(rows.last * element_bytes);
    with_word(width.bytes(), [&](auto word) {
        using Word = decltype(word);
        const auto words = [&](std::size_t n) { return n * element_bytes / sizeof(Word); };
        const std::size_t size = rows.outer * words(row);
        const padding_finder<Word> finder{static_cast<const Word*>(in),
                                          static_cast<Word*>(out),
                                          repeated<Word>(element, element_bytes),
                                          words(rows.first),
                                          words(rows.middle),
                                          quotient(words(row), size)};
        launch_move<Word>(ctx, finder, size);
    });
}

}  // namespace weft::cuda
