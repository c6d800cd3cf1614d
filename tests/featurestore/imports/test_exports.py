"""Exports of labelling tools, in the shapes that the tools write."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurestore.imports import cvat, label_studio
from featurestore.imports.base import BadExport, Pictures, Row

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["data", "annotations", "result", "value", "type", "choices", "image", "items", "images", "id"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@pytest.fixture
def export(tmp_path):
    def export(content):
        path = tmp_path / "export.json"
        path.write_text(json.dumps(content))
        return path

    return export


def annotation(*choices, updated="2026-03-01T10:00:00Z", **more):
    result = [{"from_name": "kind", "to_name": "image", "type": "choices", "value": {"choices": list(choices)}}]
    return {"id": 1, "completed_by": 7, "result": result if choices else [], "updated_at": updated, **more}


def test_label_studio_full_export(export):
    box = {"from_name": "box", "type": "rectanglelabels", "value": {"x": 1, "rectanglelabels": ["Face"]}}
    path = export(
        [
            {"id": 1, "data": {"image": "/data/upload/3/1f2e3d4c-cat.jpg"}, "annotations": [annotation("face")]},
            {
                "id": 2,
                "data": {"image": "s3://b/2.jpg"},
                "annotations": [annotation()],
                "predictions": [annotation("x")],
            },
            {"id": 3, "data": {"image": "3.jpg"}, "annotations": [annotation("face", was_cancelled=True)]},
            {"id": 4, "data": {"image": "4.jpg"}, "annotations": []},
            {
                "id": 5,
                "data": {"image": "5.jpg", "meta": 3},
                "annotations": [annotation("new", updated="2026-03-02"), annotation("old", updated="2026-03-01")],
            },
            {"id": 6, "data": {"image": "6.jpg"}, "annotations": [{"result": [box, *annotation("toy")["result"]]}]},
        ]
    )
    assert list(label_studio.rows(path)) == [
        Row("export.json#1", ("face",), "/data/upload/3/1f2e3d4c-cat.jpg"),
        Row("export.json#2", (), "s3://b/2.jpg"),
        Row("export.json#5", ("new",), "5.jpg"),
        Row("export.json#6", ("Face", "toy"), "6.jpg"),
    ]
    assert list(label_studio.rows(path, label="box"))[-1].values == ("Face",)


def test_label_studio_texts_and_json_min(export):
    full = export([{"id": 9, "data": {"body": "hello"}, "annotations": [annotation("rude")]}])
    assert list(label_studio.rows(full, text="body")) == [Row("export.json#9", ("rude",), text="hello")]
    with pytest.raises(BadExport, match="'title'; it has: body"):
        list(label_studio.rows(full, text="title"))
    flat = export(
        [
            {"id": 1, "image": "a.jpg", "kind": "face", "annotator": 2},
            {"id": 2, "image": "b.jpg", "kind": {"choices": ["face", "toy"]}},
            {"id": 3, "image": "c.jpg", "kind": [{"rectanglelabels": ["Face"], "x": 3}]},
            {"id": 4, "image": "d.jpg"},
        ]
    )
    found = list(label_studio.rows(flat, label="kind"))
    assert [row.values for row in found] == [("face",), ("face", "toy"), ("Face",)]
    with pytest.raises(BadExport, match="--label"):
        list(label_studio.rows(flat))


def test_cvat_datumaro_and_coco(export):
    datumaro = {
        "info": {},
        "categories": {"label": {"labels": [{"name": "face", "parent": ""}, {"name": "toy", "parent": ""}]}},
        "items": [
            {
                "id": "a/1",
                "annotations": [{"type": "label", "label_id": 1}, {"type": "bbox", "label_id": 0}],
                "image": {"path": "a/1.png"},
            },
            {"id": "2", "annotations": [], "image": {"path": "2.png"}},
        ],
    }
    assert list(cvat.rows(export(datumaro))) == [
        Row("export.json#a/1", ("toy", "face"), "a/1.png"),
        Row("export.json#2", (), "2.png"),
    ]
    coco = {
        "categories": [{"id": 4, "name": "face"}],
        "images": [{"id": 1, "file_name": "x/1.png"}, {"id": 2, "file_name": "2.png"}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 4}, {"id": 2, "image_id": 1, "category_id": 4}],
    }
    assert [row.values for row in cvat.rows(export(coco))] == [("face",), ()]


@pytest.mark.parametrize("content", [{}, [], 3, {"items": [{}]}, {"items": 3}, {"images": [{"id": 1}]}, [{"data": 3}]])
def test_another_file_is_refused_with_a_sentence(export, content):
    if content != []:
        with pytest.raises(BadExport, match=r"\."):
            list(label_studio.rows(export(content)))
    with pytest.raises(BadExport, match=r"\."):
        list(cvat.rows(export(content)))


@given(JSON)
def test_no_json_does_more_than_be_refused(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("export") / "e.json"
    path.write_text(json.dumps(content))
    for read in (label_studio.rows, cvat.rows):
        with contextlib.suppress(BadExport):
            assert all(isinstance(row, Row) for row in read(path))


def test_what_is_no_json_or_not_there(tmp_path):
    (tmp_path / "x").write_text("<xml/>")
    for name, sentence in (("x", "no JSON"), ("y", "cannot be read")):
        with pytest.raises(BadExport, match=sentence):
            list(cvat.rows(tmp_path / name))


def test_pictures_are_found_by_what_their_path_ends_with(tmp_path):
    for name in ("a/cat.jpg", "b/cat.jpg", "b/dog one.jpg", "c/b/bird.jpg"):
        (tmp_path / "media" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "media" / name).touch()
    (tmp_path / "secret.jpg").touch()
    pictures = Pictures(tmp_path / "media")

    def find(name):
        found = pictures.find(name)
        return found and str(found.relative_to(tmp_path / "media"))

    assert find("/data/upload/a/cat.jpg") == "a/cat.jpg"
    assert find("cat.jpg") is None  # there are two
    assert find("/data/upload/3/1f2e3d4c-dog%20one.jpg") == "b/dog one.jpg"
    assert find("/data/local-files/?d=x/b/bird.jpg") == "c/b/bird.jpg"
    assert find("https://cdn.example.com/c/b/bird.jpg?size=3") == "c/b/bird.jpg"
    for nothing in ("../secret.jpg", "secret.jpg", "", "/", ".."):
        assert find(nothing) is None
