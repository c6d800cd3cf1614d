"""A language model in a folder of this machine that words comments, if there is one (COMMENT_MODEL).

A transformers folder with safetensors: nothing is fetched, no code that lies in the folder is run, no pickle is read.
What it says is raw material: whoever asks checks it like a person's text, and has a text of templates to fall back on.
"""

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from engagement.characters.phrases import phrases
from engagement.characters.writing import Wish

TOKENS = 80
SECONDS = 20.0
MOST_PROMPT = 900  # tokens; a small model's window is small
_VOICES = {"cheerful": "cheerful and quick", "curious": "curious and attentive", "calm": "calm and warm"}
_END = re.compile(r"^.*[.!?…。！？]", re.S)


class Silent(Exception):
    """Nothing came of it; a sentence says why."""


class Speaker(Protocol):
    """`say` returns one comment in the wish's language. Raises Silent."""

    def say(self, wish: Wish) -> str: ...


class LocalModel:
    """See Speaker. The same wish gives the same text, on the same machine."""

    def __init__(self, folder: Path, seconds: float = SECONDS, tokens: int = TOKENS) -> None:
        if not any(folder.glob("*.safetensors")):
            raise Silent(f"{folder} has no model in safetensors.")
        from transformers import AutoModelForCausalLM, AutoTokenizer

        try:
            self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
            self._model: Any = AutoModelForCausalLM.from_pretrained(
                folder, local_files_only=True, use_safetensors=True, trust_remote_code=False
            ).eval()
        except (OSError, ValueError, ImportError) as error:
            raise Silent(f"The model in {folder} cannot be read: {type(error).__name__}.") from error
        self._seconds, self._tokens = seconds, tokens

    def say(self, wish: Wish) -> str:
        import torch

        asked = self._tokenizer(self._prompt(wish), return_tensors="pt", truncation=True, max_length=self._room())
        asked.pop("token_type_ids", None)
        with torch.random.fork_rng(devices=[]), torch.inference_mode():
            torch.manual_seed(_seed(wish))
            made = self._model.generate(
                **asked,
                max_new_tokens=self._tokens,
                max_time=self._seconds,
                do_sample=True,
                temperature=0.8,
                top_p=0.9,
                pad_token_id=self._tokenizer.pad_token_id or self._tokenizer.eos_token_id or 0,
            )
        new = made[0][asked["input_ids"].shape[1] :]
        return tidied(self._tokenizer.decode(new, skip_special_tokens=True))

    def _room(self) -> int:
        window = getattr(self._model.config, "max_position_embeddings", None) or MOST_PROMPT + self._tokens
        return max(1, min(MOST_PROMPT, int(window) - self._tokens))

    def _prompt(self, wish: Wish) -> str:
        said = prompt(wish)
        if getattr(self._tokenizer, "chat_template", None):
            return str(
                self._tokenizer.apply_chat_template(
                    [{"role": "user", "content": said}], tokenize=False, add_generation_prompt=True
                )
            )
        return f"{said}\nComment:"


def prompt(wish: Wish) -> str:
    """What is asked for, with three examples in the language, so that a small model has something to lean on."""
    own = phrases(wish.language)
    greeting = getattr(own, wish.voice)
    examples = "\n".join(f"- {own.between.join((greeting[n], own.praise[n], own.close[n]))}" for n in range(3))
    theme = f" about {wish.theme}" if wish.theme else ""
    level = " It is the child's first one." if wish.built == 0 else ""
    return (
        f"Write a short comment ({own.language}, two sentences) on a child's build{theme}.{level} "
        f"Be {_VOICES.get(wish.voice, 'kind')}, kind, encouraging. Ask nothing, promise nothing, name no link and no "
        f"price.\nExamples:\n{examples}"
    )


def tidied(said: str) -> str:
    """The first paragraph, whole sentences only, without quotation marks around it. Raises Silent when none is left."""
    first = next((line.strip() for line in said.splitlines() if line.strip()), "")
    first = first.removeprefix("-").strip().strip('"“”«»„')
    whole = _END.match(" ".join(first.split()))
    if whole is None:
        raise Silent("It did not finish a sentence.")
    return whole.group().strip()


def _seed(wish: Wish) -> int:
    said = "\x1f".join((wish.creation, wish.character, wish.language, wish.theme))
    return int.from_bytes(hashlib.blake2b(said.encode(), digest_size=7).digest(), "big")


@cache
def local_model(folder: str) -> Speaker:
    """The one model of this process. Raises Silent."""
    return LocalModel(Path(folder))
