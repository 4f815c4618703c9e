"""Tests against real programs, only in `make test-real`: one module of fixtures per part, one section of `install`."""

from __future__ import annotations

from pathlib import Path

import pytest
from api_server import api, store

__all__ = ["api", "store"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.real)
