// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Devices that run behind, as a run sees them: each is told of what it is given, in order, is
// waited for at the end of every run, well or not, and may know better than the step what went
// wrong.
#include <weft/runtime/in_order_queue.hpp>
#include <weft/weft.hpp>

#include <doctest/doctest.h>
#include <support/caught.hpp>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

using namespace weft;
using weft_test::error_of;

namespace {

// What happens to the only device of the kind, and what it is to say.
struct happenings {
    std::string log;
    bool lost = false;           // found out by whoever asks
    bool fails_at_end = false;
    bool fails_to_start = false; // the kernel that was launched last
    bool has_memory = true;
};
happenings now;

class late_device final : public device {
public:
    explicit late_device(device_parts parts)
        : device(std::move(parts.info), parts.memory_space), queue_("late") {}

    void copy_in(void* to, const void* from, std::size_t bytes) override {
        std::memcpy(to, from, bytes);
    }
    void copy_out(void* to, const void* from, std::size_t bytes) override {
        std::memcpy(to, from, bytes);
    }
    bool watches_launches() const noexcept override { return true; }
    void launch(const node_record& of) override { now.log += of.name + ' '; }
    void launched() override {
        if (now.fails_to_start) fail(errc::unavailable, "not started");
    }
    void finish() override {
        now.log += "end ";
        if (now.fails_at_end) fail(errc::unavailable, "found at the end");
    }
    void check_usable() override {
        if (now.lost) throw error(errc::unavailable, "lost, by 'culprit'", "culprit", {});
    }
    void submit(work_item& item) noexcept override { queue_.submit(item); }
    bool enter() noexcept override { return queue_.hold(); }
    void leave() noexcept override { queue_.let_go(); }
    std::unique_ptr<kernel_slot> make_context() override;

private:
    void* obtain(std::size_t bytes) noexcept override {
        return now.has_memory ? std::malloc(bytes + 1) : nullptr;
    }
    void give_back(void* address, std::size_t) noexcept override { std::free(address); }

    in_order_queue queue_;
};

struct late {
    static constexpr const char* name = "late";
    static std::unique_ptr<device> make_device(device_parts parts) {
        return std::make_unique<late_device>(std::move(parts));
    }
};
std::unique_ptr<kernel_slot> late_device::make_context() {
    return std::make_unique<kernel_context<late>>(*this, nullptr);
}

using row = tensor<float, 2>;

struct refuse {
    static constexpr const char* name = "Refuse";
};

}  // namespace

template <>
struct weft::kernel<ops::neg, late, float> : weft::kernel<ops::neg, cpu, float> {};
template <>
struct weft::kernel<refuse, cpu, float> {
    static float apply(float x) { return x; }
};
template <>
struct weft::kernel<refuse, late, float> {
    static float apply(float) { fail(errc::aborted, "refused"); }
};

namespace {

struct late_graph {
    basic_graph<device_kinds<late, cpu>> g;
    decltype(g.placeholder<row>("x")) x = g.placeholder<row>("x");
};

}  // namespace

TEST_CASE("a device is told of what it is given, and waited for when the run ends") {
    for (int threads : {-1, 2}) {
        now = {};
        late_graph l;
        node a{on<late>(-l.x), "a"}, b{on<late>(-a), "b"}, here{on<cpu>(-l.x), "here"};
        session s{l.g, {.inter_op_parallelism_threads = threads, .use_per_session_threads = true}};
        CHECK(s.run({feed(l.x, row{1, 2})}, b) == row{1, 2});
        CHECK(now.log == "x a b end ");
        now.log.clear();
        CHECK(s.run({feed(l.x, row{1, 2})}, here) == row{-1, -2});
        CHECK(now.log.empty());
        now.fails_to_start = true;
        const auto e = error_of([&] { s.run({feed(l.x, row{1, 2})}, b); });
        CHECK(e.says("not started"));
        CHECK(e.node == "x");
        CHECK(now.log == "x end ");
    }
}

TEST_CASE("what is found at the end is the run's error, unless it has one") {
    now = {};
    late_graph l;
    node a{on<late>(-l.x), "a"}, bad{on<late>(elementwise<refuse>(l.x)), "bad"};
    session s{l.g};
    now.fails_at_end = true;
    CHECK(error_of([&] { s.run({feed(l.x, row{})}, a); }).text == "found at the end");
    const auto e = error_of([&] { s.run({feed(l.x, row{})}, bad); });
    CHECK(e.says("refused"));
    CHECK(e.node == "bad");
    CHECK(now.log == "x a end x bad end ");
    // A device that is lost knows who did it.
    now.lost = true;
    const auto lost = error_of([&] { s.run({feed(l.x, row{})}, bad); });
    CHECK(lost.text == "lost, by 'culprit'");
    CHECK(lost.node == "culprit");
    now = {};
    CHECK(s.run({feed(l.x, row{1, 2})}, a) == row{-1, -2});
}

TEST_CASE("no memory of a lost device says that it is lost") {
    now = {};
    now.lost = true;
    now.has_memory = false;
    device_parts parts;
    parts.info.name = {"localhost", 0, "late", 0};
    parts.info.memory_limit = 1000;
    late_device d(std::move(parts));
    CHECK(error_of([&] { d.allocate(100); }).text == "lost, by 'culprit'");
    CHECK(d.memory().in_use == 0);
    now.lost = false;
    CHECK_THROWS_WITH_AS(d.allocate(100),
                         "out of memory on /job:localhost/task:0/late:0: 100 bytes requested, 0 in "
                         "use, limit 1000",
                         failure);
    now.has_memory = true;
    d.deallocate(d.allocate(1000), 1000);
    CHECK(d.memory().peak == 1000);
}
