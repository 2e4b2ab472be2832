// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How the steps of a plan are shared between threads: units of consecutive steps on one device, and
// who waits for whom among them. One unit is a loop in the calling thread; a unit per step is left
// to work stealing alone; between the two, units are blocks of steps that are worth handing over.
// A pure function of edges, devices and costs; it runs nothing and knows no kernel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace weft {

// What is known of steps: for each, the device it runs on, the steps that wait for it, its time in
// nanoseconds, and by how much it makes the values grow that are held. Steps are numbered in an
// order in which they may run.
struct step_costs {
    std::span<const std::uint32_t> first_successor;  // of each step, and one behind the last
    std::span<const std::uint32_t> successors;
    std::span<const std::uint32_t> devices;
    std::span<const float> ns;
    std::span<const std::int64_t> growth{};  // in bytes, of what is held; empty: not known

    std::size_t size() const { return ns.size(); }
    std::span<const std::uint32_t> after(std::uint32_t step) const {
        return successors.subspan(first_successor[step],
                                  first_successor[step + 1] - first_successor[step]);
    }
};

struct schedule {
    // In an entry of `successors`: the unit waits for nobody else, so it needs no counter.
    static constexpr std::uint32_t only_dependency = std::uint32_t{1} << 31;

    std::vector<std::uint32_t> order;            // the steps, unit after unit
    std::vector<std::uint32_t> first;            // of each unit in `order`, and one behind the last
    std::vector<std::uint32_t> first_successor;  // of each unit, and one behind the last
    std::vector<std::uint32_t> successors;       // the most urgent one comes last
    std::vector<std::uint32_t> needs;            // units that each one waits for
    std::vector<std::uint32_t> roots;            // those that wait for none, likewise
    std::uint32_t sinks = 0;                     // those that nobody waits for
    bool sequential = false;                     // units run one after the other in one thread
    bool single = false;                         // a unit for each step: unit u is order[u]

    std::size_t units() const { return first.empty() ? 0 : first.size() - 1; }
};

namespace detail {

// Cuts the steps into units, and finds the edges between these.
class scheduler {
public:
    scheduler(const step_costs& steps, int threads, double grain_ns)
        : steps_(steps), threads_(threads), grain_(static_cast<float>(grain_ns)) {}

    // One after the other, in the given order or that of their numbers; a unit for each stretch on
    // one device.
    schedule& sequential(std::span<const std::uint32_t> order) {
        const auto n = static_cast<std::uint32_t>(steps_.size());
        out_.sequential = true;
        out_.order.reserve(n);
        for (std::uint32_t i = 0; i < n; ++i) {
            const std::uint32_t step = order.empty() ? i : order[i];
            if (i == 0 || steps_.devices[step] != steps_.devices[out_.order.back()])
                out_.first.push_back(i);
            out_.order.push_back(step);
        }
        out_.first.push_back(n);
        return out_;
    }
    // The same, each unit waiting for the one before it.
    schedule chained(std::span<const std::uint32_t> order) {
        sequential(order);
        out_.sequential = false;
        const auto units = static_cast<std::uint32_t>(out_.units());
        for (std::uint32_t u = 0; u < units; ++u) {
            out_.first_successor.push_back(u);
            out_.needs.push_back(u == 0 ? 0 : 1);
            if (u + 1 < units) out_.successors.push_back((u + 1) | schedule::only_dependency);
        }
        out_.first_successor.push_back(static_cast<std::uint32_t>(out_.successors.size()));
        if (units > 0) out_.roots.push_back(0);
        out_.sinks = units > 0 ? 1 : 0;
        return std::move(out_);
    }
    schedule stealing() {
        const auto n = static_cast<std::uint32_t>(steps_.size());
        out_.order.resize(n);
        out_.first.resize(n + 1);
        for (std::uint32_t i = 0; i < n; ++i) out_.order[i] = out_.first[i] = i;
        out_.first[n] = n;
        out_.single = true;
        connect();
        renumber_as_run();
        return std::move(out_);
    }
    // For steps of one device.
    schedule blocks() {
        order_by_level();
        cut_levels();
        connect();
        return std::move(out_);
    }

private:
    // Level by level: a step's level is one more than the highest that it waits for. Within a level
    // steps are in the order of the last step that they waited for, so that neighbours read what
    // neighbours wrote.
    void order_by_level() {
        const std::size_t n = steps_.size();
        std::vector<std::uint32_t> waits(n, 0);
        for (std::uint32_t later : steps_.successors) ++waits[later];
        out_.order.reserve(n);
        for (std::uint32_t step = 0; step < n; ++step)
            if (waits[step] == 0) out_.order.push_back(step);
        levels_.push_back(0);
        for (std::size_t at = 0; at < out_.order.size();) {
            const std::size_t end = out_.order.size();
            for (; at < end; ++at)
                for (std::uint32_t later : steps_.after(out_.order[at]))
                    if (--waits[later] == 0) out_.order.push_back(later);
            levels_.push_back(static_cast<std::uint32_t>(end));
        }
    }

    float cost(std::size_t first, std::size_t last) const {
        float sum = 0;
        for (std::size_t i = first; i < last; ++i) sum += steps_.ns[out_.order[i]];
        return sum;
    }

    // A level that is worth sharing is cut into blocks of at least a grain; neighbours that are not
    // become one block.
    void cut_levels() {
        bool joining = false;
        for (std::size_t level = 0; level + 1 < levels_.size(); ++level) {
            const float total = cost(levels_[level], levels_[level + 1]);
            if (total < 2 * grain_ || levels_[level + 1] - levels_[level] == 1) {
                if (!joining) out_.first.push_back(levels_[level]);
                joining = true;
                continue;
            }
            joining = false;
            cut(levels_[level], levels_[level + 1], total);
        }
        out_.first.push_back(static_cast<std::uint32_t>(out_.order.size()));
    }
    // Each block is half of a thread's share of what is left, but a grain, as in Polychronopoulos
    // and Kuck, "Guided self-scheduling" (1987): the last ones are small, so that threads end
    // together. The thread that makes them ready takes them from the end, others steal from the
    // beginning: sizes fall from both ends to the middle, alike.
    void cut(std::uint32_t first, std::uint32_t last, float left) {
        std::vector<std::uint32_t> from_end;
        while (first < last) {
            const float half = left / static_cast<float>(2 * threads_);
            const float share = half > grain_ ? half : grain_;
            out_.first.push_back(first);
            left -= advance(first, last, share, [&] { return first++; });
            if (first == last) break;
            left -= advance(first, last, share, [&] { return --last; });
            from_end.push_back(last);
        }
        out_.first.insert(out_.first.end(), from_end.rbegin(), from_end.rend());
    }
    // Takes steps between two positions, one by one, until they take `share` together.
    template <class Take>
    float advance(const std::uint32_t& first, const std::uint32_t& last, float share, Take take) {
        float sum = 0;
        while (first < last && sum < share) sum += steps_.ns[out_.order[take()]];
        return sum;
    }

    // The distinct edges between units, then their order by the way that is left.
    void connect() {
        const std::size_t units = out_.units();
        std::vector<std::uint32_t> unit_of(steps_.size());
        for (std::uint32_t u = 0; u < units; ++u)
            for (std::uint32_t i = out_.first[u]; i < out_.first[u + 1]; ++i)
                unit_of[out_.order[i]] = u;
        out_.needs.assign(units, 0);
        out_.first_successor.reserve(units + 1);
        std::vector<std::uint32_t> seen_from(units, static_cast<std::uint32_t>(-1));
        for (std::uint32_t u = 0; u < units; ++u) {
            out_.first_successor.push_back(static_cast<std::uint32_t>(out_.successors.size()));
            for (std::uint32_t i = out_.first[u]; i < out_.first[u + 1]; ++i)
                for (std::uint32_t later : steps_.after(out_.order[i])) {
                    const std::uint32_t to = unit_of[later];
                    if (to == u || std::exchange(seen_from[to], u) == u) continue;
                    out_.successors.push_back(to);
                    ++out_.needs[to];
                }
        }
        out_.first_successor.push_back(static_cast<std::uint32_t>(out_.successors.size()));
        prioritise();
    }

    // Units are numbered in an order in which they may run, so one pass from the end suffices. The
    // blocks of a level keep their order: for them the way counts from behind them.
    void prioritise() {
        const std::size_t units = out_.units();
        std::vector<float> way(units, 0), behind(units, 0);
        const std::vector<float>& key = out_.single ? way : behind;
        for (std::size_t u = units; u-- > 0;) {
            const std::uint32_t begin = out_.first_successor[u], end = out_.first_successor[u + 1];
            if (begin == end) ++out_.sinks;
            sort(out_.successors.data() + begin, end - begin, key);
            for (std::uint32_t i = begin; i < end; ++i)
                if (behind[u] < way[out_.successors[i]]) behind[u] = way[out_.successors[i]];
            way[u] = behind[u] + cost(out_.first[u], out_.first[u + 1]);
        }
        for (std::uint32_t& to : out_.successors)
            if (out_.needs[to] == 1) to |= schedule::only_dependency;
        for (std::uint32_t u = 0; u < units; ++u)
            if (out_.needs[u] == 0) out_.roots.push_back(u);
        sort(out_.roots.data(), out_.roots.size(), key);
    }
    // Numbers single units in the order in which one thread alone runs them, the one made ready
    // last first: what is read together lies together, and the processor fetches it ahead.
    void renumber_as_run() {
        const std::size_t units = out_.units();
        std::vector<std::uint32_t> ready = out_.roots, left = out_.needs, ran, number(units);
        ran.reserve(units);
        while (!ready.empty()) {
            const std::uint32_t unit = ready.back();
            ready.pop_back();
            number[unit] = static_cast<std::uint32_t>(ran.size());
            ran.push_back(unit);
            for (std::uint32_t later : successors_of(unit)) {
                later &= ~schedule::only_dependency;
                if (--left[later] == 0) ready.push_back(later);
            }
        }
        std::vector<std::uint32_t> successors;
        successors.reserve(out_.successors.size());
        left.clear();  // from now on the first successors
        for (std::uint32_t unit : ran) {
            left.push_back(static_cast<std::uint32_t>(successors.size()));
            for (std::uint32_t later : successors_of(unit))
                successors.push_back(number[later & ~schedule::only_dependency] |
                                     (later & schedule::only_dependency));
        }
        left.push_back(static_cast<std::uint32_t>(successors.size()));
        for (std::size_t u = 0; u < units; ++u) ready.push_back(out_.needs[ran[u]]);
        out_.needs = std::move(ready);
        out_.first_successor = std::move(left);
        out_.successors = std::move(successors);
        for (std::uint32_t& root : out_.roots) root = number[root];
        out_.order = std::move(ran);
    }
    std::span<const std::uint32_t> successors_of(std::uint32_t unit) const {
        return {out_.successors.data() + out_.first_successor[unit],
                out_.successors.data() + out_.first_successor[unit + 1]};
    }
    // Whether `a` is less urgent than `b`: the shorter way, or the same and more memory.
    bool less(std::uint32_t a, std::uint32_t b, const std::vector<float>& way) const {
        if (way[a] != way[b] || !out_.single || steps_.growth.empty()) return way[a] < way[b];
        return steps_.growth[a] > steps_.growth[b];
    }
    // Ascending; heapsort above a few, since a fan can have a million.
    void sort(std::uint32_t* at, std::size_t n, const std::vector<float>& way) const {
        if (n < 32) {
            for (std::size_t i = 1; i < n; ++i)
                for (std::size_t k = i; k > 0 && less(at[k], at[k - 1], way); --k)
                    std::swap(at[k], at[k - 1]);
            return;
        }
        const auto sink = [&](std::size_t i, std::size_t size) {
            for (;;) {
                std::size_t child = 2 * i + 1;
                if (child >= size) return;
                if (child + 1 < size && less(at[child], at[child + 1], way)) ++child;
                if (!less(at[i], at[child], way)) return;
                std::swap(at[i], at[child]);
                i = child;
            }
        };
        bool sorted = true;
        for (std::size_t i = 1; i < n; ++i) sorted = sorted && !less(at[i], at[i - 1], way);
        if (sorted) return;
        for (std::size_t i = n / 2; i-- > 0;) sink(i, n);
        for (std::size_t size = n; size-- > 1;) {
            std::swap(at[0], at[size]);
            sink(0, size);
        }
    }

    const step_costs& steps_;
    const int threads_;
    const float grain_;
    schedule out_;
    std::vector<std::uint32_t> levels_;  // where each begins in `order`, and one behind the last
};

}  // namespace detail

// One step after the other: in the order of their numbers, or in one that is given.
inline schedule schedule_in_order(const step_costs& steps,
                                  std::span<const std::uint32_t> order = {}) {
    detail::scheduler scheduler(steps, 1, 0);
    return std::move(scheduler.sequential(order));
}
// The same, handed from device to device.
inline schedule schedule_chained(const step_costs& steps, std::span<const std::uint32_t> order) {
    return detail::scheduler(steps, 1, 0).chained(order);
}
// A unit for each step.
inline schedule schedule_for_stealing(const step_costs& steps) {
    return detail::scheduler(steps, 1, 0).stealing();
}
// Blocks of at least `grain_ns` for so many threads; all steps must be on one device.
inline schedule schedule_blocks(const step_costs& steps, int threads, double grain_ns) {
    return detail::scheduler(steps, threads, grain_ns).blocks();
}

// The time of all steps, and that of the longest way through them: what sharing can gain.
struct work_and_span {
    double work_ns = 0;
    double span_ns = 0;
};
inline work_and_span measure(const step_costs& steps) {
    work_and_span out;
    std::vector<float> way(steps.size(), 0);
    for (auto step = static_cast<std::uint32_t>(steps.size()); step-- > 0;) {
        float longest = 0;
        for (std::uint32_t later : steps.after(step))
            if (way[later] > longest) longest = way[later];
        way[step] = longest + steps.ns[step];
        out.work_ns += static_cast<double>(steps.ns[step]);
        if (static_cast<double>(way[step]) > out.span_ns)
            out.span_ns = static_cast<double>(way[step]);
    }
    return out;
}

}  // namespace weft
