"""A browser seeks in a video by asking for pieces of it."""

import io

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from moderation.intake.ranges import file_answer

WHOLE = bytes(range(256)) * 600  # more than two blocks


def ask(header: str | None):
    headers = {"Range": header} if header is not None else {}
    answer = file_answer(RequestFactory().get("/", headers=headers), io.BytesIO(WHOLE), len(WHOLE), "video/mp4")
    return answer, b"".join(answer) if answer.streaming else answer.content


@given(st.integers(0, len(WHOLE) - 1), st.integers(0, len(WHOLE) + 10))
def test_a_piece_is_that_piece(start, length):
    answer, body = ask(f"bytes={start}-{start + length}")
    assert answer.status_code == 206
    assert body == WHOLE[start : start + length + 1]
    assert answer["Content-Length"] == str(len(body))
    assert answer["Content-Range"] == f"bytes {start}-{start + len(body) - 1}/{len(WHOLE)}"


def test_from_somewhere_to_the_end_and_the_last_bytes():
    assert ask("bytes=100-")[1] == WHOLE[100:]
    assert ask("bytes=-7")[1] == WHOLE[-7:]
    assert ask(f"bytes=-{len(WHOLE) * 2}")[1] == WHOLE


@pytest.mark.parametrize("header", [None, "", "bytes=-", "bytes=5-2", "bytes=0-1,4-5", "lines=0-1", "bytes=a-b"])
def test_what_names_no_piece_gets_the_whole(header):
    answer, body = ask(header)
    assert (answer.status_code, body, answer["Accept-Ranges"]) == (200, WHOLE, "bytes")


@pytest.mark.parametrize("header", [f"bytes={len(WHOLE)}-", "bytes=-0"])
def test_behind_the_end_there_is_nothing(header):
    answer, _ = ask(header)
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{len(WHOLE)}")
