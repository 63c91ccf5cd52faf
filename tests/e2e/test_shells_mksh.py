"""The scenarios of shells.py in mksh."""

from shells import *  # noqa: F403
from shells import open_shells

opened = open_shells("mksh")
