"""Fixtures that the support's own tests and the whole-program tests share."""

import pathlib
import shutil
import tempfile

import pytest


@pytest.fixture
def folder():
    """A short-named temporary folder that other accounts may enter."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="t-", dir="/tmp"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)
