// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Files that weft has written are read again, byte for byte what the format says. Files that are
// damaged in any way are refused, or are lists of tensors that are in the file.
#include <weft/io/safetensors.hpp>

#include <doctest/doctest.h>
#include <support/caught.hpp>
#include <support/folder.hpp>

#include <csignal>
#include <cstring>
#include <random>

#include <sys/resource.h>
#include <sys/stat.h>

using namespace weft;
using weft_test::error_of;
using weft_test::temporary_folder;

namespace {

// A file's text: the length of the header, the header, the data.
std::string file_of(const std::string& header, const std::string& data) {
    std::string out(8, '\0');
    const std::uint64_t length = header.size();
    std::memcpy(out.data(), &length, 8);
    return out + header + data;
}
void put(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}
// What parsing a header says, behind the path.
weft_test::caught parsed(const std::string& header, std::uint64_t data_bytes) {
    auto e = error_of([&] { safetensors_header::parse(header, data_bytes, "f"); });
    const std::string common = "the safetensors file 'f' ";
    if (e.text.starts_with(common)) e.text.erase(0, common.size());
    return e;
}
std::string tensor_text(const char* dtype, const char* shape, const char* places) {
    return std::string("{\"w\":{\"dtype\":\"") + dtype + "\",\"shape\":" + shape +
           ",\"data_offsets\":" + places + "}}";
}

// Files of more than so many bytes cannot be written, as if the disk were full.
class file_limit {
public:
    explicit file_limit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit now{bytes, before_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &now);
    }
    ~file_limit() {
        setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }

private:
    rlimit before_{};
    void (*handler_)(int);
};

}  // namespace

TEST_CASE("a file has the bytes that the format asks for") {
    const temporary_folder in;
    const tensor<float, 2> w{1, -2};
    const tensor<bool, 3> mask{true, false, true};
    write_safetensors(in / "a", {{"mask", mask}, {"w", w}}, {{"step", "12"}});
    const std::string header =
        "{\"__metadata__\":{\"step\":\"12\"},"
        "\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
        "\"mask\":{\"dtype\":\"BOOL\",\"shape\":[3],\"data_offsets\":[8,11]}}";
    const std::string data("\0\0\x80\x3f\0\0\0\xc0\1\0\1", 11);
    CHECK(in.read("a") == file_of(header + std::string((8 - header.size() % 8) % 8, ' '), data));
}

TEST_CASE("every element type, any shape, any name, and metadata") {
    const temporary_folder in;
    const tensor<float, 2, 2> f32{{1, 2}, {3, std::numeric_limits<float>::quiet_NaN()}};
    const tensor<double> f64{0.1};
    const tensor<half, 1> f16{half(1.5f)};
    const tensor<bfloat16, 1> bf16{bfloat16(3.0f)};
    const tensor<std::int8_t, 1> i8{-1};
    const tensor<std::int16_t, 1> i16{-2};
    const tensor<std::int32_t, 1> i32{-3};
    const tensor<std::int64_t, 1> i64{INT64_MIN};
    const tensor<std::uint8_t, 1> u8{255};
    const tensor<std::uint16_t, 1> u16{65535};
    const tensor<std::uint32_t, 1> u32{7};
    const tensor<std::uint64_t, 1> u64{UINT64_MAX};
    const tensor<bool, 1> yes{true};
    const tensor<std::complex<float>, 1> c64{{1, 2}};
    const auto none = tensor<float, dyn, 3>::zeros({0, 3});
    const file_metadata metadata{
        {"step", "7"}, {"", ""}, {"\"\\\n\x01\x7f", "\u00fc\u20ac\U0001F600"}};
    write_safetensors(in / "a",
                      {{"f32", f32},
                       {"f64", f64},
                       {"f16", f16},
                       {"bf16", bf16},
                       {"i8", i8},
                       {"i16", i16},
                       {"i32", i32},
                       {"i64", i64},
                       {"u8", u8},
                       {"u16", u16},
                       {"u32", u32},
                       {"u64", u64},
                       {"yes", yes},
                       {"c64", c64},
                       {"none", none},
                       {"layer/\"w\"\n\u00e4", i8},
                       {"", i8}},
                      metadata);
    const safetensors_file file(in / "a");
    CHECK(file.metadata() == metadata);
    CHECK(file.tensors().size() == 17);
    const auto back = file.get<tensor<float, dyn, 2>>("f32");
    CHECK(std::memcmp(back.data(), f32.data(), 16) == 0);
    CHECK(file.get<tensor<double>>("f64") == 0.1);
    CHECK(file.get<tensor<half, 1>>("f16") == f16);
    CHECK(file.get<tensor<bfloat16, 1>>("bf16") == bf16);
    CHECK(file.get<tensor<std::int8_t, 1>>("i8") == i8);
    CHECK(file.get<tensor<std::int16_t, 1>>("i16") == i16);
    CHECK(file.get<tensor<std::int32_t, 1>>("i32") == i32);
    CHECK(file.get<tensor<std::int64_t, 1>>("i64") == i64);
    CHECK(file.get<tensor<std::uint8_t, 1>>("u8") == u8);
    CHECK(file.get<tensor<std::uint16_t, 1>>("u16") == u16);
    CHECK(file.get<tensor<std::uint32_t, 1>>("u32") == u32);
    CHECK(file.get<tensor<std::uint64_t, 1>>("u64") == u64);
    CHECK(file.get<tensor<bool, dyn>>("yes") == tensor<bool, dyn>{true});
    CHECK(file.get<tensor<std::complex<float>, 1>>("c64") == c64);
    CHECK(file.get<tensor<float, dyn, dyn>>("none").shape() == dims{0, 3});
    CHECK(file.get<tensor<std::int8_t, 1>>("layer/\"w\"\n\u00e4") == i8);
    CHECK(file.get<tensor<std::int8_t, 1>>("") == i8);
    for (const safetensors_entry& tensor : file.tensors())  // aligned to its elements
        CHECK(tensor.begin % size_of(tensor.element) == 0);

    CHECK(file.find("w") == nullptr);
    auto e = error_of([&] { file.get<tensor<float, 2>>("w"); });
    CHECK(e.code == errc::not_found);
    CHECK(e.says("'" + in / "a" + "': there is no tensor 'w' in it"));
    e = error_of([&] { file.get<tensor<float, 2, 3>>("f32"); });
    CHECK(e.code == errc::invalid_argument);
    CHECK(e.says("tensor 'f32' has elements of float and shape [2,2], not float and [2,3]"));
    CHECK(error_of([&] { file.get<tensor<double, 2, 2>>("f32"); }).says("not double and [2,2]"));
}

TEST_CASE("no tensors at all") {
    const temporary_folder in;
    write_safetensors(in / "a", {});
    CHECK(in.read("a") == file_of("{}      ", ""));
    CHECK(safetensors_file(in / "a").tensors().empty());
}

TEST_CASE("what a safetensors file cannot have is not written") {
    const temporary_folder in;
    const tensor<float, 1> w{1};
    put(in / "a", "as it was");
    const tensor<std::complex<double>, 1> wide{{1, 2}};
    auto e = error_of([&] { write_safetensors(in / "a", {{"z", wide}}); });
    CHECK(e.code == errc::unimplemented);
    CHECK(e.says("no elements of type std::complex<double>, which 'z' has"));
    e = error_of([&] { write_safetensors(in / "a", {{"w", w}, {"w", w}}); });
    CHECK(e.code == errc::invalid_argument);
    CHECK(e.says("two tensors 'w'"));
    CHECK(error_of([&] {
              write_safetensors(in / "a", {{"__metadata__", w}});
          }).code == errc::invalid_argument);
    CHECK(error_of([&] { write_safetensors(in / "a", {{"\xff", w}}); }).says("is not UTF-8"));
    e = error_of([&] { write_safetensors(in / "a", {}, {{"a", "\xc3"}}); });
    CHECK(e.code == errc::invalid_argument);
    CHECK(e.says("metadata of a safetensors file is not UTF-8"));
    CHECK(in.read("a") == "as it was");
    CHECK(in.files() == std::vector<std::string>{"a"});
}

TEST_CASE("a file that cannot be written: the path, the reason, and the old file is intact") {
    const temporary_folder in;
    const auto w = tensor<float, dyn>::zeros({100'000});
    put(in / "a", "as it was");
    {
        const file_limit full(65'536);
        const auto e = error_of([&] { write_safetensors(in / "a", {{"w", w}}); });
        CHECK(e.code == errc::resource_exhausted);
        CHECK(e.says("cannot write the file '" + in / "a" + "': File too large"));
    }
    CHECK(in.read("a") == "as it was");
    CHECK(in.files() == std::vector<std::string>{"a"});
    CHECK(error_of([&] { write_safetensors(in / "no/a", {{"w", w}}); }).code == errc::not_found);
    std::filesystem::create_directory(in / "folder");
    CHECK(error_of([&] {
              write_safetensors(in / "folder", {{"w", w}});
          }).code == errc::failed_precondition);
    CHECK(in.files() == std::vector<std::string>{"a", "folder"});

    safetensors_header header;
    header.tensors.push_back({"w", dtype::uint8, {4}});
    {
        safetensors_writer file(in / "a", header);
        file.write("abc", 3);
        CHECK(error_of([&] { file.write("de", 2); }).code == errc::out_of_range);
        CHECK(error_of([&] { file.finish(); }).says("1 bytes that were not written"));
    }
    CHECK(in.read("a") == "as it was");
    CHECK(in.files() == std::vector<std::string>{"a", "folder"});
}

TEST_CASE("files that cannot be read say why") {
    const temporary_folder in;
    const auto opening = [&](const std::string& path) {
        return error_of([&] { safetensors_file file(path); });
    };
    auto e = opening(in / "none");
    CHECK(e.code == errc::not_found);
    CHECK(e.text ==
          "cannot read the safetensors file '" + in / "none" + "': No such file or directory");
    CHECK(opening(in / ".").code == errc::failed_precondition);
    REQUIRE(mkfifo((in / "pipe").c_str(), 0600) == 0);
    CHECK(opening(in / "pipe").says("no regular file"));
    for (std::size_t bytes = 0; bytes < 8; ++bytes) {
        put(in / "a", std::string(bytes, '\0'));
        CHECK(opening(in / "a").says("it has " + std::to_string(bytes) + " bytes"));
    }
    put(in / "a", std::string(8, '\xff') + "{}");
    e = opening(in / "a");
    CHECK(e.code == errc::invalid_argument);
    CHECK(e.says("byte 0 says that its header has 18446744073709551615 bytes, of 2 that there"));
    put(in / "a", std::string(8, '\0'));
    CHECK(opening(in / "a").says("at byte 8: found the end, expected '{'"));
    put(in / "a", file_of(tensor_text("F32", "[1]", "[0,4]"), "abc"));
    CHECK(opening(in / "a").says("'" + in / "a" + "' is malformed at byte"));

    put(in / "a", file_of(tensor_text("BOOL", "[3]", "[0,3]"), std::string("\1\2\0", 3)));
    const safetensors_file file(in / "a");
    e = error_of([&] { file.get<tensor<bool, 3>>("w"); });
    CHECK(e.code == errc::invalid_argument);
    CHECK(e.says("tensor 'w' is BOOL, and its byte 64 is 2, neither 0 nor 1"));
    std::filesystem::resize_file(in / "a", 65);
    e = error_of([&] { file.get<tensor<bool, 3>>("w"); });
    CHECK(e.code == errc::failed_precondition);
    CHECK(e.says("it has become shorter, and ends at byte 65"));
}

TEST_CASE("headers that are malformed: tensor and byte") {
    const auto said = [](const std::string& header, std::uint64_t bytes, const char* words) {
        const auto e = parsed(header, bytes);
        CAPTURE(header);
        CHECK(e.code == errc::invalid_argument);
        CHECK_MESSAGE(e.says(words), e.text);
    };
    said(" {}", 0, "is malformed at byte 8: found the byte 32, expected '{', at once");
    said("{}x", 0, "at byte 10: found 'x', expected spaces up to the data");
    said(std::string("{}\0", 3), 0, "at byte 10: found the byte 0");
    said("{", 0, "at byte 9: found the end");
    said("{\"w\"", 0, "expected ':'");
    said("{\"w", 0, "found the end, expected '\"'");
    said("{\"w\":[]}", 0, "tensor 'w': found '[', expected '{'");
    said("{\"\xc0\x80\":{}}", 0, "at byte 10: this is not UTF-8");
    said("{\"a\nb\":{}}", 0, "at byte 11: found the byte 10");
    said("{\"\\x\":{}}", 0, "expected an escape such as \\n");
    said("{\"\\ud800\":{}}", 0, "half of a surrogate pair");
    said("{\"\\udc00\":{}}", 0, "half of a surrogate pair");
    said("{\"\\ud800\\u0041\":{}}", 0, "half of a surrogate pair");
    said("{\"\\u00g0\":{}}", 0, "four hexadecimal digits");
    said("{\"__metadata__\":{\"a\":1}}", 0, "found '1', expected '\"'");
    said("{\"__metadata__\":{\"a\":\"\",\"a\":\"\"}}", 0, "__metadata__ has 'a' twice");
    said("{\"__metadata__\":{},\"__metadata__\":{}}", 0, "__metadata__ is there twice");
    said("{\"w\":{}}", 0, "tensor 'w': it needs dtype, shape and data_offsets");
    said("{\"w\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}", 0, "tensor 'w': it is there twice");
    said("{\"w\":{\"color\":\"F32\"}}", 0, "expected dtype, shape or data_offsets");
    said(tensor_text("F32", "[-1]", "[0,4]"), 4, "found '-', expected a number without a sign");
    said(tensor_text("F32", "[1.0]", "[0,4]"), 4, "found '.', expected ',' or ']'");
    said(tensor_text("F32", "[1e9]", "[0,4]"), 4, "found 'e'");
    said(tensor_text("F32", "[01]", "[0,4]"), 4, "begins with 0");
    said(tensor_text("F32", "[18446744073709551616]", "[0,4]"), 4, "number is too large");
    said(tensor_text("F32", "[18446744073709551615]", "[0,4]"), 4, "no memory has room");
    said(tensor_text("F32", "[4611686018427387905]", "[0,4]"), 4, "no memory has room");
    said(tensor_text("F32", "[4294967296,4294967296,4]", "[0,0]"), 0, "no memory has room");
    said(tensor_text("F32", "[18446744073709551615,0]", "[0,0]"), 0, "no memory has room");
    said(tensor_text("F32", "[1]", "[0,8]"), 8, "enclose 8 bytes, its shape [1] has 4");
    said(tensor_text("F32", "[1]", "[4,0]"), 4, "data_offsets are 4 and 0, of 4 bytes");
    said(tensor_text("F32", "[1]", "[0,4]"), 3, "data_offsets are 0 and 4, of 3 bytes");
    said(tensor_text("F32", "[1]", "[4,8]"), 8, "no tensor has the bytes before tensor 'w'");
    said(tensor_text("F32", "[1]", "[0,4]"), 5, "no tensor has the bytes from here on");
    const std::string name(1000, 'n');
    said("{\"" + name + "\":[]}", 0, "nnn...': found '['");
    const auto two = [](const char* a, const char* b, const char* second) {
        const std::string one = tensor_text("U8", "[4]", a), other = tensor_text("U8", "[4]", b);
        return one.substr(0, one.size() - 1) + ",\"" + second + other.substr(2);
    };
    said(two("[0,4]", "[2,6]", "v"), 6, "overlaps the one before");
    said(two("[0,4]", "[0,4]", "v"), 4, "overlaps the one before");
    said(two("[0,4]", "[4,8]", ""), 8, "at byte 61: tensor 'w' is there twice");
    CHECK(parsed(two("[4,8]", "[0,4]", "v"), 8).code == errc::ok);

    auto e = parsed(tensor_text("F8_E4M3", "[1]", "[0,1]"), 1);
    CHECK(e.code == errc::unimplemented);
    CHECK(e.says("has tensor 'w' with elements of dtype 'F8_E4M3'; weft reads F64"));
    e = parsed(tensor_text("F32", "[1,1,1,1,1,1,1,1,1]", "[0,4]"), 4);
    CHECK(e.code == errc::unimplemented);
    CHECK(e.says("more than 8 dimensions"));
}

TEST_CASE("what JSON allows is read: spaces, escapes, members in any order") {
    const std::string header =
        "{ \"\\u0077\\ud83d\\ude00\\/\" :\n{\"data_offsets\" : [ 0 , 4 ], \"shape\":[ ],\t"
        "\"dtype\":\"\\u00463\\u0032\"}\r, \"__metadata__\" : { \"a\":\"\\b\\f\\r\\t\" } }  ";
    const auto read = safetensors_header::parse(header, 4, "f");
    REQUIRE(read.tensors.size() == 1);
    CHECK(read.tensors[0].name == "w\U0001F600/");
    CHECK(read.tensors[0].element == dtype::float32);
    CHECK(read.metadata.at("a") == "\b\f\r\t");
}

namespace {

// Damages a text as disks, networks and people who wish no good do.
void mutate(std::string& text, std::mt19937& random) {
    const auto below = [&](std::size_t n) { return random() % (n == 0 ? 1 : n); };
    static const char* const pieces[] = {"18446744073709551615",
                                         "9223372036854775807",
                                         "-1",
                                         "0",
                                         "[",
                                         "]",
                                         "{",
                                         "}",
                                         "\"",
                                         ",",
                                         "\\u0000",
                                         "\\",
                                         "null",
                                         "4294967296",
                                         "\xf0\x9f",
                                         "{\"w\":",
                                         "F64",
                                         "__metadata__"};
    const std::size_t at = below(text.size());
    const std::size_t count = std::min(below(12), text.size() - at);
    switch (below(6)) {
        case 0: text.erase(at, count); break;
        case 1: text.insert(at, text.substr(below(text.size()), count)); break;
        case 2: text.replace(at, below(3), pieces[below(std::size(pieces))]); break;
        case 3: text.resize(at); break;
        case 4:
            if (!text.empty()) text[at] = static_cast<char>(random());
            break;
        default:
            if (!text.empty()) text[at] = static_cast<char>('0' + below(10));
            break;
    }
}
// Whether the tensors are what a reader may rely on.
bool is_sound(std::span<const safetensors_entry> tensors, std::uint64_t data_bytes) {
    std::uint64_t end = 0;
    for (const safetensors_entry& one : tensors) {
        bool empty = false;
        for (std::size_t extent : one.shape) empty = empty || extent == 0;
        const std::uint64_t bytes = empty ? 0 : one.shape.size() * size_of(one.element);
        if (one.begin != end || one.end != end + bytes || one.end > data_bytes) return false;
        if (safetensors_name(one.element) == nullptr) return false;
        end = one.end;
    }
    return end == data_bytes;
}

}  // namespace

TEST_CASE("damaged headers and files are refused, or sound") {
    const temporary_folder in;
    const tensor<float, 2, 3> w{{1, 2, 3}, {4, 5, 6}};
    const tensor<std::uint8_t, 5> u{1, 2, 3, 4, 5};
    const tensor<bool, 2> yes{true, true};
    const tensor<double, dyn> none;
    write_safetensors(in / "a", {{"w", w}, {"u\n", u}, {"yes", yes}, {"none", none}},
                      {{"step", "\u20ac 12"}});
    const std::string file = in.read("a"), header = file.substr(8, file.size() - 8 - 31);
    REQUIRE(safetensors_header::parse(header, 31, "f").tensors.size() == 4);
    std::mt19937 random(1);
    int accepted = 0, files = 0;
    for (int i = 0; i < 20'000; ++i) {
        std::string text = header;
        for (auto k = 1 + random() % 3; k > 0; --k) mutate(text, random);
        const std::uint64_t bytes = i % 4 == 0 ? random() % 64 : 31;
        const auto e = error_of([&] {
            const auto read = safetensors_header::parse(text, bytes, "f");
            CHECK(is_sound(read.tensors, bytes));
            ++accepted;
        });
        if (e.code == errc::ok || e.code == errc::invalid_argument) continue;
        CHECK(e.code == errc::unimplemented);
    }
    CHECK(accepted > 100);
    for (int i = 0; i < 1'500; ++i) {
        std::string text = file;
        mutate(text, random);
        put(in / "b", text);
        const auto e = error_of([&] {
            const safetensors_file read(in / "b");
            ++files;
            for (const safetensors_entry& one : read.tensors()) {
                std::vector<char> room(one.bytes());
                read.read(one, room.data());
            }
        });
        CHECK((e.code == errc::ok || e.code == errc::invalid_argument ||
               e.code == errc::unimplemented));
    }
    CHECK(files > 10);
}
