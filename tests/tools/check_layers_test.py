#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""check_layers.py finds each kind of violation, where it stands, and nothing in clean sources."""
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
import check_layers


def problems(files):
    """`path:line: text` of what is wrong with a tree given as {path: text}."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        return [f"{path.relative_to(root).as_posix()}:{number}: {text}"
                for path, number, text in check_layers.problems_below(root)]


class CheckLayers(unittest.TestCase):
    def expect(self, path, text, *wanted):
        found = problems({path: text})
        self.assertEqual(len(found), len(wanted), found)
        for line, part in zip(found, wanted):
            self.assertIn(part, line)

    def test_clean(self):
        self.assertEqual(problems({
            "fwd.hpp": "#pragma once\n#include <cstddef>\n#include <cstdint>\n",
            "config.hpp": "#if defined(__CUDACC__)\n#endif\n",
            "core/a.hpp": "#include <weft/core/b.hpp>\n#include <string>\n",
            "expr/a.hpp": "#include <weft/core/a.hpp>\n#include <type_traits>\n",
            "placement/a.hpp": "// no template here\n#include <weft/graph/record.hpp>\n",
            "runtime/a.hpp": "#include <weft/placement/a.hpp>\n#include <mutex>\n",
            "cuda/a.cuh": "#include <weft/runtime/a.hpp>\n#ifdef __CUDACC__\n#endif\n",
            "weft.hpp": "// Everything.\n#pragma once\n\n#include <weft/graph.hpp>\n",
        }), [])

    def test_cycles(self):
        source = {"core/a_source.hpp": "#include <weft/core/a.hpp>\n",
                  "core/a_more_source.hpp": "#include <weft/core/a.hpp>\n"}
        header = "#pragma once\n#include <weft/core/a_source.hpp>\n"
        self.assertEqual(problems({"core/a.hpp": header, **source}), [])
        source["core/a_source.hpp"] += "#include <weft/core/a_more_source.hpp>\n"
        self.assertEqual(problems({"core/a.hpp": header, **source}), [])
        self.assertEqual(
            problems({"core/a.hpp": "#include <weft/core/b.hpp>\n",
                      "core/b.hpp": "#pragma once\n#include <weft/core/a.hpp>\n"}),
            ["core/b.hpp:2: a header needs itself: weft/core/a.hpp -> weft/core/b.hpp -> "
             "weft/core/a.hpp"])
        # What definitions share with others must not need what is defined.
        source["core/a_source.hpp"] += "#include <weft/core/parts.hpp>\n"
        found = problems({"core/a.hpp": header, **source,
                          "core/parts.hpp": "#include <weft/core/a.hpp>\n"})
        self.assertEqual(len(found), 1, found)
        self.assertIn("parts.hpp:1: a header needs itself", found[0])

    def test_a_layer_includes_a_later_one(self):
        self.expect("core/a.hpp", "#pragma once\n#include <weft/graph/node.hpp>\n",
                    "core/a.hpp:2: core must not include graph")
        self.expect("fwd.hpp", "#include <weft/config.hpp>\n",
                    "fwd.hpp must not include config.hpp")

    def test_a_layer_includes_an_umbrella(self):
        self.expect("graph/a.hpp", "#include <weft/expr.hpp>\n",
                    "graph/a.hpp:1: <weft/expr.hpp> is an umbrella")

    def test_an_umbrella_holds_code(self):
        self.expect("graph.hpp", "#pragma once\n#include <weft/graph/a.hpp>\nnamespace weft {}\n",
                    "graph.hpp:3: an umbrella header holds includes only")

    def test_an_unknown_folder(self):
        self.expect("utils/a.hpp", "", "utils/a.hpp:1: utils is in no layer")
        self.expect("core/a.hpp", "#include <weft/utils/a.hpp>\n", "is in no layer")

    def test_a_relative_include(self):
        self.expect("core/a.hpp", '#include "b.hpp"\n',
                    'written from the root, as <weft/...>, not "b.hpp"')

    def test_threads_before_the_runtime(self):
        for layer in ("core", "kernel", "placement"):
            self.expect(f"{layer}/a.hpp", "#include <mutex>\n", f"{layer} must not include <mutex>")

    def test_heavy_headers_in_expressions(self):
        self.expect("expr/a.hpp", "#include <tuple>\n# include <string>\n",
                    "expr/a.hpp:1: expr/ must not include <tuple>",
                    "expr/a.hpp:2: expr/ must not include <string>")

    def test_heavy_headers_in_fwd(self):
        self.expect("fwd.hpp", "#include <string>\n", "nothing but <cstddef> and <cstdint>")

    def test_a_template_in_placement(self):
        self.expect("placement/a.hpp",
                    "/* a template\n is named here */\ntemplate <class T> struct a;\n",
                    "placement/a.hpp:3: placement/ has no templates")

    def test_a_compiler_conditional(self):
        self.expect("ops/a.hpp", "#ifdef __clang__\n#endif\n",
                    "ops/a.hpp:1: __clang__ belongs into config.hpp")

    def test_an_engine_in_a_second_file(self):
        self.expect("cluster/mpi.hpp", "#include <mpi.h>\n")
        self.expect("cluster/a.hpp", "#include <mpi.h>\n#include <nccl.h>\n",
                    "cluster/a.hpp:1: <mpi.h> is included by cluster/mpi.hpp alone",
                    "cluster/a.hpp:2: <nccl.h> is included by cluster/nccl.hpp alone")

    def test_comments_and_strings_do_not_count(self):
        self.expect("placement/a.hpp",
                    '// template\nauto s = "template // ";\n// #include <weft/io/npy.hpp>\n')


if __name__ == "__main__":
    unittest.main()
