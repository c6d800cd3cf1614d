"""The page, its tables and its file."""

import csv
import io

import numpy as np
import pyarrow.parquet as pq
import pytest
from django.contrib.staticfiles import finders

from brickmod.access.models import AuditEvent
from featurestore.overview import actions
from featurestore.overview.models import Snapshot
from featurestore.store import get_store
from tests.features import DIM, TODAY

pytestmark = pytest.mark.django_db
WANTED = {"task": "face", "encoder": "image@1", "view": "", "label_view": "strongest@1"}


def test_before_the_first_count_the_page_says_so(ml_engineer, logged_in):
    html = logged_in(ml_engineer).get("/features/").content.decode()
    assert "Not counted yet" in html


def test_the_page_reads_the_same_few_rows_however_much_there_is(
    filled, ml_engineer, logged_in, django_assert_num_queries
):
    actions.measure(TODAY)
    client = logged_in(ml_engineer)
    before = client.get("/features/").content.decode()
    assert "161 features" in before
    assert " style=" not in before
    Snapshot.objects.update(data={"encoders": [], "markets": [], "days": [], "labels": [], "maps": []})
    after = client.get("/features/").content.decode()
    assert "Nothing to show yet" in after  # what it shows is the snapshot, not the store
    with django_assert_num_queries(8):  # session, person, rights twice; counts twice, tests, map
        client.get("/features/")


def test_each_table_is_a_file(filled, ml_engineer, logged_in):
    actions.measure(TODAY)
    answer = logged_in(ml_engineer).get("/features/tables/markets.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="features-markets.csv"'
    assert list(csv.reader(io.StringIO(answer.content.decode()))) == [
        ["Market", "Features"],
        ["DK", "121"],
        ["DE", "40"],
    ]
    assert logged_in(ml_engineer).get("/features/tables/nothing.csv").status_code == 404


def test_an_export_is_the_dataset_of_a_label_view(filled, ml_engineer, logged_in):
    actions.measure(TODAY)
    answer = logged_in(ml_engineer).post("/features/export/", WANTED)
    read = pq.read_table(io.BytesIO(answer.getvalue()))
    dataset = get_store().dataset("face", "image@1")
    order = np.argsort(np.array(read["id"].to_pylist(), "S16"))
    assert [read["id"].to_pylist()[n] for n in order] == [id.bytes for id in dataset.ids]
    vectors = np.array(read["vector"].to_pylist(), np.float32)[order]
    assert vectors.shape == (159, DIM)
    assert (vectors == dataset.x).all()
    assert [read["label"].to_pylist()[n] for n in order] == dataset.y.tolist()
    assert read.schema.metadata[b"label_view"] == b"strongest@1"
    row = AuditEvent.objects.get(verb="export")
    assert (row.user, row.object_id, row.new["encoder"]) == (ml_engineer, "face", "image@1")


def test_an_export_of_what_is_not_there_is_refused_and_not_told(filled, ml_engineer, logged_in):
    actions.measure(TODAY)
    answer = logged_in(ml_engineer).post("/features/export/", WANTED | {"task": "nothing"}, follow=True)
    assert "Nothing was exported" in answer.content.decode()
    assert not AuditEvent.objects.filter(verb="export").exists()


@pytest.mark.parametrize("role", ["moderator", "lead", ""])
def test_others_may_not_export(make_user, logged_in, role):
    assert logged_in(make_user(role)).post("/features/export/", WANTED).status_code == 403


def test_plotly_is_served_by_us_out_of_the_package():
    found = finders.find("js/plotly.min.js")
    with open(found) as file:
        assert "plotly.js v" in file.read(200)
    assert finders.find("js/plotly.other.js") is None
    names = [name for finder in finders.get_finders() for name, _ in finder.list([])]
    assert names.count("plotly.min.js") == 1
