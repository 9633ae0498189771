"""Checks against the real chip: every device file compiles, calls only what the chip has, and so do our stand-ins.

The chip speaks through its public stubs; they are fetched once by hash, and only read.
"""

from __future__ import annotations

import ast
import fcntl
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tools import build, vendor
from tools.lint import rules
from tools.lint.source import Finding, device_files

_TYPINGS = vendor.ROOT / ".build" / "typings"
_STUBS = Path(__file__).with_name("stubs.txt")
_STAND_INS = ("network", "machine", "esp32", "time", "socket", "ntptime")
# Ours, under names for which the stubs describe somebody else's.
_OURS = ("ussl.pyi", "urequests.pyi")
_NO_HINTS = (
    "OptionalMemberAccess",
    "OptionalOperand",
    "OptionalSubscript",
    "OptionalIterable",
    "ArgumentType",
    "CallIssue",
)


def typings() -> Path:
    """The folder with the stubs, installed if need be. Raises vendor.VendorError."""
    _TYPINGS.parent.mkdir(exist_ok=True)
    with (_TYPINGS.parent / "typings.lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        stamp = _TYPINGS / ".stubs.txt"
        if stamp.exists() and stamp.read_text() == _STUBS.read_text():
            return _TYPINGS
        part = _TYPINGS.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        command = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "-q",
            "--disable-pip-version-check",
            "--require-hashes",
            "--no-deps",
        ]
        done = subprocess.run([*command, "--target", part, "-r", _STUBS], capture_output=True, text=True, check=False)
        if done.returncode:
            raise vendor.VendorError("the chip's stubs cannot be fetched; is the package index in reach?")
        for name in _OURS:
            (part / name).unlink(missing_ok=True)
        (part / stamp.name).write_text(_STUBS.read_text())
        shutil.rmtree(_TYPINGS, ignore_errors=True)
        part.rename(_TYPINGS)
    return _TYPINGS


def compiles(root: Path) -> Iterator[Finding]:
    """Device files that mpy-cross refuses."""
    for path in device_files(root):
        name = path.relative_to(root).as_posix()
        try:
            build.compiled(path.read_bytes(), name)
        except build.BuildError as error:
            _, line, what = str(error).split(":", 2)
            yield Finding(name, int(line), "compile", what.strip())


def calls(root: Path) -> Iterator[Finding]:
    """What pyright finds in the device code when only the chip's own modules exist."""
    vendor.modules()
    config = root / ".build" / "pyright.json"
    config.parent.mkdir(exist_ok=True)
    settings = {
        "include": [f"../{part}" for part in rules.DEVICE],
        "typeshedPath": str(typings()),
        "stubPath": str(typings()),
        "extraPaths": ["..", "../lib", str(vendor.FOLDER)],
        "reportMissingModuleSource": False,
        **{f"report{name}": False for name in _NO_HINTS},
    }
    config.write_text(json.dumps(settings))
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--outputjson", "-p", str(config)],
        capture_output=True,
        text=True,
        check=False,
    )
    if not done.stdout.startswith("{"):
        yield Finding("pyright", 0, "chip", f"did not run: {(done.stderr or done.stdout).strip()[:200]}")
        return
    for problem in json.loads(done.stdout)["generalDiagnostics"]:
        name = Path(problem["file"]).relative_to(root).as_posix()
        message = problem["message"].replace("\n", " ")
        if not any(name == known and words in message for known, words in rules.KNOWN):
            yield Finding(name, problem["range"]["start"]["line"] + 1, "chip", message)


def stand_ins(root: Path) -> Iterator[Finding]:
    """Public names of the simulator's stand-ins that the chip does not have, or has with other parameters."""
    for module in _STAND_INS:
        path = root / "tools" / "simulator" / "rom" / f"{module}.py"
        stub = _public(ast.parse((typings() / f"{module}.pyi").read_text()))
        for name, (line, parameters) in _public(ast.parse(path.read_text())).items():
            if (module, name) in rules.STAND_IN_KNOWN:
                continue
            if name not in stub:
                yield Finding(path.relative_to(root).as_posix(), line, "stand-in", f"the chip's {module} has no {name}")
            elif parameters is not None and stub[name][1] is not None and not parameters <= (stub[name][1] or set()):
                extra = ", ".join(sorted(parameters - (stub[name][1] or set())))
                what = f"the chip's {module}.{name} has no parameter {extra}"
                yield Finding(path.relative_to(root).as_posix(), line, "stand-in", what)


def _public(tree: ast.Module) -> dict[str, tuple[int, set[str] | None]]:
    """Public names: line, and for functions the names of all parameters of all overloads."""
    found: dict[str, tuple[int, set[str] | None]] = {}

    def add(name: str, line: int, parameters: set[str] | None) -> None:
        if not name.rpartition(".")[2].startswith("_"):
            known = found.get(name, (line, set()))[1]
            found[name] = (line, None if parameters is None else parameters | (known or set()))

    def walk(body: list[ast.stmt], prefix: str) -> None:
        for node in body:
            if isinstance(node, ast.FunctionDef):
                arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
                stars = node.args.vararg or node.args.kwarg
                add(
                    prefix + node.name,
                    node.lineno,
                    None if stars else {argument.arg for argument in arguments} - {"self"},
                )
            elif isinstance(node, ast.ClassDef):
                add(prefix + node.name, node.lineno, None)
                walk(node.body, f"{prefix}{node.name}.")
            elif isinstance(node, ast.Assign):
                for target in node.targets:
                    for name in ast.walk(target):
                        if isinstance(name, ast.Name):
                            add(prefix + name.id, node.lineno, None)
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                add(prefix + node.target.id, node.lineno, None)

    walk(tree.body, "")
    return found
