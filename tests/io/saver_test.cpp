// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Checkpoints: what is restored is what was saved, to the bit, on any device; what does not fit is
// said as a whole, and changes nothing.
#include <weft/io.hpp>
#include <weft/weft.hpp>

#include <doctest/doctest.h>
#include <support/caught.hpp>
#include <support/folder.hpp>

#include <cstring>

using namespace weft;
using weft_test::error_of;
using weft_test::temporary_folder;

namespace {

// Learns w of y = w x by steps with a momentum; a counter tells the steps.
struct learner {
    explicit learner(const char* device) : pin{g, device} {}

    graph g;
    device_scope pin;
    node<tensor<float, 8, 4>> x = g.placeholder<tensor<float, 8, 4>>("x");
    weft::variable<tensor<float, 4, 1>> w = g.variable(normal<float, 4, 1>(3), "w");
    weft::variable<tensor<float, 4, 1>> speed = g.variable(zeros<float, 4, 1>(), "speed");
    weft::variable<tensor<float>> steps = g.variable(0.0f, "steps");
    node<void> step = made();

    node<void> made() {
        node off = matmul(x, w) - sum<1>(x, keepdims);
        node slope = matmul(transpose(x), off) * 0.01f;
        auto faster = speed.assign(speed * 0.9f + slope);
        control_dependencies after{g, {faster}};
        return group(w.assign_sub(speed.read()), steps.assign_add(1.0f));
    }
    static tensor<float, 8, 4> batch(int k) {
        tensor<float, 8, 4> out;
        for (std::size_t i = 0; i < out.size(); ++i)
            out.data()[i] = static_cast<float>((i * 7 + static_cast<std::size_t>(k) * 5) % 11) - 5;
        return out;
    }
    void train(session& s, int from, int to) {
        for (int k = from; k < to; ++k) s.run({feed(x, batch(k))}, step);
    }
};

std::string device_where(const node_ref& n) { return to_string(n.record().where); }

template <class A, class B>
bool same_bits(const A& a, const B& b) {
    return a.shape() == b.shape() &&
           std::memcmp(a.data(), b.data(), a.size() * sizeof *a.data()) == 0;
}

}  // namespace

TEST_CASE("a restart from a checkpoint gives exactly the uninterrupted result") {
    const temporary_folder in;
    for (const char* device : {"/cpu:0", "/gpu:0", ""}) {
        CAPTURE(device);
        learner model(device);
        session through{model.g, {.emulated_gpus = 1}};
        through.initialize();
        model.train(through, 0, 20);
        {
            session first{model.g, {.emulated_gpus = 1}};
            first.initialize();
            model.train(first, 0, 12);
            saver(model.g).save(first, in / "model", {{"step", "12"}});
        }
        learner again(device);  // as another process would
        session second{again.g, {.emulated_gpus = 1}};
        auto metadata = saver(again.g).restore(second, in / "model");
        CHECK(metadata == file_metadata{{"step", "12"}});
        again.train(second, std::stoi(metadata["step"]), 20);
        CHECK(same_bits(second.run(again.w), through.run(model.w)));
        CHECK(same_bits(second.run(again.speed), through.run(model.speed)));
        CHECK(second.run(again.steps) == 20);
        CHECK(second.device_of(again.w) == through.device_of(model.w));
    }
    CHECK(in.files() == std::vector<std::string>{"model"});
}

TEST_CASE("a session goes back to a checkpoint, and the same state gives the same file") {
    const temporary_folder in;
    learner model("/gpu:0");
    session s{model.g, {.emulated_gpus = 1}};
    s.initialize();
    model.train(s, 0, 5);
    const saver kept{model.g};
    kept.save(s, in / "a");
    model.train(s, 5, 9);
    kept.save(s, in / "b");
    CHECK(in.read("a") != in.read("b"));
    CHECK(kept.restore(s, in / "a").empty());
    CHECK(s.run(model.steps) == 5);
    kept.save(s, in / "c");
    CHECK(in.read("a") == in.read("c"));
    model.train(s, 5, 9);
    kept.save(s, in / "c");
    CHECK(in.read("b") == in.read("c"));
}

TEST_CASE("element types, dyn dimensions, values of several pieces, and the file that others see") {
    const temporary_folder in;
    const auto build = [](graph& g) {
        device_scope pin{g, "/gpu:0"};
        auto large = g.variable(uniform<float, 1'500'000>(1), "large");
        device_scope host{g, "/cpu:0"};
        auto rows = g.variable(g.constant(tensor<half, dyn, 2>{{half(1.0f), half(2.0f)}}), "rows");
        auto yes = g.variable(g.constant(tensor<bool, 3>{true, false, true}), "layer/yes");
        auto n = g.variable(g.constant(tensor<std::int64_t>{-5}), "n");
        auto z = g.variable(g.constant(tensor<std::complex<float>, 1>{{1, 2}}), "z");
        return std::tuple{large, rows, yes, n, z};
    };
    graph g, h;
    const auto [large, rows, yes, n, z] = build(g);
    session s{g, {.emulated_gpus = 1}};
    s.initialize();
    saver(g).save(s, in / "a");
    const safetensors_file file(in / "a");
    CHECK(file.tensors().size() == 5);
    CHECK(file.tensors()[0].element == dtype::int64);  // larger elements first
    CHECK(same_bits(file.get<tensor<float, dyn>>("large"), s.run(large)));
    CHECK(file.get<tensor<bool, 3>>("layer/yes") == tensor<bool, 3>{true, false, true});

    const auto [large2, rows2, yes2, n2, z2] = build(h);
    const tensor<half, 3, 2> three{};
    write_safetensors(in / "b", {{"large", file.get<tensor<float, dyn>>("large")},
                                 {"rows", three},
                                 {"layer/yes", tensor<bool, 3>{}},
                                 {"n", tensor<std::int64_t>{7}},
                                 {"z", tensor<std::complex<float>, 1>{{3, 4}}}});
    session t{h, {.emulated_gpus = 1}};
    saver(h).restore(t, in / "b");
    CHECK(same_bits(t.run(large2), s.run(large)));
    CHECK(t.run(rows2).shape() == dims{3, 2});
    CHECK(t.run(yes2) == tensor<bool, 3>{});
    CHECK(t.run(n2) == 7);
    CHECK(t.run(z2).data()[0] == std::complex<float>(3, 4));
}

TEST_CASE("what does not fit is said as a whole, and nothing changes") {
    const temporary_folder in;
    write_safetensors(in / "a", {{"w", tensor<float, 2>{1, 2}},
                                 {"b", tensor<double, 2>{1, 2}},
                                 {"c", tensor<float, 3>{}},
                                 {"old/w", tensor<float, 1>{}},
                                 {"older", tensor<bool>{}}});
    graph g;
    const auto w = g.variable(tensor<float, 2>{7, 7}, "w");
    const auto b = g.variable(tensor<float, 2>{}, "b");
    const auto c = g.variable(tensor<float, 2>{}, "c");
    const auto d = g.variable(g.constant(tensor<float, dyn>{1}), "d");
    const auto e5 = g.variable(1.0f, "e");
    session s{g};
    s.initialize();
    const auto e = error_of([&] { saver(g).restore(s, in / "a"); });
    CHECK(e.code == errc::failed_precondition);
    CHECK(e.text == "cannot restore variables from '" + in / "a" +
                        "'; nothing has changed\n"
                        "missing in the file, see saver_options::allow_missing:\n"
                        "  'd' (float [?], made at " +
                        device_where(d) +
                        ")\n"
                        "  'e' (float [], made at " +
                        device_where(e5) +
                        ")\n"
                        "only in the file, see saver_options::allow_extra:\n"
                        "  'old/w' (float [1])\n"
                        "  'older' (bool [])\n"
                        "of another type or shape:\n"
                        "  'b' (float [2], made at " +
                        device_where(b) +
                        "), where the file has double [2]\n"
                        "  'c' (float [2], made at " +
                        device_where(c) + "), where the file has float [3]");
    CHECK(s.run(w) == tensor<float, 2>{7, 7});

    const saver some{g, {.variables = {w, d}, .allow_missing = true, .allow_extra = true}};
    some.restore(s, in / "a");
    CHECK(s.run(w) == tensor<float, 2>{1, 2});
    CHECK(s.run(d) == tensor<float, dyn>{1});
    session fresh{g};
    some.restore(fresh, in / "a");
    CHECK(error_of([&] { fresh.run(d); }).says("uninitialized value 'd'"));
    const saver strict{g, {.variables = {w}}};
    CHECK(error_of([&] { strict.restore(s, in / "a"); }).says("\n  'b' (double [2])"));
    strict.save(s, in / "w");
    CHECK(safetensors_file(in / "w").tensors().size() == 1);
    strict.restore(fresh, in / "w");
}

TEST_CASE("a damaged file changes nothing") {
    const temporary_folder in;
    graph g;
    const auto w = g.variable(tensor<float, 2>{1, 2}, "w");
    const auto yes = g.variable(g.constant(tensor<bool, 1>{true}), "yes");
    session s{g};
    s.initialize();
    saver(g).save(s, in / "a");
    std::string text = in.read("a");
    text.back() = 2;
    std::ofstream(in / "b", std::ios::binary) << text;
    CHECK(error_of([&] { saver(g).restore(s, in / "b"); }).says("tensor 'yes' is BOOL"));
    std::filesystem::resize_file(in / "a", text.size() - 1);
    CHECK(error_of([&] { saver(g).restore(s, in / "a"); }).code == errc::invalid_argument);
    CHECK(error_of([&] { saver(g).restore(s, in / "none"); }).code == errc::not_found);
    CHECK(s.run(w) == tensor<float, 2>{1, 2});
    CHECK(s.run(yes).data()[0]);
}

TEST_CASE("what cannot be saved, and savers that do not fit") {
    const temporary_folder in;
    graph g, other;
    const auto a = g.variable(1.0f, "a");
    const auto b = g.variable(2.0f, "b"), c = g.variable(3.0f, "c");
    session s{g};
    s.run(b.initializer());
    auto e = error_of([&] { saver(g).save(s, in / "x"); });
    CHECK(e.code == errc::failed_precondition);
    CHECK(e.says("cannot save to '" + in / "x" + "': these variables have no value yet: 'a', 'c'"));
    CHECK(e.node == "a");
    CHECK(in.files().empty());
    s.initialize();
    saver(g).save(s, in / "x");
    const std::string before = in.read("x");
    e = error_of([&] { saver(g).save(s, in / "no/x"); });
    CHECK(e.code == errc::not_found);
    CHECK(e.says("cannot write the file '" + in / "no/x" + "'"));
    CHECK(error_of([&] { saver(g).save(s, in / "x", {{"a", "\xff"}}); }).says("not UTF-8"));

    g.variable(tensor<std::complex<double>, 1>{{1, 2}}, "z");
    s.initialize();
    e = error_of([&] { saver(g).save(s, in / "x"); });
    CHECK(e.code == errc::unimplemented);
    CHECK(e.says("which 'z' has"));
    CHECK(in.read("x") == before);
    CHECK(in.files() == std::vector<std::string>{"x"});
    saver(g, {.variables = {a, b, a, c}}).restore(s, in / "x");

    const auto foreign = other.variable(1.0f, "f");
    CHECK(error_of([&] { saver(g, {.variables = {foreign}}); }).says("saver names node 'f'"));
    e = error_of([&] { saver(g, {.variables = {node(a + 1.0f)}}); });
    CHECK(e.code == errc::invalid_argument);
    CHECK(e.says("a saver is for variables, and 'Add' is none"));
    e = error_of([&] { saver(other).save(s, in / "x"); });
    CHECK(e.code == errc::invalid_argument);
    CHECK(e.says("this session is of another graph than its saver"));
}
