"""What was done to a task's heads, and what each of them is."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from brickmod.web.guards import needs
from featurestore.compare import lists
from featurestore.compare.cards import as_html
from featurestore.compare.versions import choices, flat, lineage, mlflow_address, triple
from featurestore.compare.views import PROMOTE, SEE

EVENTS = 50  # on a page


@never_cache
@require_GET
@needs(SEE)
def history(request: HttpRequest, task: str) -> HttpResponse:
    lists.exists_or_404(task)
    page = Paginator(lists.events(task), EVENTS).get_page(request.GET.get("page"))
    serving = {one.head.id: one for one in lists.placed(task)}
    context = {
        "task": task,
        "title": lists.title(task),
        "events": page,
        "versions": [(head, serving.get(head.id)) for head in lists.versions(task)],
    }
    return render(request, "featurestore/compare/history.html", context)


@never_cache
@require_GET
@needs(SEE)
def version(request: HttpRequest, task: str, version: str) -> HttpResponse:
    head = lists.version_or_404(task, version)
    placed = next((one for one in lists.placed(task) if one.head.id == head.id), None)
    context = {
        "task": task,
        "title": lists.title(task),
        "head": head,
        "placed": placed,
        "choices": choices(head, placed) if request.user.has_perm(PROMOTE) else [],
        "card": as_html(head.card),
        "metrics": [(name, *triple(value)) for name, value in sorted(head.metrics.items())],
        "data": flat(head.data),
        "lineage": lineage(head),
        "children": lists.HEADS.filter(parent=head),
        "mlflow": mlflow_address(head),
    }
    return render(request, "featurestore/compare/version.html", context)
