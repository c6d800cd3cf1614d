"""Whose turn it is among what waits: due time first, then weight, then risk, as one number that an index can hold."""

from typing import Any

from django.db.models import BigIntegerField, F, Func

TOP = 999


class Turn(Func):
    """Minutes since 1970 of the due time, then the heavier, then the riskier; the smaller number comes first.

    Weights and risks (0 to 999) decide among what is due in the same minute, never over an earlier one: nothing
    starves.
    """

    output_field = BigIntegerField()

    def __init__(self, *expressions: Any, **extra: Any) -> None:
        super().__init__(*(expressions or (F("review_due_at"), F("weight"), F("risk"))), **extra)

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **extra: Any) -> tuple[str, tuple[str | int, ...]]:
        (due, a), (weight, b), (risk, c) = (compiler.compile(one) for one in self.get_source_expressions())
        # At UTC, so that PostgreSQL knows the answer to be the same for ever.
        seconds = (
            f"EXTRACT(EPOCH FROM ({due} AT TIME ZONE 'UTC'))"
            if connection.vendor == "postgresql"
            else f"CAST(strftime('%%s', {due}) AS INTEGER)"
        )
        minutes = f"CAST(FLOOR({seconds} / 60) AS BIGINT)" if connection.vendor == "postgresql" else f"({seconds} / 60)"
        sql = f"({minutes} * 1000000 + ({TOP} - {weight}) * 1000 + ({TOP} - {risk}))"
        return sql, (*a, *b, *c)
