"""A local stand-in for the platform: the link API over verified TLS, with faults to order."""

from tools.sandbox.calls import Call
from tools.sandbox.faults import Fault
from tools.sandbox.sandbox import ManualClock, Sandbox, SystemClock

__all__ = ["Call", "Fault", "ManualClock", "Sandbox", "SystemClock"]
