"""The scenarios of shells.py in dash, ash, mksh, yash and tcsh."""

from shells import *  # noqa: F403
from shells import open_shells

opened = open_shells("dash", "ash", "mksh", "yash", "tcsh")
