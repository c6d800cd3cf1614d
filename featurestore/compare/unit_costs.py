"""What a task's looks and mistakes cost: kept for everybody, or as an address says."""

from typing import Any

from django.utils import timezone

from featurestore.compare.cost import Costs
from featurestore.compare.models import UnitCosts

NAMES = tuple(vars(Costs()))


def kept(task: str) -> Costs:
    row = UnitCosts.objects.filter(task=task).values(*NAMES).first()
    return Costs(**row) if row else Costs()


def keep(task: str, costs: Costs, by: Any) -> None:
    UnitCosts.objects.update_or_create(task=task, defaults={**vars(costs), "by": by, "at": timezone.now()})
