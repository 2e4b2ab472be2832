// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Tiles of a product, as matmul.cu and conv2d.cu compute them: a block brings pieces of both
// operands to shared memory, transposed as it takes, while it still multiplies those before, and
// each thread sums a part of the tile in registers. The order of additions is that of the depth.
// Also what an epilogue does with a sum.
#pragma once

#include <weft/kernel/epilogue.hpp>
#include <weft/cuda/launch.hpp>
#include <weft/cuda/loop_index.hpp>
#include <weft/ops/gelu_tanh.hpp>
#include <weft/ops/matmul_shape.hpp>

namespace weft::cuda {

// What sums are in. Integers wrap around, also those that overflow in theirs.
template <class T>
struct sum_type {
    using type = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;
};
template <class T>
    requires(is_floating<T>)
struct sum_type<T> {
    using type = compute_t<T>;
};
template <class T>
using sum_t = typename sum_type<T>::type;

// N elements that are read at once, where they are 16 bytes or fewer.
template <class T, int N>
struct alignas(sizeof(T) * N < 16 ? sizeof(T) * N : 16) element_group {
    T at[N];
};

inline constexpr int tile_threads = 256;

// Before loops over what must stay in registers.
#if defined(__CUDACC__)
#define WEFT_UNROLL _Pragma("unroll")
#else
#define WEFT_UNROLL
#endif

// A tile of `rows` by `columns`; `depth` is that of the pieces in shared memory. Threads are 16 by
// 16; each has `parts` by `parts` groups of 4 by 4 elements, 64 apart.
template <int Parts, int Depth>
struct tile_form {
    static constexpr int parts = Parts, rows = 64 * Parts, columns = 64 * Parts, depth = Depth;
};

// Elements of one operand in shared memory; the padding keeps threads that write a column apart.
template <class C, class Form>
struct alignas(16) tile_piece {
    C at[Form::depth][Form::rows + 4];
};

// The sum of a thread's part of a tile.
template <class C, class Form>
struct tile_sums {
    static constexpr int size = 4 * Form::parts;
    C at[size][size];

    // The element of the tile that the thread's i-th row or column is.
    WEFT_DEVICE static int row(int i) { return thread_row() * 4 + i / 4 * 64 + i % 4; }
    WEFT_DEVICE static int column(int i) { return thread_column() * 4 + i / 4 * 64 + i % 4; }

    // The product of both operands, which bring their pieces to shared memory. All threads come.
    template <class A, class B>
    WEFT_DEVICE void compute(A& a, B& b, std::size_t depth, tile_piece<C, Form>& a_piece,
                             tile_piece<C, Form>& b_piece) {
        for (int i = 0; i < size; ++i)
            for (int j = 0; j < size; ++j) at[i][j] = C{};
        if (depth > 0) a.fetch(0), b.fetch(0);
        for (std::size_t k = 0; k < depth; k += Form::depth) {
            __syncthreads();  // the piece before has been read
            a.store(a_piece);
            b.store(b_piece);
            __syncthreads();
            if (k + Form::depth < depth) a.fetch(k + Form::depth), b.fetch(k + Form::depth);
            add_piece(a_piece, b_piece);
        }
    }

private:
    WEFT_DEVICE static int thread_row() { return static_cast<int>(threadIdx.x) / 16; }
    WEFT_DEVICE static int thread_column() { return static_cast<int>(threadIdx.x) % 16; }

    WEFT_DEVICE void add_piece(const tile_piece<C, Form>& a_piece,
                               const tile_piece<C, Form>& b_piece) {
        using group = element_group<C, 4>;
        for (int k = 0; k < Form::depth; ++k) {
            group a[Form::parts], b[Form::parts];
            for (int p = 0; p < Form::parts; ++p) {
                a[p] = group_at(&a_piece.at[k][thread_row() * 4 + p * 64]);
                b[p] = group_at(&b_piece.at[k][thread_column() * 4 + p * 64]);
            }
            for (int i = 0; i < size; ++i)
                for (int j = 0; j < size; ++j)
                    at[i][j] = multiply_add(a[i / 4].at[i % 4], b[j / 4].at[j % 4], at[i][j]);
        }
    }
    WEFT_DEVICE static element_group<C, 4> group_at(const C* from) {
        return *reinterpret_cast<const element_group<C, 4>*>(from);
    }
    WEFT_DEVICE static C multiply_add(C x, C y, C sum) { return sum + x * y; }
};

// An operand that is a matrix with one dimension along the tile and the other one, `deep`, along
// the depth. Elements that are neighbours in memory are read 16 bytes at a time where they may be.
template <class T, class Form>
class matrix_pieces {
    using C = sum_t<T>;
    static constexpr int width = Form::rows;
    static constexpr int lanes = static_cast<int>(16 / sizeof(T));
    static constexpr int groups = width * Form::depth / lanes;
    static constexpr int each = (groups + tile_threads - 1) / tile_threads;
    using group = element_group<T, lanes>;

public:
    // `left` elements are along the tile from `data` on.
    WEFT_DEVICE matrix_pieces(const T* data, std::size_t along, std::size_t deep, std::size_t left,
                              std::size_t depth)
        : data_(data), along_(along), deep_(deep), left_(left), depth_(depth) {
        is_along_ = along == 1 && (deep != 1 || left > 1);
        const std::size_t step = is_along_ ? deep : along;
        by_groups_ = (is_along_ || deep == 1) && step % lanes == 0 &&
                     reinterpret_cast<std::uintptr_t>(data) % 16 == 0;
    }

    WEFT_DEVICE void fetch(std::size_t k) {
        for (int i = 0; i < each; ++i) {
            const place at = place_of(i);
            if (at.k >= Form::depth) continue;
            fetch_group(held_[i], k + static_cast<std::size_t>(at.k),
                        static_cast<std::size_t>(at.w));
        }
    }
    WEFT_DEVICE void store(tile_piece<C, Form>& piece) const {
        for (int i = 0; i < each; ++i) {
            const place at = place_of(i);
            if (at.k >= Form::depth) continue;
            for (int l = 0; l < lanes; ++l) {
                const C element = static_cast<C>(held_[i].at[l]);
                if (is_along_)
                    piece.at[at.k][at.w + l] = element;
                else
                    piece.at[at.k + l][at.w] = element;
            }
        }
    }

private:
    struct place {
        int k, w;
    };
    // Of the thread's i-th group; beyond the piece where there is none.
    WEFT_DEVICE place place_of(int i) const {
        const int index = static_cast<int>(threadIdx.x) + i * tile_threads;
        if (index >= groups) return {Form::depth, 0};
        constexpr int per_row = width / lanes, per_column = Form::depth / lanes;
        if (is_along_) return {index / per_row, index % per_row * lanes};
        return {index % per_column * lanes, index / per_column};
    }
    WEFT_DEVICE void fetch_group(group& held, std::size_t k, std::size_t w) const {
        const T* const from = data_ + k * deep_ + w * along_;
        const std::size_t step = is_along_ ? along_ : deep_;
        const bool inside = k < depth_ && w < left_;
        const std::size_t have = !inside ? 0 : is_along_ ? left_ - w : depth_ - k;
        if (by_groups_ && have >= lanes) {
            held = *reinterpret_cast<const group*>(from);
            return;
        }
        for (int l = 0; l < lanes; ++l) {
            const auto n = static_cast<std::size_t>(l);
            held.at[l] = n < have ? from[n * step] : T{};
        }
    }

    const T* data_;
    std::size_t along_, deep_, left_, depth_;
    bool is_along_, by_groups_;
    group held_[each];
};

// What an epilogue does with a sum of element type T.
template <class T>
struct finisher {
    epilogue_kind kind = epilogue_kind::none;
    bool has_bias = false;
    const T* bias = nullptr;

    finisher() = default;
    explicit finisher(const epilogue& e)
        : kind(e.kind), has_bias(e.has_bias()), bias(static_cast<const T*>(e.bias)) {}

    // `column` is the bias's.
    WEFT_DEVICE T operator()(sum_t<T> sum, std::size_t column) const {
        using C = compute_t<T>;
        if (kind == epilogue_kind::none) return static_cast<T>(static_cast<C>(sum));
        if (has_bias) sum = sum + static_cast<sum_t<T>>(bias[column]);
        C x = static_cast<C>(sum);
        if constexpr (!std::is_unsigned_v<C>)
            if (kind == epilogue_kind::relu || kind == epilogue_kind::bias_relu)
                x = x < C{} ? C{} : x;  // NaN stays
        if constexpr (is_floating<T>)
            if (kind == epilogue_kind::gelu_tanh || kind == epilogue_kind::bias_gelu_tanh)
                x = gelu_of(x);
        return static_cast<T>(x);
    }

private:
    // Called: in line it would be there for each element of a tile, and keep loops from unrolling.
    [[gnu::noinline]] WEFT_HOST_DEVICE static compute_t<T> gelu_of(compute_t<T> x) {
        return kernel<ops::gelu_tanh, cpu, compute_t<T>>::apply(x);
    }
};

}  // namespace weft::cuda
