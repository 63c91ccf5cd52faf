"""The scenarios of shells.py in yash."""

from shells import *  # noqa: F403
from shells import open_shells

opened = open_shells("yash")
