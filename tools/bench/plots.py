"""How plots look: light, few colours, legible at the width of a README.

It draws no data of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot

from tools.bench.report import FOLDER

_OURS = "#0b6e4f"
_OTHERS = ("#c8553d", "#6c86b0", "#e0a030")
_SETTINGS = {
    "font.size": 11,
    "axes.titlesize": 11.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "0.9",
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}
_colours: dict[str, str] = {}


@contextmanager
def figure(name: str, title: str, x: str, y: str, legend: str | tuple[float, float]) -> Iterator[Any]:
    """One plot, kept as `docs/bench/<name>.png`; the title says what it shows, the `legend` is where no line is."""
    _colours.clear()
    with pyplot.rc_context(_SETTINGS):
        canvas, axes = pyplot.subplots(figsize=(8.6, 4.2), layout="constrained")
        axes.set_title(title)
        axes.set_xlabel(x)
        axes.set_ylabel(y)
        yield axes
        axes.legend(frameon=False, loc=legend)
        FOLDER.mkdir(parents=True, exist_ok=True)
        # Without the date and the version, the same figures give the same file.
        canvas.savefig(FOLDER / f"{name}.png", dpi=100, metadata={"Software": None})
        pyplot.close(canvas)


def style(name: str, label: str | None = None) -> dict[str, Any]:
    """How a line looks: ours is green and thick, the others take the colours that are left."""
    if name.startswith("ours"):
        return {"label": label or name, "color": _OURS, "linewidth": 2.6, "zorder": 3}
    colour = _colours.setdefault(name, _OTHERS[len(_colours) % len(_OTHERS)])
    return {"label": label or name, "color": colour, "linewidth": 1.4}
