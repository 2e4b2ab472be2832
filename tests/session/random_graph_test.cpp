// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A thousand random graphs: what sessions compute, on several devices, with any number of threads
// and in any order of the steps, is what a plain recursive evaluation of the same operations on
// vectors gives. All values are small whole numbers, so that floating-point results are exact.
#include <weft/weft.hpp>

#include <doctest/doctest.h>
#include <support/caught.hpp>

#include "graph_model.hpp"

#include <algorithm>
#include <cstdlib>
#include <random>

using namespace weft;

namespace {

using weft_test::function;
using weft_test::model;
using weft_test::model_node;
using weft_test::model_run;
using weft_test::value;

// Element-wise with NumPy's broadcasting of these few shapes: 1, 4 and 2x4 elements.
long limited(long v) { return std::clamp(v, -1000L, 1000L); }
template <class F>
function elementwise_of(F f) {
    return [f](const std::vector<value>& in) {
        std::size_t n = 1;
        for (const value& v : in) n = std::max(n, v.size());
        value out(n);
        for (std::size_t i = 0; i < n; ++i) {
            std::vector<long> at;
            for (const value& v : in) at.push_back(v[i % v.size()]);
            out[i] = f(at);
        }
        return out;
    };
}

template <class T>
struct made_node {
    node<T> handle;
    std::size_t index;
};

using number_t = tensor<float>;
using row_t = tensor<float, 4>;
using table_t = tensor<float, 2, 4>;
using counts_t = tensor<std::int64_t, 4>;

template <class T>
value plain(const T& t) {
    return value(t.begin(), t.end());
}
template <class T>
T filled(std::mt19937& random) {
    T t;
    for (auto& e : t) e = static_cast<typename T::value_type>(int(random() % 21) - 10);
    return t;
}

// Builds a graph and its model together.
class builder {
public:
    explicit builder(unsigned seed) : random_(seed) {}

    void build(std::size_t steps) {
        add_sources();
        for (std::size_t i = 0; i < steps; ++i) add_one();
    }
    std::size_t pick(std::size_t n) { return random_() % n; }
    template <class T>
    const made_node<T>& any() {
        const auto& all = list<T>();
        return all[pick(all.size())];
    }
    template <class T>
    std::vector<made_node<T>>& list() {
        if constexpr (std::is_same_v<T, number_t>)
            return numbers_;
        else if constexpr (std::is_same_v<T, row_t>)
            return rows_;
        else if constexpr (std::is_same_v<T, table_t>)
            return tables_;
        else if constexpr (std::is_same_v<T, counts_t>)
            return counts_;
        else
            return writes_;
    }

    graph g;
    model plain_model;
    std::mt19937 random_;

private:
    template <class T>
    node<T> note(node<T> made, std::vector<std::size_t> inputs, function compute) {
        model_node& entry = plain_model.nodes.emplace_back();
        entry.inputs = std::move(inputs);
        entry.compute = std::move(compute);
        for (node_id id : g.record(made.id()).controls) entry.controls.push_back(index_of_[id]);
        plain_model.held.emplace_back();
        plain_model.writes.emplace_back();
        index_of_[made.id()] = plain_model.nodes.size() - 1;
        list<T>().push_back({made, plain_model.nodes.size() - 1});
        return made;
    }
    template <class T>
    void add_variable() {
        const T initial = filled<T>(random_);
        const char* devices[] = {"/cpu:0", "/cpu:1", "/gpu:0", "/gpu:1", ""};
        device_scope pin{g, devices[pick(5)]};
        const auto v = g.variable(initial);
        note(node<T>(v), {}, {});
        const std::size_t index = plain_model.nodes.size() - 1;
        plain_model.nodes[index].variable = index;
        plain_model.held[index] = plain(initial);
        variables<T>().push_back({v, index});
    }
    template <class T>
    std::vector<std::pair<variable<T>, std::size_t>>& variables() {
        if constexpr (std::is_same_v<T, row_t>)
            return row_variables_;
        else
            return count_variables_;
    }
    void add_sources() {
        note(g.constant(float(pick(9))), {}, [v = long(0)](const auto&) { return value{v}; });
        const auto constant = [&]<class T>(std::type_identity<T>) {
            const T t = filled<T>(random_);
            note(g.constant(t), {}, [v = plain(t)](const auto&) { return v; });
        };
        numbers_.clear();
        constant(std::type_identity<number_t>{});
        constant(std::type_identity<row_t>{});
        constant(std::type_identity<table_t>{});
        constant(std::type_identity<counts_t>{});
        for (int i = 0; i < 2; ++i) {
            add_variable<row_t>();
            add_variable<counts_t>();
        }
    }

    void add_one() {
        const char* devices[] = {"",       "/cpu:0", "/cpu:1",        "/gpu:0",
                                 "/gpu:1", "/gpu",   "/job:localhost"};
        device_scope pin{g, devices[pick(7)]};
        std::optional<control_dependencies> after;
        if (pick(3) == 0) {
            if (!writes_.empty() && pick(2) == 0)
                after.emplace(g, std::initializer_list<node_ref>{any<void>().handle});
            else
                after.emplace(g, std::initializer_list<node_ref>{any<row_t>().handle,
                                                                 any<number_t>().handle});
        }
        switch (pick(14)) {
            case 0: return add_scaled<row_t>();
            case 1: return add_scaled<table_t>();
            case 2: return add_difference<number_t>();
            case 3: return add_difference<row_t>();
            case 4: return add_broadcast();
            case 5: return add_total<row_t>();
            case 6: return add_total<table_t>();
            case 7: return add_columns();
            case 8: return add_casts();
            case 9: return add_choice();
            case 10: return add_row_call();
            case 11: return add_count_call();
            case 12: return add_write<row_t>();
            default: return add_write<counts_t>();
        }
    }

    template <class T>
    void add_scaled() {
        const auto a = any<T>();
        const auto b = any<number_t>();
        const auto c = any<T>();
        note(node(clamp(a.handle * b.handle + c.handle, -1000.0f, 1000.0f)),
             {a.index, b.index, c.index},
             elementwise_of([](const auto& x) { return limited(x[0] * x[1] + x[2]); }));
    }
    template <class T>
    void add_difference() {
        const auto a = any<T>();
        const auto b = any<T>();
        note(node(clamp(a.handle - b.handle, -1000.0f, 1000.0f)), {a.index, b.index},
             elementwise_of([](const auto& x) { return limited(x[0] - x[1]); }));
    }
    void add_broadcast() {
        const auto a = any<table_t>();
        const auto b = any<row_t>();
        note(node(clamp(a.handle + b.handle, -1000.0f, 1000.0f)), {a.index, b.index},
             elementwise_of([](const auto& x) { return limited(x[0] + x[1]); }));
    }
    template <class T>
    void add_total() {
        const auto a = any<T>();
        note(node(clamp(sum(a.handle), -1000.0f, 1000.0f)), {a.index}, [](const auto& in) {
            long total = 0;
            for (long v : in[0]) total += v;
            return value{limited(total)};
        });
    }
    void add_columns() {
        const auto a = any<table_t>();
        note(node(clamp(sum<0>(a.handle), -1000.0f, 1000.0f)), {a.index}, [](const auto& in) {
            value out(4);
            for (std::size_t i = 0; i < 4; ++i) out[i] = limited(in[0][i] + in[0][i + 4]);
            return out;
        });
    }
    void add_casts() {
        const auto same = elementwise_of([](const auto& x) { return x[0]; });
        if (pick(2) == 0) {
            const auto a = any<row_t>();
            note(node(cast<std::int64_t>(a.handle)), {a.index}, same);
        } else {
            const auto a = any<counts_t>();
            note(node(cast<float>(a.handle)), {a.index}, same);
        }
    }
    void add_choice() {
        const auto a = any<row_t>();
        const auto b = any<row_t>();
        note(node(where(a.handle > b.handle, a.handle, -b.handle)), {a.index, b.index},
             elementwise_of([](const auto& x) { return x[0] > x[1] ? x[0] : -x[1]; }));
    }
    void add_row_call() {
        const auto a = any<row_t>();
        const auto b = any<number_t>();
        const auto made = call(
            [](tensor_view<const float, 4> row, float n) {
                row_t out;
                for (std::size_t i = 0; i < 4; ++i) out[i] = row[3 - i] > n ? row[3 - i] : n;
                return out;
            },
            a.handle, b.handle);
        note(node<row_t>(made), {a.index, b.index}, [](const auto& in) {
            value out(4);
            for (std::size_t i = 0; i < 4; ++i) out[i] = std::max(in[0][3 - i], in[1][0]);
            return out;
        });
    }
    void add_count_call() {
        const auto a = any<counts_t>();
        const auto made =
            call([](const counts_t& c) { return float(limited(c[0] + c[3])); }, a.handle);
        // A callable's number is an object; it comes back as a tensor by one more call.
        const auto number = call([](const float& f) { return number_t{f}; }, made);
        const std::size_t object = plain_model.nodes.size();
        model_node& entry = plain_model.nodes.emplace_back();
        entry.inputs = {a.index};
        entry.compute = [](const auto& in) { return value{limited(in[0][0] + in[0][3])}; };
        for (node_id id : g.record(made.id()).controls) entry.controls.push_back(index_of_[id]);
        plain_model.held.emplace_back();
        plain_model.writes.emplace_back();
        index_of_[made.id()] = object;
        note(node<number_t>(number), {object}, [](const auto& in) { return in[0]; });
    }
    template <class T>
    void add_write() {
        const auto& all = variables<T>();
        const auto& [v, index] = all[pick(all.size())];
        const auto x = any<T>();
        std::optional<control_dependencies> chain;
        if (last_write_.contains(index))
            chain.emplace(g, std::initializer_list<node_ref>{last_write_.at(index)});
        device_scope anywhere{g, no_device};
        using E = typename T::value_type;
        if (pick(3) == 0) {
            note(v.assign(x.handle), {x.index}, [](const auto& in) { return in[0]; });
        } else {
            note(v.assign(clamp(v + x.handle, E(-1000), E(1000))), {index, x.index},
                 elementwise_of([](const auto& e) { return limited(e[0] + e[1]); }));
        }
        const std::size_t written = plain_model.nodes.size() - 1;
        plain_model.nodes[written].variable = index;
        plain_model.nodes[written].writes = true;
        plain_model.nodes[written].controls.push_back(index);  // an assign needs its variable
        plain_model.writes[index].push_back(written);
        last_write_.insert_or_assign(index, writes_.back().handle);
    }

    std::vector<made_node<number_t>> numbers_;
    std::vector<made_node<row_t>> rows_;
    std::vector<made_node<table_t>> tables_;
    std::vector<made_node<counts_t>> counts_;
    std::vector<made_node<void>> writes_;
    std::vector<std::pair<variable<row_t>, std::size_t>> row_variables_;
    std::vector<std::pair<variable<counts_t>, std::size_t>> count_variables_;
    std::map<std::size_t, node<void>> last_write_;
    std::map<node_id, std::size_t> index_of_;
};

struct totals {
    int runs = 0;
};

// What one run is asked for, again and again in several orders.
struct question {
    explicit question(builder& b)
        : number(b.any<number_t>()),
          row(b.any<row_t>()),
          table(b.any<table_t>()),
          counts(b.any<counts_t>()),
          write(b.list<void>().empty() ? nullptr : &b.any<void>()),
          cut(b.any<row_t>()),
          given(filled<row_t>(b.random_)),
          feeds_one(b.pick(3) == 0),
          last(write != nullptr ? write->handle : group(number.handle)) {}

    model_run expected(const builder& b) const {
        std::vector<std::size_t> fetched{number.index, row.index, table.index, counts.index};
        if (write != nullptr) fetched.push_back(write->index);
        std::map<std::size_t, value> fed;
        if (feeds_one) fed[cut.index] = plain(given);
        return {b.plain_model, fetched, fed};
    }
    auto ask(session& s, const run_options& options) const {
        if (feeds_one)
            return s.run(options, {feed(cut.handle, given)}, number.handle, row.handle,
                         table.handle, counts.handle, last);
        return s.run(options, number.handle, row.handle, table.handle, counts.handle, last);
    }
    run_order order(session& s, std::uint64_t seed) const {
        const auto wanted =
            fetches(number.handle, row.handle, table.handle, counts.handle, last);
        if (feeds_one) return s.plan(feeds(cut.handle), wanted).order(seed);
        return s.plan(feeds(), wanted).order(seed);
    }
    std::string to_string() const {
        return "fetched " + number.handle.name() + ", " + row.handle.name() + ", " +
               table.handle.name() + ", " + counts.handle.name() + ", " + last.name() +
               (feeds_one ? ", fed " + cut.handle.name() : "");
    }

    const made_node<number_t> number;
    const made_node<row_t> row;
    const made_node<table_t> table;
    const made_node<counts_t> counts;
    const made_node<void>* const write;
    const made_node<row_t> cut;
    const row_t given;
    const bool feeds_one;
    const node<void> last;
};

// Random fetches, perhaps with a feed, run as the session likes, again in the order which that had,
// and in others; false where one differs from the model.
bool run_once(builder& b, session& s, totals& count) {
    const question q(b);
    run_order recorded;
    for (std::uint64_t way = 0; way < 5; ++way) {
        model_run expected = q.expected(b);
        ++count.runs;
        std::optional<decltype(q.ask(s, {}))> got;
        const auto e = weft_test::error_of([&] {
            if (way == 0) {
                got = q.ask(s, {.record = &recorded});
                return;
            }
            const run_order order = way == 1 ? recorded : q.order(s, b.random_());
            got = q.ask(s, {.replay = &order});
        });
        if (!got) {
            MESSAGE("way " << way << ": " << e.text);
            return false;
        }
        const bool same = plain(std::get<0>(*got)) == expected.of(q.number.index) &&
                          plain(std::get<1>(*got)) == expected.of(q.row.index) &&
                          plain(std::get<2>(*got)) == expected.of(q.table.index) &&
                          plain(std::get<3>(*got)) == expected.of(q.counts.index);
        if (!same) {
            MESSAGE("way " << way << ": " << q.to_string());
            return false;
        }
        b.plain_model.held = expected.held();
    }
    return true;
}

bool agrees(unsigned seed, totals& count) {
    builder b(seed);
    b.build(5 + b.pick(40));
    const int inter[] = {-1, 1, 2, 3};
    session s{b.g,
              {.inter_op_parallelism_threads = inter[seed % 4],
               .intra_op_parallelism_threads = 1 + int(seed / 4 % 2),
               .use_per_session_threads = true,
               .allow_soft_placement = true,
               .device_count = {{"CPU", 2}},
               .emulated_gpus = 2,
               .memory_limit = {{"/gpu:*", 1 << 20}}}};
    s.initialize();
    for (int i = 0; i < 4; ++i)
        if (!run_once(b, s, count)) return false;
    return true;
}

}  // namespace

TEST_CASE("a thousand random graphs give what a plain evaluation gives") {
    totals count;
    // One failing seed alone: WEFT_SEED=42.
    if (const char* seed = std::getenv("WEFT_SEED")) {
        CHECK(agrees(unsigned(std::atoi(seed)), count));
        return;
    }
    for (unsigned seed = 0; seed < 1000; ++seed) {
        CAPTURE(seed);
        REQUIRE(agrees(seed, count));
    }
    CHECK(count.runs == 20'000);
}
