"""Fixtures that the support's own tests and the whole-program tests share."""

import contextlib
import pathlib
import shutil
import tempfile

import pytest


@contextlib.contextmanager
def new_folder():
    """A short-named temporary folder that other accounts may enter."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="t-", dir="/tmp"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def folder():
    with new_folder() as path:
        yield path
