"""In which language a child is told: the tags to try, the nearest to the child's own first."""

from functools import lru_cache

from langcodes import Language, LanguageTagError

from brickmod import markets

LAST = "en"
# A reader of the left one reads the right one well. Norwegian has three tags; Chinese has many.
NEAR = {"no": "nb", "nn": "nb", "cmn": "zh", "yue": "zh", "wuu": "zh", "bs": "hr", "sh": "hr", "gsw": "de"}
# Written without spaces, so sentences follow each other without one.
UNSPACED = {"zh", "ja"}


@lru_cache(maxsize=4096)
def chain(language: str, market: str = "") -> tuple[str, ...]:
    """Lower-case tags to try, each once: the child's own, its nearest, the market's first language, English.

    Never raises and never is empty: a tag that means nothing is passed over.
    >>> chain("zh-TW")
    ('zh-tw', 'zh-hant-tw', 'zh-hant', 'zh', 'en')
    >>> chain("nn")
    ('nn-latn', 'nn', 'nb-latn', 'nb', 'en')
    """
    market = market.upper()
    known = market if markets.is_market(market) else ""
    tags = _own(language, known)
    if known:
        tags += _own(markets.languages(known)[0], known)
    return tuple(dict.fromkeys([*tags, LAST]))


def _own(language: str, market: str) -> list[str]:
    """`language` itself, then wider and wider. The market decides what the tag leaves open: zh in TW is zh-Hant."""
    try:
        tag = Language.get(language)
    except (LanguageTagError, ValueError):
        return []
    if not tag.language or not markets.is_language(tag.language):
        return []
    territory = tag.territory or market
    # Only the script is guessed: a guessed territory would make every "pt" Brazilian.
    script = tag.script or Language.make(language=tag.language, territory=territory or None).maximize().script
    # What is told in the country itself comes before what is told everywhere: pt in BR is pt-BR, then pt.
    narrower = [(script, territory), ("", territory), (script, ""), ("", "")]
    wider = [tag.to_tag()] if tag.to_tag() != tag.language else []
    for near in (tag.language, NEAR.get(tag.language, tag.language)):
        wider += ["-".join(filter(None, (near, *inside))) for inside in narrower]
    return [each.lower() for each in wider]
