"""`python -m tools`: one command line for everything that runs on the host."""

from __future__ import annotations

from tools.cli import app

app()
