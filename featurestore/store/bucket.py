"""S3 for fsspec, over the boto3 that is here anyway.

fsspec's own package for S3 pins a botocore that is older than ours. What segments need of a file system is five calls;
where that package is installed, it is used instead.
"""

import importlib.util
from typing import Any

import boto3
import fsspec
from botocore.exceptions import ClientError


def is_ours(url: str) -> bool:
    return url.startswith("s3://") and importlib.util.find_spec("s3fs") is None


class BucketFileSystem(fsspec.AbstractFileSystem):
    """Paths are "bucket/key". Large files go and come in parts, several at once (boto3's transfer)."""

    protocol = "s3"
    cachable = False

    def __init__(self, endpoint_url: str = "", **options: Any) -> None:
        super().__init__(**options)
        self.client = boto3.client("s3", endpoint_url=endpoint_url or None)

    def ls(self, path: str, detail: bool = True, **kwargs: Any) -> list[Any]:
        bucket, prefix = self._split(path.rstrip("/") + "/")
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix, Delimiter="/")
        found = [
            {"name": f"{bucket}/{made['Key']}", "size": made["Size"], "type": "file"}
            for page in pages
            for made in page.get("Contents", ())
        ]
        return found if detail else [made["name"] for made in found]

    def cat_file(self, path: str, start: Any = None, end: Any = None, **kwargs: Any) -> bytes:
        bucket, key = self._split(path)
        try:
            return self.client.get_object(Bucket=bucket, Key=key)["Body"].read()[start:end]
        except ClientError as error:
            raise _missing(error, path) from None

    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **kwargs: Any) -> None:
        bucket, key = self._split(path)
        self.client.put_object(Bucket=bucket, Key=key, Body=value)

    def get_file(self, rpath: str, lpath: str, *args: Any, **kwargs: Any) -> None:
        bucket, key = self._split(rpath)
        try:
            self.client.download_file(bucket, key, lpath)
        except ClientError as error:
            raise _missing(error, rpath) from None

    def put_file(self, lpath: str, rpath: str, *args: Any, **kwargs: Any) -> None:
        bucket, key = self._split(rpath)
        self.client.upload_file(lpath, bucket, key)

    def rm_file(self, path: str) -> None:
        bucket, key = self._split(path)
        self.client.delete_object(Bucket=bucket, Key=key)

    def _split(self, path: str) -> tuple[str, str]:
        bucket, _, key = self._strip_protocol(path).partition("/")
        return bucket, key + ("/" if path.endswith("/") and not key.endswith("/") else "")


def _missing(error: ClientError, path: str) -> Exception:
    return FileNotFoundError(path) if error.response["Error"]["Code"] in {"NoSuchKey", "404"} else error
