"""The bench: measures the product and what one would take instead, and writes `docs/bench`."""
