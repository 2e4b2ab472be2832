// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The threads of a block. Each is not begun, ready, waiting at a barrier, or done; who arrives last
// makes the others ready and goes on. Where nobody can go on, the barrier is divergent: those that
// wait are unwound by an exception. What fibers hand to each other ThreadSanitizer does not see;
// that block barriers and __syncwarp order memory, and shuffles do not, it is told.
#include "block.hpp"

#include "device_code.hpp"
#include "fiber.hpp"

#include <cstdio>
#include <exception>
#include <mutex>
#include <vector>

constinit thread_local uint3 threadIdx = {0, 0, 0};
constinit thread_local uint3 blockIdx = {0, 0, 0};
constinit thread_local dim3 blockDim = {1, 1, 1};
constinit thread_local dim3 gridDim = {1, 1, 1};

namespace cuda_on_cpu {

namespace {

constexpr unsigned lanes = 32;
constexpr unsigned nobody = ~0u;

enum class state : unsigned char { fresh, ready, at_block_barrier, at_warp_operation, done };
enum class operation : unsigned char { barrier, exchange, ballot };

// A thread of the block.
struct member {
    fiber* runs_on = nullptr;
    unsigned next = nobody;  // in the queue of those that are ready
    state now = state::fresh;
    operation what = operation::barrier;
    unsigned mask = 0;
    unsigned from = 0;
    std::uint64_t bits = 0;   // what it passes, then what it gets
};

// Unwinds a thread whose block is given up.
struct given_up {};
struct trapped {};

class block_runner {
public:
    block_runner() = default;
    block_runner(const block_runner&) = delete;
    block_runner& operator=(const block_runner&) = delete;
    // Runs blocks in the calling thread from now on.
    void move_here() { main_.arrive_in_thread(); }
    // Null or what went wrong.
    const char* run(const kernel_call& kernel, unsigned threads);
    const char* text() const { return text_; }

    WEFT_UNSEEN int wait_for_block(int predicate);
    WEFT_UNSEEN std::uint64_t wait_for_warp(operation what, unsigned mask,
                                                   std::uint64_t bits, unsigned from);
    WEFT_UNSEEN unsigned self() const { return current_; }
    WEFT_UNSEEN unsigned lanes_alive() const;
    WEFT_UNSEEN bool active() const { return kernel_ != nullptr; }

private:
    WEFT_UNSEEN static void body();
    WEFT_UNSEEN void run_threads();
    // Not inlined: a fiber may go on in another thread than it was left in, and addresses of what
    // is the thread's must not survive that in its loop.
    [[gnu::noinline]] void run_thread();
    [[gnu::noinline]] WEFT_UNSEEN void finish();
    WEFT_UNSEEN void release_block();
    WEFT_UNSEEN void release_lanes_after(unsigned who);
    WEFT_UNSEEN bool release_warp(unsigned first, unsigned mask, operation what);
    WEFT_UNSEEN void make_ready(unsigned who);
    WEFT_UNSEEN unsigned next();
    WEFT_UNSEEN void set_current(unsigned who);
    WEFT_UNSEEN void leave();
    WEFT_UNSEEN void give_up();
    WEFT_UNSEEN fiber& fiber_for(unsigned who);
    WEFT_UNSEEN void fault(const char* text);

    fiber main_;
    fiber* fibers_[most_threads] = {};  // as plain pointers, which ThreadSanitizer need not see
    fiber* idle_[most_threads] = {};
    unsigned fiber_count_ = 0;
    unsigned idle_count_ = 0;
    fiber* running_ = nullptr;

    const kernel_call* kernel_ = nullptr;
    member members_[most_threads];
    unsigned threads_ = 0;
    unsigned begun_ = 0;
    unsigned done_ = 0;
    unsigned at_barrier_ = 0;
    int count_ = 0;          // of predicates at the barrier
    int last_count_ = 0;
    unsigned phase_ = 0;
    unsigned current_ = nobody;
    unsigned first_ready_ = nobody;
    unsigned last_ready_ = nobody;
    bool giving_up_ = false;
    bool failed_ = false;
    char text_[200] = {};
    // Addresses by which ThreadSanitizer knows what orders what.
    char begin_ = 0, end_ = 0, barrier_[2] = {};
    char warp_[most_threads / lanes] = {};
};

// Runners of threads that have ended, for those that come: to make a thousand fibers takes time,
// which ThreadSanitizer makes seconds. They live as long as the program.
class runner_pool {
public:
    static block_runner* take() {
        {
            const std::lock_guard lock(pool().mutex_);
            if (!pool().idle_.empty()) {
                block_runner* const taken = pool().idle_.back();
                pool().idle_.pop_back();
                taken->move_here();
                return taken;
            }
        }
        return new block_runner;
    }
    static void give_back(block_runner* one) {
        const std::lock_guard lock(pool().mutex_);
        pool().idle_.push_back(one);
    }

private:
    static runner_pool& pool() {
        static runner_pool* const only = new runner_pool;
        return *only;
    }
    std::mutex mutex_;
    std::vector<block_runner*> idle_;
};

struct runner_lease {
    runner_lease() = default;
    runner_lease(const runner_lease&) = delete;
    runner_lease& operator=(const runner_lease&) = delete;
    ~runner_lease() { runner_pool::give_back(runner); }
    block_runner* const runner = runner_pool::take();
};

block_runner& runner() {
    thread_local const runner_lease of_this_thread;
    return *of_this_thread.runner;
}

const char* block_runner::run(const kernel_call& kernel, unsigned threads) {
    kernel_ = &kernel;
    threads_ = threads;
    begun_ = done_ = at_barrier_ = 0;
    count_ = 0;
    current_ = first_ready_ = last_ready_ = nobody;
    giving_up_ = failed_ = false;
    for (unsigned i = 0; i < threads; ++i) members_[i] = member();
    order_before(&begin_);
    run_threads();
    order_after(&end_);
    kernel_ = nullptr;
    return failed_ ? text_ : nullptr;
}

void block_runner::run_threads() {
    begun_ = 1;
    set_current(0);
    running_ = &fiber_for(0);
    main_.switch_to(*running_);
}

// What each fiber does: threads that are not begun, one after the other.
void block_runner::body() {
    block_runner& self = runner();
    self.running_->arrive();
    for (;;) {
        self.run_thread();
        self.finish();
    }
}

void block_runner::run_thread() {
    order_after(&begin_);
    try {
        kernel_->run_thread();
    } catch (const given_up&) {
    } catch (const trapped&) {
        fault("a thread of a kernel has trapped");
    } catch (const std::exception& error) {
        fault(error.what());
    } catch (...) {
        fault("a thread of a kernel has thrown");
    }
    order_before(&end_);
}

void block_runner::fault(const char* text) {
    if (failed_) return;
    failed_ = true;
    std::snprintf(text_, sizeof text_, "%s: thread %u, %u, %u of block %u, %u, %u", text,
                  threadIdx.x, threadIdx.y, threadIdx.z, blockIdx.x, blockIdx.y, blockIdx.z);
}

// The current thread has ended: returns when this fiber is to run another from its beginning.
void block_runner::finish() {
    member& me = members_[current_];
    me.now = state::done;
    ++done_;
    if (failed_ && !giving_up_) give_up();
    if (!giving_up_) release_lanes_after(current_);
    fiber& own = *running_;
    if (!fibers_are_threads) idle_[idle_count_++] = &own;
    leave();
}

void block_runner::set_current(unsigned who) {
    current_ = who;
    const unsigned x = blockDim.x;
    const unsigned y = blockDim.y;
    threadIdx = {who % x, who / x % y, who / x / y};
}

fiber& block_runner::fiber_for(unsigned who) {
    fiber* chosen = nullptr;
    if (fibers_are_threads) chosen = fibers_[who];
    else if (idle_count_ > 0) chosen = idle_[--idle_count_];
    if (chosen == nullptr) {
        chosen = new fiber(body);
        order_before(&end_);  // another thread may use it
        fibers_[fibers_are_threads ? who : fiber_count_++] = chosen;
    }
    members_[who].runs_on = chosen;
    return *chosen;
}

void block_runner::make_ready(unsigned who) {
    members_[who].now = state::ready;
    members_[who].next = nobody;
    (first_ready_ == nobody ? first_ready_ : members_[last_ready_].next) = who;
    last_ready_ = who;
}

// Who goes on: one that is ready, else one that is not begun.
unsigned block_runner::next() {
    if (first_ready_ != nobody) {
        const unsigned who = first_ready_;
        first_ready_ = members_[who].next;
        return who;
    }
    return begun_ < threads_ && !giving_up_ ? begun_++ : nobody;
}

// The current thread cannot go on: returns when it can, or, where it has ended, when its fiber has
// got another one.
void block_runner::leave() {
    unsigned who = next();
    if (who == nobody && done_ < begun_ && !giving_up_) {
        failed_ = true;
        std::snprintf(text_, sizeof text_,
                      "divergent barrier in block %u, %u, %u: of %u threads %u have ended and %u "
                      "wait at __syncthreads",
                      blockIdx.x, blockIdx.y, blockIdx.z, threads_, done_, at_barrier_);
        order_before(&end_);  // the text
        give_up();
        who = next();
    }
    fiber& own = *running_;
    if (who == nobody) {
        running_ = &main_;
        own.switch_to(main_);
        return;
    }
    const bool fresh = members_[who].now == state::fresh;
    set_current(who);
    fiber& other = fresh ? fiber_for(who) : *members_[who].runs_on;
    members_[who].now = state::ready;
    if (&other == &own) return;
    running_ = &other;
    own.switch_to(other);
}

void block_runner::give_up() {
    giving_up_ = true;
    for (unsigned i = 0; i < begun_; ++i) {
        const state now = members_[i].now;
        if (now == state::at_block_barrier || now == state::at_warp_operation) make_ready(i);
    }
}

int block_runner::wait_for_block(int predicate) {
    const unsigned phase = phase_;
    order_before(&barrier_[phase]);
    const unsigned who = current_;
    count_ += predicate != 0 ? 1 : 0;
    if (++at_barrier_ == threads_) {
        release_block();
    } else {
        members_[who].now = state::at_block_barrier;
        leave();
    }
    if (giving_up_) throw given_up();
    order_after(&barrier_[phase]);
    return last_count_;
}

void block_runner::release_block() {
    const unsigned self = current_;
    at_barrier_ = 0;
    last_count_ = count_;
    count_ = 0;
    phase_ ^= 1;
    for (unsigned i = 0; i < threads_; ++i)
        if (i != self) make_ready(i);
}

std::uint64_t block_runner::wait_for_warp(operation what, unsigned mask, std::uint64_t bits,
                                          unsigned from) {
    const unsigned who = current_;
    const unsigned first = who / lanes * lanes;
    member& me = members_[who];
    me.now = state::at_warp_operation;
    me.what = what;
    me.mask = mask;
    me.bits = bits;
    me.from = from;
    if (what == operation::barrier) order_before(&warp_[who / lanes]);
    if ((mask >> (who - first) & 1) == 0) {
        fault("a lane calls a warp operation whose mask leaves it out");
        give_up();
        throw given_up();
    }
    if (!release_warp(first, mask, what)) leave();
    if (giving_up_) throw given_up();
    if (what == operation::barrier) order_after(&warp_[who / lanes]);
    return me.bits;
}

// Lets the lanes of `mask` go on, the current one with them, if all that are alive have come.
bool block_runner::release_warp(unsigned first, unsigned mask, operation what) {
    const unsigned end = first + lanes < threads_ ? first + lanes : threads_;
    const auto takes_part = [&](unsigned i) {
        return (mask >> (i - first) & 1) != 0 && members_[i].now != state::done;
    };
    std::uint64_t passed[lanes];
    for (std::uint64_t& bits : passed) bits = ~std::uint64_t{0};
    std::uint64_t ballot = 0;
    for (unsigned i = first; i < end; ++i) {
        if (!takes_part(i)) continue;
        const member& m = members_[i];
        if (m.now != state::at_warp_operation || m.mask != mask || m.what != what) return false;
        passed[i - first] = m.bits;
        if (m.bits != 0) ballot |= std::uint64_t{1} << (i - first);
    }
    for (unsigned i = first; i < end; ++i) {
        if (!takes_part(i)) continue;
        member& m = members_[i];
        m.bits = what == operation::ballot ? ballot : passed[m.from % lanes];
        if (i != current_) make_ready(i);
    }
    members_[current_].now = members_[current_].now == state::done ? state::done : state::ready;
    return true;
}

// A lane that ends may be the one that others wait for.
void block_runner::release_lanes_after(unsigned who) {
    const unsigned first = who / lanes * lanes;
    const unsigned end = first + lanes < threads_ ? first + lanes : threads_;
    for (unsigned i = first; i < end; ++i)
        if (members_[i].now == state::at_warp_operation)
            release_warp(first, members_[i].mask, members_[i].what);
}

unsigned block_runner::lanes_alive() const {
    const unsigned first = current_ / lanes * lanes;
    unsigned alive = 0;
    for (unsigned i = first; i < first + lanes && i < threads_; ++i)
        if (members_[i].now != state::done) alive |= 1u << (i - first);
    return alive;
}

}  // namespace

const char* run_grid(dim3 grid, dim3 block, const kernel_call& kernel, bool backwards) {
    block_runner& here = runner();
    blockDim = block;
    gridDim = grid;
    const unsigned threads = block.x * block.y * block.z;
    const std::uint64_t blocks = std::uint64_t{grid.x} * grid.y * grid.z;
    for (std::uint64_t i = 0; i < blocks; ++i) {
        const std::uint64_t at = backwards ? blocks - 1 - i : i;
        const std::uint64_t rest = at / grid.x;
        blockIdx = {static_cast<unsigned>(at % grid.x), static_cast<unsigned>(rest % grid.y),
                    static_cast<unsigned>(rest / grid.y)};
        if (const char* text = here.run(kernel, threads)) return text;
    }
    return nullptr;
}

unsigned lane() { return runner().self() % lanes; }

std::uint64_t exchange(unsigned mask, std::uint64_t bits, unsigned from) {
    return runner().wait_for_warp(operation::exchange, mask, bits, from);
}

}  // namespace cuda_on_cpu

void __syncthreads() { cuda_on_cpu::runner().wait_for_block(0); }
int __syncthreads_count(int predicate) {
    return cuda_on_cpu::runner().wait_for_block(predicate);
}
void __syncwarp(unsigned mask) {
    cuda_on_cpu::runner().wait_for_warp(cuda_on_cpu::operation::barrier, mask, 0, 0);
}
unsigned __ballot_sync(unsigned mask, int predicate) {
    return static_cast<unsigned>(cuda_on_cpu::runner().wait_for_warp(
        cuda_on_cpu::operation::ballot, mask, predicate != 0 ? 1 : 0, 0));
}
unsigned __activemask() { return cuda_on_cpu::runner().lanes_alive(); }
void __trap() { throw cuda_on_cpu::trapped(); }
