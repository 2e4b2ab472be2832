// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What is kept of each tree that is compiled while the program runs, in the tree's own place, so
// that a launch looks nothing up; and the way of a kernel: cache, NVRTC, CUDA.
#include "tree_compiler.hpp"

#include "kernel_cache.hpp"
#include "nvrtc.hpp"
#include "tree_program.hpp"

#include <weft/cuda/launch.hpp>
#include <weft/cuda/tree_kernel.hpp>
#include <weft/runtime/log.hpp>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <vector>

namespace weft::cuda {

namespace {

// A loop of a tree for one architecture; without a kernel it could not be compiled.
struct loaded_loop {
    tree_loop loop;
    int architecture;
    cudaKernel_t kernel;
};

class made_tree {
public:
    explicit made_tree(const launch_code& code)
        : is_described_(describe_tree(code, form_)), layout_(form_), refused_(!is_described_) {}

    const tree_form& form() const { return form_; }
    const argument_layout& layout() const { return layout_; }
    bool refused() const { return refused_.load(std::memory_order_relaxed); }
    cudaKernel_t kernel(tree_loop loop, int architecture);

private:
    tree_form form_;
    bool is_described_;
    argument_layout layout_;
    std::atomic<bool> refused_;
    std::mutex mutex_;
    std::vector<loaded_loop> loops_;
};

struct compiler {
    std::mutex mutex;
    run_time_compilation options = default_run_time_compilation();
    std::vector<std::pair<tree_place*, std::unique_ptr<made_tree>>> trees;
};
compiler& the_compiler() {
    static compiler* const one = new compiler;  // outlives whatever runs at exit
    return *one;
}
run_time_compilation options_in_use() {
    compiler& c = the_compiler();
    const std::lock_guard lock(c.mutex);
    return c.options;
}

made_tree& made_of(const launch_code& code) {
    tree_place& place = *code.place;
    // Pairs with the store below, of whatever thread came first.
    if (void* made = __atomic_load_n(&place.made, __ATOMIC_ACQUIRE))
        return *static_cast<made_tree*>(made);
    compiler& c = the_compiler();
    const std::lock_guard lock(c.mutex);
    if (place.made == nullptr) {
        c.trees.emplace_back(&place, std::make_unique<made_tree>(code));
        __atomic_store_n(&place.made, c.trees.back().second.get(), __ATOMIC_RELEASE);
    }
    return *static_cast<made_tree*>(place.made);
}

// A kernel may be loaded while this thread's launches are recorded: loading belongs to no stream.
class loading {
public:
    loading() { exchange(); }
    loading(const loading&) = delete;
    loading& operator=(const loading&) = delete;
    ~loading() { exchange(); }

private:
    void exchange() { static_cast<void>(cudaThreadExchangeStreamCaptureMode(&mode_)); }
    cudaStreamCaptureMode mode_ = cudaStreamCaptureModeRelaxed;
};

bool load(const nvrtc::compiled_kernel& from, cudaKernel_t& kernel, std::string& why) {
    const loading now;
    cudaLibrary_t made{};
    cudaError_t error = cudaLibraryLoadData(&made, from.cubin.data(), nullptr, nullptr, 0, nullptr,
                                            nullptr, 0);
    if (error == cudaSuccess) error = cudaLibraryGetKernel(&kernel, made, from.symbol.c_str());
    if (error == cudaSuccess) return true;
    static_cast<void>(cudaGetLastError());
    why = std::string("CUDA does not load it: ") + cudaGetErrorString(error);
    return false;
}

cudaKernel_t make_kernel(const tree_form& form, tree_loop loop, int architecture,
                         const std::string& folder) {
    const nvrtc::functions* const f = nvrtc::loaded();
    if (f == nullptr) return {};
    const std::string source = program_of(form), name = kernel_name(form, loop);
    hasher of;
    of.add(nvrtc::identity(*f));
    of.add(source);
    of.add(name);
    of.add(static_cast<std::uint64_t>(architecture));
    const hash128 key = of.finish();
    const kernel_cache cache(folder);
    nvrtc::compiled_kernel compiled;
    std::string why;
    cudaKernel_t kernel{};
    if (cache.find(key, compiled) && load(compiled, kernel, why)) return kernel;
    if (nvrtc::compile(*f, source, name, architecture, compiled, why) &&
        load(compiled, kernel, why)) {
        cache.keep(key, compiled);
        return kernel;
    }
    log_text("weft: an expression runs by its parts, since its kernel cannot be compiled for sm_" +
             std::to_string(architecture) + ": " + why.substr(0, 2000));
    return {};
}

cudaKernel_t made_tree::kernel(tree_loop loop, int architecture) {
    const std::lock_guard lock(mutex_);
    for (const loaded_loop& one : loops_)
        if (one.loop == loop && one.architecture == architecture) return one.kernel;
    const run_time_compilation options = options_in_use();
    if (!options.enabled) return {};
    const cudaKernel_t made = make_kernel(form_, loop, architecture, options.cache_folder);
    if (made == nullptr) refused_.store(true, std::memory_order_relaxed);
    loops_.push_back({loop, architecture, made});
    return made;
}

}  // namespace

bool compiles_tree(const launch_code& code) {
    return nvrtc::has_headers() && code.name != nullptr && options_in_use().enabled &&
           nvrtc::loaded() != nullptr && !made_of(code).refused();
}

bool launch_compiled(context<gpu>& ctx, int architecture, const launch_code& code,
                     const tree_launch& what) {
    if (!nvrtc::has_headers() || code.name == nullptr) return false;
    made_tree& tree = made_of(code);
    if (tree.refused()) return false;
    const tree_form& form = tree.form();
    const tree_loop loop =
        loop_for(what, form.slots, form.width, form.element_bytes, form.floating);
    const cudaKernel_t kernel = tree.kernel(loop, architecture);
    if (kernel == nullptr) return false;
    alignas(16) unsigned char arguments[most_argument_bytes];
    const argument_view view = tree.layout().at(arguments);
    bind_slots(view, what);
    if (loop != tree_loop::dense) bind_strides(view, what);
    gpu_fault_place faults = ctx.faults();
    void* parameters[] = {arguments, &faults};
    const auto width = static_cast<std::size_t>(form.width_of(loop));
    cudaLaunchConfig_t config{};
    config.gridDim = dim3(blocks_for(ctx, what.size, tree_threads * width));
    config.blockDim = dim3(tree_threads);
    config.stream = static_cast<cudaStream_t>(ctx.stream());
    check(cudaLaunchKernelExC(&config, reinterpret_cast<const void*>(kernel), parameters),
          "launch of a kernel");
    return true;
}

void forget_compiled() {
    compiler& c = the_compiler();
    const std::lock_guard lock(c.mutex);
    for (const auto& [place, made] : c.trees) place->made = nullptr;
    c.trees.clear();
}

}  // namespace weft::cuda

namespace weft {

run_time_compilation default_run_time_compilation() {
    const auto variable = [](const char* name) {
        const char* const text = std::getenv(name);
        return std::string(text == nullptr ? "" : text);
    };
    run_time_compilation out;
    out.enabled = variable("WEFT_RUN_TIME_COMPILER") != "0";
    if (std::getenv("WEFT_KERNEL_CACHE") != nullptr)
        out.cache_folder = variable("WEFT_KERNEL_CACHE");
    else if (const std::string cache = variable("XDG_CACHE_HOME"); !cache.empty())
        out.cache_folder = cache + "/weft";
    else if (const std::string home = variable("HOME"); !home.empty())
        out.cache_folder = home + "/.cache/weft";
    return out;
}

void set_run_time_compilation(run_time_compilation options) {
    cuda::compiler& c = cuda::the_compiler();
    const std::lock_guard lock(c.mutex);
    c.options = std::move(options);
}

}  // namespace weft
