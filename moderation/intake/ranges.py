"""A piece of a file, as browsers ask for it: without this a video can be played but not sought in."""

import re
from collections.abc import Iterator
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

BLOCK = 64 * 1024
_ONE = re.compile(r"bytes=(\d*)-(\d*)")


def file_answer(request: HttpRequest, file: Any, size: int, content_type: str) -> HttpResponseBase:
    """The open file (bytes), or the one range of it that the request's Range header names (RFC 9110, section 14).

    Several ranges at once and what cannot be read are answered with the whole file, as the RFC allows; a range that
    begins behind the end gets 416.
    """
    match = _ONE.fullmatch(request.headers.get("Range", ""))
    if match is None or match[0] == "bytes=-" or (match[1] and match[2] and int(match[2]) < int(match[1])):
        whole = FileResponse(file, content_type=content_type)
        whole.headers["Accept-Ranges"] = "bytes"
        return whole
    if match[1]:
        start, end = int(match[1]), min(int(match[2]) if match[2] else size - 1, size - 1)
    else:
        start, end = max(0, size - int(match[2])), size - 1
    if start > end:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    file.seek(start)
    piece = StreamingHttpResponse(_blocks(file, end - start + 1), status=206, content_type=content_type)
    piece.headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    piece.headers["Content-Length"] = str(end - start + 1)
    piece.headers["Accept-Ranges"] = "bytes"
    return piece


def _blocks(file: Any, left: int) -> Iterator[bytes]:
    with file:
        while left > 0 and (block := file.read(min(BLOCK, left))):
            left -= len(block)
            yield block
