"""The structure checks find what they are for: each rule is broken once, on objects made here."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

import check_headers
import check_layers

COMPILER = os.environ.get("CC", "cc")
ORDER = ("base", "rest", "core", "cloud", "rpc")


class Layers(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.objects: dict[str, list[str]] = {}
        for layer in ORDER:
            self.add(layer, f"{layer}.c", f"void {layer}_run(void) {{}}")

    def add(self, layer: str, name: str, source: str) -> None:
        folder = self.folder / layer
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(source + "\n", encoding="utf-8")
        path = folder / f"{name}.o"
        subprocess.run([COMPILER, "-c", str(folder / name), "-o", str(path)], check=True)
        self.objects.setdefault(layer, []).append(str(path))

    def use(self, layer: str, name: str, symbol: str) -> None:
        self.add(layer, name, f"void {symbol}(void); void use_it(void) {{ {symbol}(); }}")

    def check(self) -> tuple[int, str]:
        arguments = [part for layer in ORDER for part in ("--layer", layer, *self.objects[layer])]
        complaints = io.StringIO()
        with contextlib.redirect_stderr(complaints), contextlib.redirect_stdout(io.StringIO()):
            code = check_layers.main(arguments)
        return code, complaints.getvalue().strip()

    def test_use_of_earlier_layers_is_fine(self) -> None:
        self.use("rpc", "a.c", "core_run")
        self.use("core", "b.c", "base_run")
        self.use("core", "c.c", "not_ours")
        self.assertEqual(self.check(), (0, ""))

    def test_use_of_a_later_layer_is_found(self) -> None:
        for user, used in (("base", "rest"), ("rest", "core"), ("core", "cloud"), ("core", "rpc")):
            with self.subTest(user=user, used=used):
                self.objects = {layer: paths[:1] for layer, paths in self.objects.items()}
                self.use(user, "a.c", f"{used}_run")
                expected = f"{user}/a.c.o uses {used}_run, which the later layer {used} defines"
                self.assertEqual(self.check(), (1, expected))

    def test_a_weak_reference_counts(self) -> None:
        source = "__attribute__((weak)) void rpc_run(void); void use_it(void) { rpc_run(); }"
        self.add("core", "a.c", source)
        expected = "core/a.c.o uses rpc_run, which the later layer rpc defines"
        self.assertEqual(self.check(), (1, expected))

    def test_a_table_of_pointers_is_no_use(self) -> None:
        self.add("core", "a.c", "void (*table)(void); void use_it(void) { table(); }")
        self.add("cloud", "b.c", "void cloud_run(void); void (*cloud_table)(void) = cloud_run;")
        self.assertEqual(self.check(), (0, ""))

    def test_libraries_in_their_place_are_fine(self) -> None:
        self.use("rpc", "a.c", "grpc_init")
        self.use("rpc", "b.c", "protobuf_c_message_pack")
        self.use("rest", "transport_curl.c", "curl_multi_init")
        self.use("rest", "transport_curl_thread.c", "curl_multi_poll")
        self.use("base", "json.c", "cJSON_Delete")
        self.use("base", "platform_linux.c", "signalfd")
        self.use("base", "digest.c", "EVP_Digest")
        self.assertEqual(self.check(), (0, ""))

    def test_libraries_out_of_place_are_found(self) -> None:
        cases = (
            ("core", "a.c", "grpc_init", "gRPC belongs to rpc"),
            ("rest", "a.c", "gpr_free", "gRPC belongs to rpc"),
            ("core", "a.c", "protobuf_c_message_pack", "protobuf-c belongs to rpc"),
            ("base", "a.c", "pulumirpc__check_request__descriptor", "protobuf-c belongs to rpc"),
            ("rest", "client.c", "curl_easy_init", "libcurl belongs to rest/transport_curl*.c.o"),
            ("core", "transport_curl.c", "curl_ws", "libcurl belongs to rest/transport_curl*.c.o"),
            ("base", "value.c", "cJSON_Delete", "cJSON belongs to base/json.c.o"),
            ("core", "json.c", "cJSON_Delete", "cJSON belongs to base/json.c.o"),
            ("rest", "sign.c", "HMAC", "OpenSSL belongs to base/digest.c.o"),
            ("base", "redact.c", "EVP_EncodeBlock", "OpenSSL belongs to base/digest.c.o"),
            ("rest", "transport_curl.c", "SHA256", "OpenSSL belongs to base/digest.c.o"),
            ("rpc", "watch.c", "eventfd", "Linux belongs to base/platform_linux.c.o"),
            ("base", "buf.c", "__explicit_bzero_chk", "Linux belongs to base/platform_linux.c.o"),
        )
        for layer, name, symbol, place in cases:
            with self.subTest(symbol=symbol, layer=layer):
                self.objects = {key: paths[:1] for key, paths in self.objects.items()}
                self.use(layer, name, symbol)
                self.assertEqual(self.check(), (1, f"{layer}/{name}.o uses {symbol}: {place}"))

    def test_a_circle_of_files_is_found(self) -> None:
        self.add("core", "b.c", "void a(void); void b(void) { a(); }")
        self.add("core", "a.c", "void b(void); void a(void) { b(); }")
        expected = "a circle: core/a.c.o uses b of core/b.c.o, core/b.c.o uses a of core/a.c.o"
        self.assertEqual(self.check(), (1, expected))

    def test_a_long_circle_of_files_is_found(self) -> None:
        for user, used in (("b", "c"), ("c", "a"), ("a", "b"), ("d", "a")):
            source = f"extern int {used}; int *{user}_uses = &{used}; int {user};"
            self.add("rest", f"{user}.c", source)
        expected = (
            "a circle: rest/a.c.o uses b of rest/b.c.o, rest/b.c.o uses c of rest/c.c.o, "
            "rest/c.c.o uses a of rest/a.c.o"
        )
        self.assertEqual(self.check(), (1, expected))

    def test_files_that_share_what_they_use_are_no_circle(self) -> None:
        self.add("core", "d.c", "void d(void) {}")
        for name, used in (("b", "d"), ("c", "d")):
            self.add("core", f"{name}.c", f"void {used}(void); void {name}(void) {{ {used}(); }}")
        self.add("core", "a.c", "void b(void); void c(void); void a(void) { b(); c(); a(); }")
        self.add("rpc", "b.c", "void rpc_b(void); void a(void); void rpc_b(void) { a(); }")
        self.assertEqual(self.check(), (0, ""))

    def test_a_layer_without_objects_is_an_error(self) -> None:
        self.objects["cloud"] = []
        self.assertEqual(self.check(), (1, "layer cloud has no object files"))


class Headers(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)

    def check(self, text: str | None) -> int:
        if text is not None:
            (self.root / "a.h").write_text(text, encoding="utf-8")
        with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
            return check_headers.main(["--compiler", COMPILER, "--root", str(self.root)])

    def test_a_whole_header_is_fine(self) -> None:
        text = "#ifndef A_H\n#define A_H\n#include <stddef.h>\nstruct a { size_t n; };\n#endif\n"
        self.assertEqual(self.check(text), 0)

    def test_a_missing_include_is_found(self) -> None:
        text = "#ifndef A_H\n#define A_H\nstruct a { size_t n; };\n#endif\n"
        self.assertEqual(self.check(text), 1)

    def test_a_missing_guard_is_found(self) -> None:
        self.assertEqual(self.check("struct a { int n; };\n"), 1)

    def test_no_headers_is_an_error(self) -> None:
        self.assertEqual(self.check(None), 1)


if __name__ == "__main__":
    unittest.main()
