# SPDX-License-Identifier: Apache-2.0
"""python3 -m hints_from_alembic, with the folder above this one in PYTHONPATH."""

import sys

from hints_from_alembic.cli import main

sys.exit(main())
