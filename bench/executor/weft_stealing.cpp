// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// weft's executor when it has to leave every node to work stealing, whatever it takes: what its
// queues and counters cost. Sessions choose for themselves, so this asks the layer below them.
#include "executor/weft_graph.hpp"

#include <weft/runtime/execution.hpp>
#include <weft/runtime/planner.hpp>
#include <weft/runtime/pool_registry.hpp>

#include <map>
#include <memory>

namespace {

template <class Body>
class weft_stealing : public bench::executor {
public:
    weft_stealing(Body body, int threads) : body_(body), pools_({threads, 1, true}) {
        weft::device_parts parts;
        parts.info.name = {"localhost", 0, weft::cpu::name, 0};
        parts.memory_space = 1;
        parts.pools = &pools_;
        parts.client = true;
        host_ = weft::make_device<weft::cpu>(std::move(parts));
        devices_.add(host_->info());
        on_.machine.devices.push_back(host_.get());
        on_.machine.client = host_.get();
        on_.contexts.push_back(std::make_unique<weft::context_pool>(*host_));
    }

    void describe(const bench::dag& of) override { made_.describe(of, body_); }
    void build(const bench::dag&) override {
        const weft::node_id fetch = made_.last;
        plan_ = weft::make_plan(
            {made_.graph, {}, std::span(&fetch, 1), on_.machine, devices_, kept_});
        execution_ = std::make_unique<weft::execution>(*plan_, on_, variables_);
        execution_->bind({}, weft::sharing::stealing);
    }
    void run() override {
        execution_->stop().reset();
        execution_->run();
    }

private:
    Body body_;
    bench::weft_graph made_;
    weft::pool_source pools_;
    std::unique_ptr<weft::device> host_;
    weft::device_list devices_;
    weft::execution_devices on_;
    weft::variable_store variables_;
    const std::map<weft::node_id, weft::device_index> kept_;
    std::shared_ptr<const weft::plan> plan_;
    std::unique_ptr<weft::execution> execution_;
};

const bool added = bench::add_peer<weft_stealing>("weft stealing");

}  // namespace
