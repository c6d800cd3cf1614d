import pytest


@pytest.fixture(autouse=True, scope="session")
def _what_checks_comments(models):
    """Every comment is read by two models: loaded once, before the first test."""
    from engagement.characters.checking import check

    assert check("Godt gået!", "da") == []
