// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What a run of a graph with variables means, written as plainly as possible: values are vectors of
// whole numbers, nodes functions of them, and a read is on the side of a write that the edges say.
// It knows nothing of weft.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace weft_test {

using value = std::vector<long>;
using function = std::function<value(const std::vector<value>&)>;

constexpr std::size_t none_of_them = static_cast<std::size_t>(-1);

struct model_node {
    std::vector<std::size_t> inputs{};
    std::vector<std::size_t> controls{};
    function compute{};
    std::size_t variable = none_of_them;  // of a variable: itself; of a write: what it writes
    bool writes = false;
};

struct model {
    std::vector<model_node> nodes;
    std::vector<value> held;                       // of each node that is a variable
    std::vector<std::vector<std::size_t>> writes;  // of each variable, each after the one before
};

// One run of the model.
class model_run {
public:
    model_run(const model& of, std::vector<std::size_t> fetches, std::map<std::size_t, value> fed)
        : model_(of), fed_(std::move(fed)), values_(of.nodes.size()), before_(of.nodes.size()) {
        for (std::size_t f : fetches) need(f);
    }

    value of(std::size_t n) {
        if (const auto fed = fed_.find(n); fed != fed_.end()) return fed->second;
        const model_node& node = model_.nodes[n];
        if (is_variable(n)) return model_.held[n];
        if (!values_[n]) {
            std::vector<value> inputs;
            for (std::size_t i : node.inputs)
                inputs.push_back(is_variable(i) && !fed_.contains(i) ? read(i, n) : of(i));
            values_[n] = node.compute(inputs);
        }
        return *values_[n];
    }

    // The variables after the run.
    std::vector<value> held() {
        std::vector<value> after = model_.held;
        for (std::size_t v = 0; v < model_.nodes.size(); ++v)
            for (std::size_t w : model_.writes[v])
                if (needed_.contains(w)) after[v] = of(w);
        return after;
    }

private:
    bool is_variable(std::size_t n) const { return model_.nodes[n].variable == n; }

    void need(std::size_t n) {
        if (!needed_.insert(n).second || fed_.contains(n)) return;
        for (std::size_t i : dependencies(n)) {
            need(i);
            before_[n].insert(i);
            before_[n].insert(before_[i].begin(), before_[i].end());
        }
    }
    std::vector<std::size_t> dependencies(std::size_t n) const {
        std::vector<std::size_t> all = model_.nodes[n].inputs;
        const auto& controls = model_.nodes[n].controls;
        all.insert(all.end(), controls.begin(), controls.end());
        return all;
    }
    // What node n reads: the value of the last write that it comes after.
    value read(std::size_t variable, std::size_t n) {
        value last = model_.held[variable];
        for (std::size_t w : model_.writes[variable])
            if (before_[n].contains(w)) last = of(w);
        return last;
    }

    const model& model_;
    std::map<std::size_t, value> fed_;
    std::vector<std::optional<value>> values_;
    std::vector<std::set<std::size_t>> before_;  // everything that a node comes after
    std::set<std::size_t> needed_;
};

}  // namespace weft_test
