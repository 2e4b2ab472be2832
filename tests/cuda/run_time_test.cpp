// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Expressions whose kernels are compiled while the program runs, in sessions on the emulated CUDA
// runtime: with a compiler that finds, by the name that NVRTC would be given, the kernel that the
// C++ compiler has made. What is real is everything else: names, arguments, cache, launches.
#undef WEFT_CUDA
#define WEFT_CUDA 1  // as in a file that only g++ compiles
#include <kernels_cu/kernel_cache.hpp>
#include <kernels_cu/nvrtc.hpp>
#include <kernels_cu/tree_compiler.hpp>
#include <kernels_cu/tree_program.hpp>

#include "kernel_pair.hpp"

#include <weft/runtime/log.hpp>
#include <weft/weft.hpp>

#include <cuda_on_cpu/cuda_on_cpu.hpp>
#include <doctest/doctest.h>
#include <support/caught.hpp>
#include <support/folder.hpp>

#include <cmath>
#include <mutex>
#include <set>

#include <weft/cuda/tree_launch.hpp>

using namespace weft;
using weft_test::error_of;

namespace {

static_assert(gpu_code_here == gpu_code::linked);

// The compiler: a program is its name and source, a cubin an image that the emulated runtime takes.
struct compiler_state {
    bool works = true;
    long compilations = 0;
    std::string options;
    std::set<std::string> kernels;  // by program and name
};
compiler_state compiler;
struct fake_program {
    std::string source, name;
    std::string lowered() const { return name + " of " + source; }
};
fake_program& of(cuda::nvrtc::program p) { return *reinterpret_cast<fake_program*>(p); }

constexpr cuda::nvrtc::functions fake_functions = {
    [](int* major, int* minor) { return *major = 13, *minor = 0, 0; },
    [](cuda::nvrtc::program* made, const char* source, const char*, int headers,
       const char* const*, const char* const*) {
        *made = reinterpret_cast<cuda::nvrtc::program>(new fake_program{source, {}});
        return headers > 50 ? 0 : 1;
    },
    [](cuda::nvrtc::program* made) { return delete &of(*made), 0; },
    [](cuda::nvrtc::program p, const char* name) { return of(p).name = name, 0; },
    [](cuda::nvrtc::program p, int count, const char* const* options) {
        ++compiler.compilations;
        compiler.options.clear();
        for (int i = 0; i < count; ++i) (compiler.options += options[i]) += ' ';
        return compiler.works && compiler.kernels.contains(of(p).lowered()) ? 0 : 6;
    },
    [](cuda::nvrtc::program, std::size_t* bytes) { return *bytes = sizeof "no such kernel", 0; },
    [](cuda::nvrtc::program, char* to) { return std::strcpy(to, "no such kernel"), 0; },
    [](cuda::nvrtc::program p, const char*, const char** lowered) {
        static std::string kept;
        kept = of(p).lowered();
        return *lowered = kept.c_str(), 0;
    },
    [](cuda::nvrtc::program, std::size_t* bytes) {
        return *bytes = sizeof cuda_on_cpu::library_image, 0;
    },
    [](cuda::nvrtc::program, char* to) {
        return std::memcpy(to, cuda_on_cpu::library_image, sizeof cuda_on_cpu::library_image), 0;
    },
};

void set_up(const std::string& cache = {}, bool enabled = true) {
    cuda_on_cpu::set_up();
    cuda::forget_compiled();
    cuda::nvrtc::replace(&fake_functions);
    set_run_time_compilation({enabled, cache});
    compiler.works = true;
    compiler.compilations = 0;
}

// Has the kernels of an expression's type in this program, where the compiler finds them.
template <class E>
void provide(const E&) {
    using expression = weft::detail::settled_t<kinds_of_t<E>, E>;
    using tree = lowered_t<gpu, expression>;
    using T = element_of_t<expression>;
    constexpr int width = cuda::widest_step<tree, T>;
    cuda::tree_form form;
    REQUIRE(cuda::describe_tree(weft::detail::tree_launch_code<tree, T>::value, form));
    const auto add = [&](cuda::tree_loop loop, auto kernel) {
        const std::string name =
            fake_program{cuda::program_of(form), cuda::kernel_name(form, loop)}.lowered();
        compiler.kernels.insert(name);
        cuda_on_cpu::add_kernel(name, kernel);
    };
    add(cuda::tree_loop::dense, &cuda::evaluate_dense<tree, T, width>);
    add(cuda::tree_loop::strided, &cuda::evaluate_strided<tree, T, width>);
    add(cuda::tree_loop::one_by_one, &cuda::evaluate_strided<tree, T, 1>);
}

template <class Tensor>
Tensor counted(const dims& shape, int first) {
    Tensor out = Tensor::uninitialized(shape);
    int n = first;
    for (auto& element : out) {
        using T = std::remove_reference_t<decltype(element)>;
        element = static_cast<T>(static_cast<compute_t<T>>(n++ * 7 % 11 - 5));
    }
    return out;
}

// Runs an expression of two placeholders on CPU and GPU; gives how it was launched.
template <class A, class B, class Expression>
launch_way compare(const dims& a_shape, const dims& b_shape, Expression expression) {
    graph g;
    auto x = g.placeholder<A>("x");
    auto y = g.placeholder<B>("y");
    const auto at = [&](const char* device) {
        device_scope place(g, device);
        return node(expression(x, y));
    };
    const node on_cpu = at("/cpu:0"), on_gpu = at("/gpu:0");
    session s{g, {.use_per_session_threads = true}};
    const A a = counted<A>(a_shape, 3);
    const B b = counted<B>(b_shape, 4);
    const auto [right, found] = s.run({feed(x, a), feed(y, b)}, on_cpu, on_gpu);
    REQUIRE(right.shape() == found.shape());
    bool same = true;
    for (std::size_t i = 0; i < right.size(); ++i)
        same = same && right.data()[i] == found.data()[i];
    CHECK(same);
    CHECK(cuda_on_cpu::violation() == "");
    return s.explain(on_gpu).find(g.record(on_gpu.id()).name)->launched.way;
}

using row = tensor<float, dyn>;
using plane = tensor<float, dyn, dyn>;
const auto cubic = [](const auto& x, const auto& y) { return (x * y + 2.0f) * x - y * y; };

// Its kernels for rows.
void provide_rows() {
    graph g;
    auto x = g.placeholder<row>("x");
    provide(cubic(x, x));
}

// A run of it on rows, on the GPU: what was launched for it.
long launches_of_a_run() {
    graph g;
    auto x = g.placeholder<row>("x");
    device_scope place(g, "/gpu:0");
    node y(cubic(x, x), "y");
    session s{g, {.use_per_session_threads = true}};
    cuda_on_cpu::reset_calls();
    const row in{1, 2, 3, 4, 5};
    const row out = s.run({feed(x, in)}, y);
    for (std::size_t i = 0; i < in.size(); ++i) {
        const float v = in.data()[i];
        CHECK(out.data()[i] == cubic(v, v));
    }
    return cuda_on_cpu::calls("cudaLaunchKernelEx");
}

}  // namespace

TEST_CASE("an expression is compiled when it first runs, each loop by itself") {
    set_up();
    provide_rows();
    graph g;
    auto m = g.placeholder<plane>("m");
    auto r = g.placeholder<row>("r");
    provide(cubic(m, r));
    for (const std::size_t n : {1, 4, 9, 1024}) {
        CHECK(compare<row, row>({n}, {n}, cubic) == launch_way::at_run_time);
        CHECK(compare<plane, row>({3, n}, {n}, cubic) == launch_way::at_run_time);
        CHECK(compare<plane, row>({3, n}, {1}, cubic) == launch_way::at_run_time);
    }
    CHECK(compiler.compilations == 3);  // it is the same tree
    CHECK(compiler.options.find("--gpu-architecture=sm_90") != std::string::npos);
    CHECK(launches_of_a_run() == 1);
}

TEST_CASE("other element types, numbers and conversions") {
    set_up();
    const auto mixed = [](const auto& x, const auto& y) {
        return where(x > y, cast<half>(x) * 0.5f, cast<half>(y));
    };
    const auto bytes = [](const auto& x, const auto& y) { return maximum(x, y) * x + y; };
    using byte_row = tensor<std::int8_t, dyn>;
    graph g;
    auto x = g.placeholder<row>("x");
    auto b = g.placeholder<byte_row>("b");
    provide(mixed(x, x));
    provide(bytes(b, b));
    for (const std::size_t n : {0, 5, 40}) {
        CHECK(compare<row, row>({n}, {n}, mixed) == launch_way::at_run_time);
        CHECK(compare<byte_row, byte_row>({n}, {n}, bytes) == launch_way::at_run_time);
    }
}

TEST_CASE("what cannot be compiled is tried once and runs by its parts") {
    set_up();
    provide_rows();
    compiler.works = false;
    std::string said;
    set_log_sink([&](std::string_view text) { said += text; });
    CHECK(launches_of_a_run() == 5);
    clear_log_sink();
    CHECK(said.find("no such kernel") != said.npos);
    CHECK(compare<row, row>({7}, {7}, cubic) == launch_way::by_parts);
    CHECK(compiler.compilations == 1);
}

TEST_CASE("without the compiler, or disabled, expressions run by their parts") {
    set_up();
    provide_rows();
    cuda::nvrtc::replace(nullptr);
    CHECK(compare<row, row>({7}, {7}, cubic) == launch_way::by_parts);
    CHECK(launches_of_a_run() == 5);
    set_up({}, false);
    CHECK(compare<row, row>({7}, {7}, cubic) == launch_way::by_parts);
    CHECK(launches_of_a_run() == 5);
    CHECK(compiler.compilations == 0);
}

TEST_CASE("a kernel that CUDA does not load is not used") {
    set_up();
    provide_rows();
    cuda_on_cpu::fail_call("cudaLibraryLoadData", 1, cudaErrorInvalidKernelImage);
    CHECK(launches_of_a_run() == 5);
}

TEST_CASE("kernels are kept for the next start of the program") {
    const weft_test::temporary_folder folder;
    const std::string cache = folder / "made/when/needed";
    set_up(cache);
    provide_rows();
    CHECK(launches_of_a_run() == 1);
    CHECK(compiler.compilations == 1);
    set_up(cache);
    CHECK(launches_of_a_run() == 1);
    CHECK(compiler.compilations == 0);
    const auto files = [&] {
        std::vector<std::filesystem::path> found;
        for (const auto& file : std::filesystem::directory_iterator(cache)) found.push_back(file);
        return found;
    };
    REQUIRE(files().size() == 1);
    const std::filesystem::path file = files().front();
    const std::size_t size = std::filesystem::file_size(file);
    for (const std::size_t left : {std::size_t{0}, std::size_t{20}, size / 2, size - 1}) {
        CAPTURE(left);
        std::filesystem::resize_file(file, left);
        set_up(cache);
        CHECK(launches_of_a_run() == 1);
        CHECK(compiler.compilations == 1);
        CHECK(std::filesystem::file_size(file) == size);
    }
    // Sound, but no kernel.
    cuda::kernel_cache(cache).keep({1, 2}, {"symbol", "cubin"});
    std::filesystem::rename(cuda::kernel_cache(cache).path({1, 2}), file);
    set_up(cache);
    CHECK(launches_of_a_run() == 1);
    CHECK(compiler.compilations == 1);
}

TEST_CASE("a cache that cannot be written keeps nothing") {
    const weft_test::temporary_folder folder;
    std::ofstream(folder / "file") << "no folder";
    set_up(folder / "file");
    provide_rows();
    CHECK(launches_of_a_run() == 1);
    cuda::nvrtc::compiled_kernel none;
    CHECK_FALSE(cuda::kernel_cache(folder / "file").find({1, 2}, none));
}

TEST_CASE("kernels that are recorded and replayed") {
    set_up();
    provide_rows();
    graph g;
    auto x = g.placeholder<row>("x");
    device_scope place(g, "/gpu:0");
    node y(cubic(x, x), "y");
    node z(cubic(y, x), "z");
    session s{g, {.use_per_session_threads = true}};
    auto step = s.make_callable(feeds(x), fetches(z));
    for (const std::size_t n : {64, 1023, 4})
        for (int i = 0; i < 20; ++i) {
            row in = row::uninitialized({n});
            for (float& element : in) element = static_cast<float>(i % 3);
            const float v = static_cast<float>(i % 3);
            CHECK(step(in).data()[n - 1] == cubic(cubic(v, v), v));
        }
    CHECK(cuda_on_cpu::calls("cudaGraphLaunch") > 0);
    CHECK(compiler.compilations == 1);
    CHECK(cuda_on_cpu::violation() == "");
}

TEST_CASE("a kernel is loaded while launches are recorded") {
    set_up();
    graph g;
    auto x = g.placeholder<row>("x");
    const auto twice = [](const auto& a) { return a + a; };
    provide(twice(x));
    using tree = lowered_t<gpu, decltype(twice(x))>;
    weft_test::stream_context ctx;
    const float in[4] = {1, 2, 3, 4};
    const loop_operand operand{static_cast<const char*>(ctx.place(in, sizeof in, 0)), sizeof(float),
                               false, true, {1}};
    float* const out = static_cast<float*>(ctx.scratch(sizeof in));
    loop_shape loop;
    loop.extent[0] = 4;
    const unsigned char slots[] = {0, 0};
    const auto stream = static_cast<cudaStream_t>(ctx.stream());
    REQUIRE(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal) == cudaSuccess);
    CHECK(cuda::launch_compiled(ctx, 90, weft::detail::tree_launch_code<tree, float>::value,
                                {loop, &operand, slots, nullptr, out, 4}));
    cudaGraph_t recorded{};
    REQUIRE(cudaStreamEndCapture(stream, &recorded) == cudaSuccess);
    cudaGraphExec_t work{};
    REQUIRE(cudaGraphInstantiate(&work, recorded) == cudaSuccess);
    REQUIRE(cudaGraphLaunch(work, stream) == cudaSuccess);
    float found[4];
    ctx.collect(found, out, sizeof found);
    CHECK(found[3] == 8);
    CHECK(cudaGraphDestroy(recorded) == cudaSuccess);
    CHECK(cudaGraphExecDestroy(work) == cudaSuccess);
}

TEST_CASE("a fault in such a kernel names the node") {
    set_up();
    using integers = tensor<std::int32_t, dyn>;
    graph g;
    auto x = g.placeholder<integers>("x");
    const auto quotient = [](const auto& a) { return (a + 1) / a; };
    provide(quotient(x));
    device_scope place(g, "/gpu:0");
    node y(quotient(x), "y");
    session s{g, {.use_per_session_threads = true}};
    const auto e = error_of([&] { s.run({feed(x, integers{1, 0})}, y); });
    CHECK(e.node == "y");
    CHECK(e.code == errc::invalid_argument);
    CHECK(compiler.compilations > 0);
    CHECK(s.run({feed(x, integers{1, 3})}, y).data()[1] == 1);
}

TEST_CASE("the environment says whether, and where kernels are kept") {
    const auto with = [](const char* name, const char* value) {
        const char* const before = std::getenv(name);
        const std::string kept = before == nullptr ? "" : before;
        ::setenv(name, value, 1);
        const run_time_compilation out = default_run_time_compilation();
        if (before == nullptr)
            ::unsetenv(name);
        else
            ::setenv(name, kept.c_str(), 1);
        return out;
    };
    CHECK_FALSE(with("WEFT_RUN_TIME_COMPILER", "0").enabled);
    CHECK(with("WEFT_RUN_TIME_COMPILER", "1").enabled);
    CHECK(with("WEFT_KERNEL_CACHE", "/there").cache_folder == "/there");
    CHECK(with("WEFT_KERNEL_CACHE", "").cache_folder == "");
    CHECK(with("XDG_CACHE_HOME", "/cache").cache_folder == "/cache/weft");
    cuda::nvrtc::replace(nullptr);  // for the tests of other files
    cuda::forget_compiled();
}
