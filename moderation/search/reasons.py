"""Was it rejected for this reason? Asked so that PostgreSQL's index on the reasons can answer."""

import json
from typing import Any

from django.db.models import BooleanField, F, Func, Value


class HasReason(Func):
    """A condition on submissions: among their reasons ([{code, title}]) is one with this code."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, code: Value) -> None:
        super().__init__(F("reasons"), code)

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **extra: Any) -> tuple[str, tuple[str | int, ...]]:
        reasons, given = compiler.compile(self.get_source_expressions()[0])
        code = self.get_source_expressions()[1].value
        if connection.vendor == "postgresql":
            # The first condition is the index's own.
            sql = f"({reasons} <> '[]'::jsonb AND {reasons} @> %s::jsonb)"
            return sql, (*given, *given, json.dumps([{"code": code}]))
        sql = f"EXISTS (SELECT 1 FROM json_each({reasons}) r WHERE json_extract(r.value, '$.code') = %s)"  # noqa: S608
        return sql, (*given, code)
