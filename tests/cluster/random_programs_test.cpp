// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Random programs of values, variables, writes and control dependencies, spread over tasks at
// random, against the same program in a plain session: what a run gives, and what it leaves in the
// variables, must not depend on where nodes are.
#include "local_cluster.hpp"

#include <weft/weft.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <random>

using namespace weft;

namespace {

using scalar_node = node<tensor<float>>;

struct program {
    graph g;
    std::vector<scalar_node> values;
    std::vector<variable<tensor<float>>> variables;
    std::vector<node<void>> writes;
};

class writer {
public:
    writer(program& to, unsigned seed, const std::vector<std::string>& tasks)
        : to_(to), random_(seed), tasks_(tasks) {}

    void write(int nodes) {
        for (int i = 0; i < 3; ++i) {
            const device_scope here = pin();
            to_.variables.push_back(to_.g.variable(static_cast<float>(i + 1)));
            last_write_.emplace_back();
        }
        to_.values.push_back(to_.g.placeholder<tensor<float>>("x"));
        to_.values.push_back(to_.g.placeholder<tensor<float>>("y"));
        for (int i = 0; i < nodes; ++i) add_node();
    }

private:
    std::size_t below(std::size_t n) { return random_() % n; }
    // Draws the same numbers whether there are tasks or not.
    device_scope pin() {
        const std::size_t choice = below(4);
        return {to_.g, choice < tasks_.size() ? tasks_[choice] : ""};
    }
    const scalar_node& value() { return to_.values[below(to_.values.size())]; }

    void add_node() {
        const std::size_t kind = below(6), v = below(3);
        const scalar_node a = value(), b = value();
        const device_scope here = pin();
        const variable<tensor<float>>& var = to_.variables[v];
        switch (kind) {
            case 0: return keep(scalar_node(a + b * 0.5f));
            case 1: return keep(scalar_node(a * 0.25f - var));
            case 2: return add_write(v, a);
            case 3: {
                if (!last_write_[v]) return keep(scalar_node(var * 0.5f));
                const control_dependencies after(to_.g, {*last_write_[v]});
                return keep(var.read());
            }
            case 4: {
                const control_dependencies after(to_.g, {b});
                return keep(scalar_node(a + 1.0f));
            }
            default: {
                if (to_.writes.empty()) return keep(scalar_node(a - b));
                const control_dependencies after(to_.g,
                                                 {to_.writes[below(to_.writes.size())]});
                return keep(scalar_node(a * 0.5f + var));
            }
        }
    }
    void add_write(std::size_t v, const scalar_node& a) {
        const bool adds = below(2) == 0;
        const device_scope with_variable(to_.g, no_device);
        std::optional<control_dependencies> after;
        if (last_write_[v]) after.emplace(to_.g, std::initializer_list<node_ref>{*last_write_[v]});
        const variable<tensor<float>>& var = to_.variables[v];
        last_write_[v] = adds ? var.assign_add(a * 0.5f) : var.assign(a);
        to_.writes.push_back(*last_write_[v]);
    }
    void keep(const scalar_node& made) { to_.values.push_back(made); }

    program& to_;
    std::mt19937 random_;
    const std::vector<std::string> tasks_;
    std::vector<std::optional<node<void>>> last_write_;
};

// What two runs of a program give, and what is in the variables after each.
std::vector<float> results_of(const program& p, session& s, unsigned seed) {
    std::mt19937 random(seed + 1);
    const auto pick = [&] { return p.values[random() % p.values.size()]; };
    const scalar_node a = pick(), b = pick(), c = p.values.back();
    const auto& [u, v, w] = std::tie(p.variables[0], p.variables[1], p.variables[2]);
    // All writes run, for nothing may be lost.
    std::vector<float> out;
    s.initialize();
    for (float fed : {1.5f, -2.0f}) {
        const std::initializer_list<feed_entry> feeds{feed(p.values[0], fed),
                                                      feed(p.values[1], fed + 1)};
        node<void> all = [&] {
            return p.writes.empty() ? node<void>(u.initializer()) : p.writes.back();
        }();
        const auto [ra, rb, rc, ru, done] = s.run(feeds, a, b, c, u, all);
        const auto [u1, v1, w1] = s.run(u, v, w);
        for (float value : {float(ra), float(rb), float(rc), float(ru), float(u1), float(v1),
                            float(w1)})
            out.push_back(value);
    }
    return out;
}

std::vector<float> in_one_process(unsigned seed, int nodes) {
    program p;
    writer(p, seed, {}).write(nodes);
    session s{p.g, {.inter_op_parallelism_threads = -1}};
    return results_of(p, s, seed);
}
std::vector<float> on_a_cluster(unsigned seed, int nodes) {
    std::vector<float> out;
    const auto thrown = test::run_tasks(
        cluster_spec{{"a", 1}, {"b", 2}}, [&](test::loopback_engine& engine, const cluster& c) {
            program p;
            writer(p, seed, {"/job:a/task:0", "/job:b/task:0", "/job:b/task:1"}).write(nodes);
            server here{engine, c, p.g, test::small_server()};
            if (c.rank() != 1) {
                here.join();
                return;
            }
            session s = here.session();
            const struct at_end {
                server& of;
                ~at_end() { of.stop(); }
            } stop{here};
            out = results_of(p, s, seed);
        });
    CHECK(test::text_of(thrown) == "");
    return out;
}

}  // namespace

TEST_CASE("a program gives the same on any tasks") {
    for (unsigned seed = 1; seed <= 60; ++seed) {
        const int nodes = 4 + static_cast<int>(seed % 40);
        CAPTURE(seed);
        CHECK(in_one_process(seed, nodes) == on_a_cluster(seed, nodes));
    }
}
