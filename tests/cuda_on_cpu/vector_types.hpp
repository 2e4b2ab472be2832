// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// CUDA's vector types, with its names, members and alignments, and dim3. Without operators, which
// CUDA does not give them either.
#pragma once

template <class T, unsigned Alignment = alignof(T)>
struct alignas(Alignment) cuda_vector1 {
    T x;
};
template <class T, unsigned Alignment = 2 * sizeof(T)>
struct alignas(Alignment) cuda_vector2 {
    T x, y;
};
template <class T>
struct cuda_vector3 {
    T x, y, z;
};
template <class T, unsigned Alignment = (4 * sizeof(T) < 16 ? 4 * sizeof(T) : 16)>
struct alignas(Alignment) cuda_vector4 {
    T x, y, z, w;
};

using char2 = cuda_vector2<signed char>;
using char4 = cuda_vector4<signed char>;
using uchar2 = cuda_vector2<unsigned char>;
using uchar4 = cuda_vector4<unsigned char>;
using short2 = cuda_vector2<short>;
using short4 = cuda_vector4<short>;
using ushort2 = cuda_vector2<unsigned short>;
using ushort4 = cuda_vector4<unsigned short>;
using int1 = cuda_vector1<int>;
using int2 = cuda_vector2<int>;
using int3 = cuda_vector3<int>;
using int4 = cuda_vector4<int>;
using uint1 = cuda_vector1<unsigned>;
using uint2 = cuda_vector2<unsigned>;
using uint3 = cuda_vector3<unsigned>;
using uint4 = cuda_vector4<unsigned>;
using longlong2 = cuda_vector2<long long>;
using ulonglong2 = cuda_vector2<unsigned long long>;
using float1 = cuda_vector1<float>;
using float2 = cuda_vector2<float>;
using float3 = cuda_vector3<float>;
using float4 = cuda_vector4<float>;
using double1 = cuda_vector1<double>;
using double2 = cuda_vector2<double>;

constexpr char2 make_char2(signed char x, signed char y) { return {x, y}; }
constexpr uchar2 make_uchar2(unsigned char x, unsigned char y) { return {x, y}; }
constexpr char4 make_char4(signed char x, signed char y, signed char z, signed char w) {
    return {x, y, z, w};
}
constexpr uchar4 make_uchar4(unsigned char x, unsigned char y, unsigned char z, unsigned char w) {
    return {x, y, z, w};
}
constexpr short2 make_short2(short x, short y) { return {x, y}; }
constexpr short4 make_short4(short x, short y, short z, short w) { return {x, y, z, w}; }
constexpr ushort2 make_ushort2(unsigned short x, unsigned short y) { return {x, y}; }
constexpr ushort4 make_ushort4(unsigned short x, unsigned short y, unsigned short z,
                               unsigned short w) {
    return {x, y, z, w};
}
constexpr int2 make_int2(int x, int y) { return {x, y}; }
constexpr int3 make_int3(int x, int y, int z) { return {x, y, z}; }
constexpr int4 make_int4(int x, int y, int z, int w) { return {x, y, z, w}; }
constexpr uint2 make_uint2(unsigned x, unsigned y) { return {x, y}; }
constexpr uint3 make_uint3(unsigned x, unsigned y, unsigned z) { return {x, y, z}; }
constexpr uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w) { return {x, y, z, w}; }
constexpr longlong2 make_longlong2(long long x, long long y) { return {x, y}; }
constexpr ulonglong2 make_ulonglong2(unsigned long long x, unsigned long long y) { return {x, y}; }
constexpr float2 make_float2(float x, float y) { return {x, y}; }
constexpr float3 make_float3(float x, float y, float z) { return {x, y, z}; }
constexpr float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
constexpr double2 make_double2(double x, double y) { return {x, y}; }

struct dim3 {
    constexpr dim3(unsigned x_size = 1, unsigned y_size = 1, unsigned z_size = 1)
        : x(x_size), y(y_size), z(z_size) {}
    constexpr dim3(uint3 sizes) : x(sizes.x), y(sizes.y), z(sizes.z) {}
    constexpr operator uint3() const { return {x, y, z}; }
    unsigned x;
    unsigned y;
    unsigned z;
};
