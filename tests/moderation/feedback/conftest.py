import pytest

from moderation.feedback import texts


@pytest.fixture(autouse=True)
def nothing_kept():
    """A process keeps the texts for a second; a test that was rolled back must not be remembered by the next one."""
    texts.forget()
    yield
    texts.forget()
