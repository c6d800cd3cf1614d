import pytest

from tests import features


@pytest.fixture
def filled(db) -> list:
    return features.fill()
