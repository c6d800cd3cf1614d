"""The pages of policies: what holds, what it was, and one reason's rule as the desk shows it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from brickmod.markets import is_market
from brickmod.web.guards import needs
from moderation.authors.models import StrikeRule
from moderation.desk.door import SEE
from moderation.feedback.models import MarketRule, Policy, Reason
from moderation.policies.actions import WRITE
from moderation.policies.changing import between
from moderation.policies.forms import TitleForm
from moderation.policies.models import Draft, DraftState


@never_cache
@require_GET
@needs(SEE)
def policies(request: HttpRequest) -> HttpResponse:
    """The policy in force, drafts, and the history."""
    context = {
        "reasons": Reason.objects.prefetch_related("strike_rules", "markets", "examples"),
        "history": Policy.objects.defer("content").select_related("draft__scheduled_by")[:30],
        "drafts": Draft.objects.filter(state__in=[DraftState.DRAFT, DraftState.SCHEDULED]).select_related("made_by"),
        "form": TitleForm(),
        "may_write": request.user.has_perm(WRITE),
    }
    return render(request, "moderation/policies/policies.html", context)


@never_cache
@require_GET
@needs(SEE)
def reason(request: HttpRequest, code: str) -> HttpResponse:
    """One reason, as it holds in a market: a whole page, or for the desk's key a piece of one (`?piece=1`)."""
    row = get_object_or_404(Reason, code=code)
    asked = request.GET.get("market", "").upper()
    market = asked if is_market(asked) else ""
    name = "_reason.html" if request.GET.get("piece") else "reason.html"
    return render(request, f"moderation/policies/{name}", shown(row, market))


def shown(row: Reason, market: str) -> dict[str, Any]:
    rule = MarketRule.objects.filter(reason=row, market=market).first() if market else None
    strikes = StrikeRule.objects.filter(reason=row, market__in=["", market]).order_by("-market").first()
    examples = [one for one in row.examples.all() if one.market in ("", market)]
    return {
        "reason": row,
        "market": market,
        "explains": (rule.explains if rule else "") or row.explains,
        "severity": rule.severity if rule and rule.severity is not None else row.severity,
        "offered": not row.retired and (rule is None or rule.offered),
        "strikes": strikes,
        "examples": examples,
    }


@never_cache
@require_GET
@needs(SEE)
def policy(request: HttpRequest, version: int) -> HttpResponse:
    """One version: what it said, and what had changed from the one before."""
    row = get_object_or_404(Policy, version=version)
    before = Policy.objects.filter(version__lt=version).order_by("-version").first()
    if not row.content:
        raise Http404(_("This policy is older than contents were kept."))
    changes = between(before.content, row.content) if before and before.content else []
    context = {"policy": row, "before": before, "changes": changes[:200], "content": row.content}
    return render(request, "moderation/policies/policy.html", context)
