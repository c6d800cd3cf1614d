from collections.abc import Callable
from functools import partial

import pytest

from tests import submissions


@pytest.fixture
def waiting(calling_app) -> Callable:
    return partial(submissions.waiting, calling_app)
