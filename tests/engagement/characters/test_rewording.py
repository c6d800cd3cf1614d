"""A language model in a folder: it is asked within bounds, checked like anybody, and never needed."""

import random

import pytest
from prometheus_client import REGISTRY

from engagement.characters import rewording
from engagement.characters.drafting import HEARD_FOR
from engagement.characters.local_model import LocalModel, Silent, local_model, prompt, tidied
from engagement.characters.models import DraftState
from engagement.characters.phrases import languages
from engagement.characters.writing import Wish

WISH = Wish("c1", "bo", "calm", "da", "Ninjago", 3)
WORDS = ["sikke", "en", "flot", "borg", ".", "!", "du", "er", "god", "til", "at", "bygge", "hurra"]


class Says:
    """A deterministic speaker."""

    def __init__(self, text: str) -> None:
        self.text = text

    def say(self, wish: Wish) -> str:
        return tidied(self.text)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A real model of two layers with random weights, and a tokenizer of a few words, saved as transformers saves."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("tiny")
    vocabulary = {word: at for at, word in enumerate(["<unk>", "<end>", *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>", eos_token="<end>").save_pretrained(folder)
    torch.manual_seed(random.Random(3).randrange(1000))
    config = GPT2Config(vocab_size=len(vocabulary), n_positions=256, n_embd=16, n_layer=2, n_head=2, eos_token_id=1,
                        bos_token_id=1)  # fmt: skip
    GPT2LMHeadModel(config).save_pretrained(folder, safe_serialization=True)
    return folder


def counted(how: str) -> float:
    return REGISTRY.get_sample_value("brickmod_comments_worded_total", {"how": how}) or 0.0


def said_by(speaker: LocalModel, wish: Wish) -> str:
    try:
        return speaker.say(wish)
    except Silent as why:
        return str(why)


def test_a_real_model_speaks_within_its_bounds_and_the_same_again(tiny, no_network):
    speaker = LocalModel(tiny, tokens=30)
    said = said_by(speaker, WISH)
    assert len(said.split()) <= 30
    assert said[-1] in ".!?…"
    assert said == said_by(speaker, WISH)
    assert no_network == []


def test_its_time_is_bounded_too(tiny):
    steps: list[int] = []
    speaker = LocalModel(tiny, seconds=0.0, tokens=100)
    speaker._model.register_forward_hook(lambda *_: steps.append(1))
    said_by(speaker, WISH)
    assert len(steps) <= 2


def test_only_safetensors_are_read(tmp_path):
    (tmp_path / "pytorch_model.bin").write_bytes(b"a pickle")
    with pytest.raises(Silent, match="no model in safetensors"):
        LocalModel(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"broken")
    with pytest.raises(Silent, match="cannot be read"):
        LocalModel(tmp_path)


@pytest.mark.parametrize("language", languages())
def test_the_prompt_has_examples_of_the_language(language):
    said = prompt(Wish("c", "bo", "cheerful", language, "City", 0))
    assert f"({language}," in said
    assert said.count("\n- ") == 3


def test_what_is_said_is_cut_at_its_last_sentence():
    assert tidied('\n "Sikke en borg! Den er flot. Og så') == "Sikke en borg! Den er flot."
    with pytest.raises(Silent):
        tidied("og så videre")


@pytest.mark.django_db
@pytest.mark.models
@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("Sikke en flot borg! Du er god til at bygge.", "model"),
        ("Hvor gammel er du?", "refused"),
        ("Skriv til bo@example.com, du er dygtig!", "refused"),
        ("Den er grim og kedelig.", "refused"),
        ("og så videre", "silent"),
    ],
)
def test_only_what_may_be_said_takes_the_templates_place(draft, text, how):
    row = draft()
    template, before = row.text, counted(how)
    assert rewording.waiting() == [row.id]
    assert rewording.reword(row.id, Says(text)) == how
    row.refresh_from_db()
    assert row.text == (text if how == "model" else template)
    assert (row.tried, row.state, counted(how)) == (2, DraftState.DRAFT, before + 1)
    assert rewording.waiting() == []
    assert rewording.reword(row.id, Says(text)) == "late"


@pytest.mark.django_db
@pytest.mark.models
def test_an_author_does_not_hear_the_same_twice(draft, creation):
    said = "Sikke en flot borg! Du er god til at bygge."
    one, other = draft(creation=creation()), draft(creation=creation())
    assert HEARD_FOR.days == 30
    assert rewording.reword(one.id, Says(said)) == "model"
    assert rewording.reword(other.id, Says(said)) == "heard"


@pytest.mark.django_db
@pytest.mark.models
def test_a_person_who_was_faster_wins(draft):
    row = draft()

    class Slow(Says):
        def say(self, wish: Wish) -> str:
            type(row).objects.filter(id=row.id).update(text="Flot!", edited=True)
            return super().say(wish)

    assert rewording.reword(row.id, Slow("Sikke en flot borg! Du er god til at bygge.")) == "late"
    row.refresh_from_db()
    assert row.text == "Flot!"


@pytest.mark.django_db
def test_without_a_model_templates_stand(draft, tasks, settings, tmp_path):
    row = draft()
    settings.COMMENT_MODEL = ""
    assert tasks.reword() == 0
    settings.COMMENT_MODEL = str(tmp_path)
    assert tasks.reword() == 0
    row.refresh_from_db()
    assert row.tried == 1


@pytest.mark.django_db
@pytest.mark.models
def test_the_task_asks_the_model_for_fresh_drafts(draft, tasks, settings, tiny):
    row = draft()
    settings.COMMENT_MODEL = str(tiny)
    local_model.cache_clear()
    assert tasks.reword() == 1
    row.refresh_from_db()
    assert row.tried == 2
