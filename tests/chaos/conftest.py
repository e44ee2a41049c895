"""Failed assertions of the tools here tell what was compared, as those of the tests do."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.chaos.caller", "tests.chaos.dialling", "tests.chaos.load")
