// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Device names read by the compiler; what is said about mistakes is device_name_test.cpp's.
#include <weft/core/device_name_parts.hpp>

#include <doctest/doctest.h>

using namespace weft;

TEST_CASE("the compiler reads device names") {
    constexpr device_name_parts full = read_device_name("/job:ps/replica:0/task:3/device:GPU:12");
    static_assert(full.wrong == nullptr && full.job == "ps" && full.task == 3);
    static_assert(full.kind == "GPU" && full.index == 12);

    constexpr device_name_parts any = read_device_name("/job:*/task:*/device:*:1");
    static_assert(any.wrong == nullptr && any.job.empty() && any.task == -1 && any.kind.empty() &&
                  any.index == 1);
    static_assert(read_device_name("").wrong == nullptr && read_device_name("/").index == -1);
}

TEST_CASE("the compiler finds the first mistake in a device name") {
    static_assert(read_device_name("gpu:0").at == 0);
    static_assert(read_device_name("/cpu:0/gpu:0").at == 7);
    static_assert(read_device_name("/gpu:99999999999").at == 5);
    static_assert(read_device_name("/gpu:0x").wrong[0] == '\0');
    static_assert(read_device_name("/device:TASK:0").at == 8);
    static_assert(read_device_name("/replica:1").wrong != nullptr);
}

TEST_CASE("words are compared without regard to case") {
    static_assert(same_word("GPU", "gpu") && !same_word("gpu", "gpus") && !same_word("cpu", "gpu"));
    static_assert(lower_case('Z') == 'z' && lower_case('_') == '_');
}
