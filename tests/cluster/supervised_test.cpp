// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// supervised(): a job that is started again from its checkpoint gives exactly what one without a
// break gives; what the loss of a task ends, and what goes on.
#include "local_cluster.hpp"

#include <weft/cluster/supervised.hpp>
#include <weft/weft.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <fstream>

#include <unistd.h>

using namespace weft;
using namespace std::chrono_literals;
using test::loopback_engine;

namespace {

const cluster_spec one_and_two{{"ps", 1}, {"worker", 2}};

class scratch_folder {
public:
    scratch_folder()
        : path_(std::filesystem::temp_directory_path() /
                ("weft-supervised-" + std::to_string(::getpid()))) {
        std::filesystem::remove_all(path_);
        std::filesystem::create_directories(path_);
    }
    ~scratch_folder() { std::filesystem::remove_all(path_); }
    std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

// A state on ps that both workers add to, and one of each worker's own, of which the results of a
// step depend on all that was before.
struct program {
    explicit program(const cluster& c) {
        const device_scope here(g, c.self());
        {
            const device_scope ps(g, "/job:ps/task:0");
            shared.emplace(g.variable(1.0f, "shared"));
        }
        own.emplace(g.variable(1.0f, "own"));
        const device_scope with_variables(g, no_device);
        add.emplace(shared->assign_add(x));
        advance.emplace(own->assign(*own * 1.5f + 0.25f));
    }
    graph g;
    std::optional<variable<tensor<float>>> shared, own;
    node<tensor<float>> x = g.placeholder<tensor<float>>("x");
    std::optional<node<void>> add, advance;
};

struct outcome {
    float shared = 0, own[2] = {};
    long next[2] = {};
};

// Both workers do `steps` steps in all, from wherever the checkpoint is.
outcome train(const supervised_options& options, std::vector<std::string>& thrown) {
    outcome out;
    thrown = test::run_tasks(one_and_two, [&](loopback_engine& engine, const cluster& c) {
        program p(c);
        server here{engine, c, p.g, test::small_server()};
        if (c.job() == "ps") {
            here.join();
            return;
        }
        const struct at_end {
            server& of;
            ~at_end() { of.stop(); }
        } stop{here};
        out.next[c.task()] = supervised(here, options, [&](session& s, long step) {
            const float value = static_cast<float>(step + 1) * static_cast<float>(c.task() + 1);
            s.run({feed(p.x, value)}, *p.add, *p.advance);
        });
        session s = here.session();
        here.barrier("worker");
        out.own[c.task()] = s.run(*p.own);
        if (c.task() == 0) out.shared = s.run(*p.shared);
        here.barrier("worker");
    });
    return out;
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a restart from a checkpoint gives exactly the uninterrupted result") {
    std::vector<std::string> thrown;
    const outcome whole = train({.every = {}, .steps = 20}, thrown);
    CHECK(test::text_of(thrown) == "");
    CHECK(whole.shared == 1 + 3 * 20 * 21 / 2);
    CHECK(whole.next[0] == 20);

    const scratch_folder folder;
    supervised_options options{.checkpoint = folder.path(), .every = {}, .every_steps = 4};
    options.steps = 10;
    const outcome first = train(options, thrown);
    CHECK(test::text_of(thrown) == "");
    CHECK(first.shared == 1 + 3 * 10 * 11 / 2);
    std::string latest;
    std::getline(std::ifstream(folder.path() + "/latest") >> std::ws, latest);
    CHECK(latest == "step-10");
    // As if it had been killed behind the checkpoint of step 8.
    options.steps = 20;
    const outcome second = train(options, thrown);
    CHECK(test::text_of(thrown) == "");
    CHECK(second.next[1] == 20);
    CHECK(second.shared == whole.shared);
    for (int task : {0, 1}) CHECK(second.own[task] == whole.own[task]);
}

TEST_CASE("checkpoints by the clock are of one step in all tasks") {
    const scratch_folder folder;
    std::vector<std::string> thrown;
    const outcome done =
        train({.checkpoint = folder.path(), .every = 3ms, .steps = 200}, thrown);
    CHECK(test::text_of(thrown) == "");
    CHECK(done.shared == 1 + 3 * 200 * 201 / 2);
    CHECK(std::filesystem::exists(folder.path() + "/step-200/worker-1.safetensors"));
}

TEST_CASE("a checkpoint of another program is refused with its names") {
    const scratch_folder folder;
    std::vector<std::string> thrown;
    train({.checkpoint = folder.path(), .every = {}, .steps = 1}, thrown);
    std::filesystem::remove(folder.path() + "/step-1/ps-0.safetensors");
    train({.checkpoint = folder.path(), .every = {}, .steps = 2}, thrown);
    CHECK(has(thrown[1], "lacks variables of the graph: 'shared'"));
}
