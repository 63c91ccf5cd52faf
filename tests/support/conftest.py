import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from fixtures import folder  # noqa: E402, F401
