"""`python tests/oracle --cases 10000 --seed N`: compare the oracle with the product on random rulebooks and cases."""

from __future__ import annotations

import sys
from pathlib import Path

# Python puts this folder on the path of a command. The modules are imported from the folder above.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from oracle_comparison import main  # noqa: E402

sys.exit(main())
