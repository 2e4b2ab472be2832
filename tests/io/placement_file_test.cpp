// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/io.hpp>

#include <doctest/doctest.h>
#include <support/caught.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace {

using weft::errc;
using weft::placement_file;
using weft::read_placement;
using weft::write_placement;
using weft_test::error_of;

// An empty folder that goes with the test.
class folder {
public:
    folder() {
        std::string made = (std::filesystem::temp_directory_path() / "weftXXXXXX").string();
        for (int i = 0;; ++i) {
            path_ = made + std::to_string(i);
            if (std::filesystem::create_directory(path_)) break;
        }
    }
    ~folder() { std::filesystem::remove_all(path_); }
    std::string operator/(const char* name) const { return (path_ / name).string(); }
    std::size_t files() const {
        const std::filesystem::directory_iterator all(path_);
        return static_cast<std::size_t>(std::distance(begin(all), end(all)));
    }

private:
    std::filesystem::path path_;
};

std::string text_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}
void put(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

TEST_CASE("a placement is written, read again, and replaced") {
    const folder here;
    const std::string path = here / "digits.placement";
    placement_file file;
    file.set("layer/logits", "/gpu:1", "MatMul");
    write_placement(path, file);
    CHECK(text_of(path) == "weft placement 1\nlayer/logits /gpu:1 MatMul\n");
    CHECK(read_placement(path) == file);
    CHECK(read_placement(path).path() == path);

    file.set("w", "/cpu:0");
    write_placement(path, file);
    CHECK(read_placement(path) == file);
    CHECK(here.files() == 1);  // nothing is left beside it
}

TEST_CASE("a text of many blocks") {
    const folder here;
    placement_file file;
    for (int i = 0; i < 5'000; ++i) file.set("node_" + std::to_string(i), "/gpu:0", "Add");
    write_placement(here / "large", file);
    CHECK(read_placement(here / "large") == file);
}

TEST_CASE("files that cannot be read: the path and the reason") {
    const folder here;
    const std::string path = here / "none";
    const auto missing = error_of([&] { read_placement(path); });
    CHECK(missing.code == errc::not_found);
    CHECK(missing.text == "cannot read placement file '" + path + "': No such file or directory");
    const auto directory = error_of([&] { read_placement(here / "."); });
    CHECK(directory.code == errc::failed_precondition);
    CHECK(directory.says("directory"));
    put(path, "weft placement 1\nw nowhere\n");
    const auto malformed = error_of([&] { read_placement(path); });
    CHECK(malformed.code == errc::invalid_argument);
    CHECK(malformed.says("line 2, column 3 of placement file '" + path + "': found 'nowhere'"));
}

TEST_CASE("files that cannot be written: the reason, and nothing changes") {
    const folder here;
    const placement_file file;
    const auto e = error_of([&] { write_placement(here / "no/such/folder", file); });
    CHECK(e.code == errc::not_found);
    CHECK(e.says("cannot write the file '" + (here / "no/such/folder") +
                 "': No such file or directory"));
    // A folder that is not empty cannot be replaced by a file.
    std::filesystem::create_directories(here / "taken/inside");
    CHECK(error_of([&] { write_placement(here / "taken", file); }).code ==
          errc::failed_precondition);
    CHECK(here.files() == 1);
}

TEST_CASE("what other writers left beside a file is neither used nor touched") {
    const folder here;
    const std::string path = here / "a.placement";
    put(path + ".new0", "half a li");
    placement_file file;
    file.set("w", "/cpu:0");
    write_placement(path, file);
    CHECK(read_placement(path) == file);
    CHECK(text_of(path + ".new0") == "half a li");
    CHECK(here.files() == 2);
}

}  // namespace
