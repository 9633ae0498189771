"""What one would take instead, on the same work: other HTTP clients post the link call, other Wi-Fi managers join a network.

Their code is fetched by name, version and hash into an ignored folder; `others.toml` says what and how it is used.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools import build
from tools.bench import weights
from tools.bench.desk import Desk, script
from tools.bench.report import Part, Rows
from tools.sandbox import Fault
from tools.simulator.world import HOME_KEY, HOME_SSID
from tools.vendor import VendorError

_FOLDER = build.ROOT / ".build" / "bench" / "others"
_PLAN = tomllib.loads(Path(__file__).with_name("others.toml").read_text())
_IMPOSTOR = Fault("an impostor", certificate_kind="other authority")
_PATIENCE_S = 40.0
_CUT = 60


def measure() -> Part:
    """Both tables."""
    with Desk("others") as desk:
        clients = [_client(desk, entry) for entry in _PLAN["client"]]
        managers = [_manager(desk, entry) for entry in _PLAN["manager"]]
    if clients[0][3] is not True or managers[0][3] is not True:
        raise OSError("our own client or manager no longer works as others.toml uses it; mend that file")
    versions = {entry["name"]: entry["version"] for entry in _PLAN["package"]}
    columns = (
        "client",
        ".mpy bytes",
        "heap",
        "posts the link call",
        "token kept from an impostor",
        "it says of the impostor",
    )
    note = "Heap: bytes after import, 64-bit words. All compiled alike, with line numbers; `make build` makes ours smaller."
    tables = [Rows("HTTP clients", columns, clients, note)]
    columns = (
        "manager",
        ".mpy bytes",
        "heap",
        "joins",
        "tells a wrong key",
        "it says of one",
        "and of a router without DHCP",
    )
    note = (
        "Ours is driven by a loop of the bench, as `services/radio` is by the supervisor. "
        "uwifi 1.0.0 carries no code; micropython-esp-wifi-manager brings its page's frameworks and a server of its own."
    )
    tables.append(Rows("Wi-Fi managers", columns, managers, note))
    return Part("others", {"packages": versions}, tables)


def _client(desk: Desk, entry: dict[str, Any]) -> list[Any]:
    modules = _modules(entry)
    calls = desk.device_calls()
    first = _try(desk, modules, entry, "client")
    posts = desk.device_calls() > calls
    if not posts:
        return [entry["name"], _size(modules), first.heap_bytes, f"no: {first.said}", "-", "-"]
    arrived = len(desk.sandbox.calls())
    desk.sandbox.faults.set(_IMPOSTOR)
    second = _try(desk, modules, entry, "client")
    desk.sandbox.faults.clear()
    is_kept = not any(call.http_bytes for call in desk.sandbox.calls()[arrived:])
    return [entry["name"], _size(modules), first.heap_bytes, posts, is_kept, second.said]


def _manager(desk: Desk, entry: dict[str, Any]) -> list[Any]:
    modules = _modules(entry)
    right = _try(desk, modules, entry, "manager")
    wrong = {"/wifi.json": json.dumps({"ssid": HOME_SSID, "key": HOME_KEY + " not"}).encode()}
    of_wrong = _try(desk, modules | wrong, entry, "manager").said
    desk.world.home.dhcp = False
    of_no_address = _try(desk, modules, entry, "manager").said
    desk.world.home.dhcp = True
    verdict: Any = right.joined if right.joined else f"no: {right.said}"
    # Who says the same of everything names nothing.
    names_it = of_wrong not in (right.said, of_no_address)
    return [entry["name"], _size(modules), right.heap_bytes, verdict, names_it, of_wrong, of_no_address]


@dataclass(frozen=True)
class _Try:
    """How it went: whether the board was joined at the end, the heap taken, and what the contestant said."""

    joined: bool
    heap_bytes: int
    said: str


def _try(desk: Desk, modules: dict[str, bytes], entry: dict[str, Any], kind: str) -> _Try:
    program = {"/contestant.py": entry["code"].encode(), "/main.py": script(kind)}
    scale = desk.scale(modules | program, firmware=False, skips_idle=kind == "manager")
    scale.device.power_on()
    with contextlib.suppress(TimeoutError):
        scale.see(">>> $", _PATIENCE_S)  # the program has come to an end, or to an error
    joined = scale.device.radio.station.has_address(scale.device.board.now_ms())
    text = scale.device.console.text
    scale.device.power_off()
    heap = re.search(r"TRY heap (\d+)", text)
    said = re.search(r"TRY says (.*)", text) or re.search(r"^(\w*Error: .*)", text, re.MULTILINE)
    told = said.group(1).strip() if said else f"nothing in {_PATIENCE_S:.0f} s"
    return _Try(joined, int(heap.group(1)) if heap else 0, told[:_CUT])


def _modules(entry: dict[str, Any]) -> dict[str, bytes]:
    """What goes to the board for it: its packages, or the files of ours that do this work, compiled alike and as they are."""
    own = weights.needed(entry.get("own", []))
    found = {weights.device_path(name): _plain(weights.sources()[name]) for name in own}
    packages = {package["name"]: package for package in _PLAN["package"]}
    for name in entry["packages"]:
        found |= _compiled(_fetched(packages[name]), packages[name])
    return found


def _plain(source: Path) -> bytes:
    return build.compiled(source.read_bytes(), source.name)


def _size(modules: dict[str, bytes]) -> int:
    return sum(len(content) for path, content in modules.items() if path.endswith(".mpy"))


def _compiled(folder: Path, package: dict[str, Any]) -> dict[str, bytes]:
    found = {}
    for wanted in package["modules"]:
        place = next(path for path in folder.rglob(wanted) if ".egg-info" not in path.as_posix())
        for source in sorted([place] if place.is_file() else place.rglob("*.py")):
            name = source.relative_to(place.parent)
            if source.name not in package.get("without", []):
                found[f"/lib/{name.with_suffix('.mpy')}"] = _plain(source)
    return found


def _fetched(package: dict[str, Any]) -> Path:
    """The folder with the package, unpacked. Raises VendorError."""
    folder = _FOLDER / f"{package['name']}-{package['version']}"
    if folder.exists():
        return folder
    _FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_FOLDER) as scratch:
        wanted = f"{package['name']}=={package['version']}"
        command = [sys.executable, "-m", "unearth", wanted, "--download", scratch]
        subprocess.run(command, capture_output=True, check=False)
        archives = [*Path(scratch).glob("*.whl"), *Path(scratch).glob("*.tar.gz")]
        if not archives:
            raise VendorError(f"{wanted} cannot be fetched; is the package index in reach?")
        digest = hashlib.sha256(archives[0].read_bytes()).hexdigest()
        if digest != package["sha256"]:
            raise VendorError(f"{archives[0].name} has sha256 {digest}, others.toml says {package['sha256']}: not used")
        _unpack(archives[0], Path(scratch) / "unpacked")
        (Path(scratch) / "unpacked").replace(folder)
    return folder


def _unpack(archive: Path, folder: Path) -> None:
    if archive.suffix == ".whl":
        zipfile.ZipFile(archive).extractall(folder)
        return
    with tarfile.open(archive) as tar:
        tar.extraction_filter = getattr(tarfile, "data_filter", None)
        tar.extractall(folder)
