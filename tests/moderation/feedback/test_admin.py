"""The pages on which people change what children are told."""

import pytest
from django.urls import reverse

from brickmod.access.models import AuditEvent, Verb
from moderation.feedback import shipped
from moderation.feedback.models import FeedbackText, Policy, Reason
from moderation.feedback.texts import current_policy, feedback_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(logged_in, admin_user):
    return logged_in(admin_user)


def text_of(code: str, language: str) -> FeedbackText:
    return FeedbackText.objects.get(reason_id=code, language=language)


def reason_form(reason: Reason, **changes: str) -> dict[str, str]:
    """What a browser sends from a reason's page: the fields, and one row for each text."""
    rows = list(reason.texts.order_by("language"))
    form = {
        "title": reason.title, "explains": reason.explains, "key": reason.key or "",
        "position": str(reason.position), "severity": str(reason.severity), "task": reason.task,
        "texts-TOTAL_FORMS": str(len(rows)), "texts-INITIAL_FORMS": str(len(rows)),
        "texts-MIN_NUM_FORMS": "0", "texts-MAX_NUM_FORMS": "1000",
        "markets-TOTAL_FORMS": "0", "markets-INITIAL_FORMS": "0",
        "examples-TOTAL_FORMS": "0", "examples-INITIAL_FORMS": "0",
    }  # fmt: skip
    if reason.alone:
        form["alone"] = "on"
    for place, text in enumerate(rows):
        row = {
            "id": str(text.pk),
            "reason": reason.code,
            "language": text.language,
            "title": text.title,
            "text": text.text,
        }
        form |= {f"texts-{place}-{name}": value for name, value in row.items()}
    return form | changes


@pytest.mark.parametrize("name", ["reason", "feedbacktext", "policy"])
def test_the_lists_open(client, name):
    page = client.get(reverse(f"admin:feedback_{name}_changelist"))
    assert page.status_code == 200


def test_texts_can_be_filtered_by_language_in_few_queries(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        page = client.get(reverse("admin:feedback_feedbacktext_changelist"), {"language": "fi"})
    content = page.content.decode()
    assert shipped.texts()["face", "fi"].title in content
    assert shipped.texts()["face", "da"].text not in content
    assert page.context["cl"].result_count == 23


def test_a_reason_opens_with_every_text_and_a_preview(client):
    content = client.get(reverse("admin:feedback_reason_change", args=["face"])).content.decode()
    for language in shipped.languages():
        assert shipped.texts()["face", language].title in content.replace("&#x27;", "'")
    assert 'lang="ja"' in content


def test_changing_a_text_in_its_reason_is_one_new_policy_and_marks_it_alone(client):
    reason = Reason.objects.get(code="face")
    place = [text.language for text in reason.texts.order_by("language")].index("da")
    form = reason_form(reason, **{f"texts-{place}-text": "Vi ser et ansigt. Prøv igen!"})
    answer = client.post(reverse("admin:feedback_reason_change", args=["face"]), form)
    assert answer.status_code == 302, answer.context["errors"]
    assert list(FeedbackText.objects.filter(edited=True)) == [text_of("face", "da")]
    assert not Reason.objects.get(code="face").edited
    assert feedback_for(["face"], "da") == "Vi ser et ansigt. Prøv igen!"
    assert [policy.version for policy in Policy.objects.all()] == [2, 1]
    assert "da" in Policy.objects.get(version=2).summary


def test_changing_a_reason_marks_it(client):
    form = reason_form(Reason.objects.get(code="face"), title="Faces")
    client.post(reverse("admin:feedback_reason_change", args=["face"]), form)
    reason = Reason.objects.get(code="face")
    assert (reason.title, reason.edited) == ("Faces", True)
    assert not FeedbackText.objects.filter(edited=True).exists()
    assert current_policy() == 2


def test_saving_without_a_change_is_no_policy(client):
    form = reason_form(Reason.objects.get(code="self_harm"))
    assert client.post(reverse("admin:feedback_reason_change", args=["self_harm"]), form).status_code == 302
    assert Policy.objects.count() == 1
    assert Reason.objects.get(code="self_harm").alone


def test_two_reasons_cannot_have_one_key_and_a_key_is_a_digit(client):
    page = reverse("admin:feedback_reason_change", args=["face"])
    for key in ("3", "x"):
        assert client.post(page, reason_form(Reason.objects.get(code="face"), key=key)).status_code == 200
    assert Reason.objects.get(code="face").key == "1"
    assert Policy.objects.count() == 1


def test_a_reason_is_retired_not_deleted(client):
    assert client.post(reverse("admin:feedback_reason_delete", args=["face"]), {"post": "yes"}).status_code == 403
    client.post(
        reverse("admin:feedback_reason_change", args=["face"]),
        reason_form(Reason.objects.get(code="face"), retired="on"),
    )
    assert "face" not in Reason.objects.offered().values_list("code", flat=True)
    assert feedback_for(["face"], "da") == shipped.texts()["face", "da"].text


def test_a_text_opens_with_a_preview_alone_and_beside_another(client):
    content = client.get(
        reverse("admin:feedback_feedbacktext_change", args=[text_of("rude", "en").pk])
    ).content.decode()
    assert content.count("Some of these words could make someone sad.") >= 4
    assert "And one more thing." in content


def test_a_text_is_changed_and_put_back(client):
    text = text_of("rude", "da")
    page = reverse("admin:feedback_feedbacktext_change", args=[text.pk])
    assert client.post(page, {"title": text.title, "text": "Sig det pænt."}).status_code == 302
    assert feedback_for(["rude"], "da") == "Sig det pænt."
    answer = client.post(
        reverse("admin:feedback_feedbacktext_changelist"),
        {"action": "back_to_shipped", "_selected_action": [str(text.pk)]},
    )
    assert answer.status_code == 302
    text.refresh_from_db()
    assert not text.edited
    assert feedback_for(["rude"], "da") == shipped.texts()["rude", "da"].text
    assert current_policy() == 3
    trail = AuditEvent.objects.filter(kind="feedbacktext", verb=Verb.ADMIN_CHANGE).order_by("id")
    assert [event.new["text"] for event in trail] == ["Sig det pænt.", text.text]


def test_a_new_language_is_added_with_its_tag_in_order(client):
    form = {"occasion": "general", "reason": "", "language": "ET", "title": "", "text": "Proovi uuesti."}
    assert client.post(reverse("admin:feedback_feedbacktext_add"), form).status_code == 302
    assert FeedbackText.objects.get(language="et").edited
    assert feedback_for(["face"], "et-EE", "EE") == "Proovi uuesti."


@pytest.mark.parametrize(
    "changes", [{"language": "qaa"}, {"language": "da"}, {"occasion": "reason"}, {"text": "x" * 401}], ids=str
)
def test_a_text_that_cannot_be_is_refused_with_a_sentence(client, changes):
    form = {"occasion": "general", "reason": "", "language": "et", "title": "", "text": "Proovi uuesti."} | changes
    answer = client.post(reverse("admin:feedback_feedbacktext_add"), form)
    assert answer.status_code == 200
    assert answer.context["errors"]
    assert Policy.objects.count() == 1


def test_deleting_an_edited_text_brings_the_shipped_words_back(client):
    text = text_of("face", "da")
    FeedbackText.objects.filter(pk=text.pk).update(text="Vores egen.", edited=True)
    client.post(reverse("admin:feedback_feedbacktext_delete", args=[text.pk]), {"post": "yes"})
    assert feedback_for(["face"], "da") == shipped.texts()["face", "da"].text
    assert current_policy() == 2


def test_a_policy_is_history(client):
    page = reverse("admin:feedback_policy_change", args=[1])
    assert client.get(page).status_code == 200
    assert client.post(page, {"summary": "Another past."}).status_code == 403
    assert client.post(reverse("admin:feedback_policy_delete", args=[1]), {"post": "yes"}).status_code == 403
    assert client.get(reverse("admin:feedback_policy_add")).status_code == 403


@pytest.mark.parametrize("person", ["moderator", "lead", "ml_engineer", "outsider"])
def test_nobody_but_an_admin_changes_what_children_read(person, request, logged_in):
    client = logged_in(request.getfixturevalue(person))
    page = reverse("admin:feedback_feedbacktext_change", args=[text_of("face", "da").pk])
    assert client.post(page, {"title": "x", "text": "x"}).status_code in (302, 403)
    assert not FeedbackText.objects.filter(text="x").exists()
