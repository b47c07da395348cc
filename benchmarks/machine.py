"""What a benchmark ran on, in one line."""

from __future__ import annotations

import os
import platform
import re
from importlib.metadata import version
from pathlib import Path


def cores() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0))


def describe_machine(*packages: str) -> str:
    """Processor, cores, load of the last minute and versions; the load is everybody's, not only ours."""
    found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    processor = found.group(1) if found else platform.machine()
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    return (
        f"{cores()} cores of {processor}, load {os.getloadavg()[0]:.1f} at the start; others may load the machine, "
        f"so read ratios rather than times. Python {platform.python_version()}, {versions}."
    )
