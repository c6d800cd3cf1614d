"""E-mail and web addresses and accounts elsewhere, as they are and disguised ("gmail dot com", "(at)"). Pure."""

import re
from functools import cache

from moderation.detectors.pii.kinds import Hit
from moderation.detectors.pii.words import EVERYWHERE, UNSPACED, Words, languages, words_of

PROVIDERS = (
    "gmail|googlemail|hotmail|outlook|yahoo|icloud|gmx|live|msn|aol|proton|"
    "protonmail|ymail|web|mail|zoho|yandex|rambler|"
    "wp|onet|interia|seznam|centrum|freemail|citromail|libero|virgilio|orange|free|laposte|wanadoo|sapo|uol|bol|terra|"
    "ziggo|kpnmail|planet|telia|telenor|abv|ukr|qq|163|126|sina|naver|daum|hanmail|"
    "kakao|docomo|ezweb|softbank|t-online|freenet"
)
_BIG = "com|net|org|info|edu|gov|io|gg|tv|app|xyz|club|online|site|shop|dev|eu|biz|me"
_COUNTRY = (
    "dk|de|at|ch|uk|us|ca|au|nz|ie|es|mx|fr|be|it|nl|pl|pt|br|se|no|fi|cz|"
    "hu|ro|gr|cy|tr|ua|ru|bg|hr|sk|si|cn|tw|hk|jp|kr|is|ee|lv|lt|lu|in|uy|ar"
)
_TLD = f"(?:{_BIG}|{_COUNTRY})"
_LABEL = r"[^\W_](?:[\w-]{0,62}[^\W_])?"
_MAIL = re.compile(rf"[\w.%+-]{{0,63}}\w@{_LABEL}(?:\.{_LABEL}){{0,4}}\.[^\W\d_]{{2,24}}")
_URL = re.compile(
    rf"(?:https?|hxxps?)\s?:\s?//\S+[\w/]|(?<![\w@.])www\d?\.[\w-]+(?:\.[\w-]+)+(?:/\S*[\w/])?"
    rf"|(?<![\w@.-])(?:{_LABEL}\.){{1,4}}(?:(?:com|net|org|info|io|gg|tv|app|xyz|edu|biz)\b(?![@\w-])(?:/\S*[\w/])?|{_TLD}/\S*[\w/])"
)
_AT_SIGN = r"\s*[\(\[\{<]\s*(?:@|at|ät|a)\s*[\)\]\}>]\s*|\s+@\s*|\s*@\s+|@"
_DOT_SIGN = (
    r"\s*[\(\[\{<]\s*(?:\.|dot|d0t|punkt|punto|point"
    r"|ponto|punt|kropka|tečka|pont|punct|piste|bodka|pika|nokta|точка|крапка)\s*[\)\]\}>]\s*|\s*\.\s*"
)
_HANDLE = re.compile(r"(?<![\w@./])@\s?([^\W\d_][\w.]{1,29}[\w]|[\w.]*\d[\w.]*\w)(?![\w@])")
PLATFORMS = (
    "snapchat|snap|sc|instagram|insta|ig|tiktok|tik tok|discord|dc|roblox|rblx|kik|"
    "telegram|tg|whatsapp|wa|xbox|psn|steam|"
    "youtube|yt|twitch|fortnite|epic games|minecraft|skype|facebook|fb|messenger|"
    "twitter|reddit|pinterest|signal|wechat|weixin|"
    "vk|viber|line|kakaotalk|kakao|bereal|signal|gamertag|nintendo|friend code|"
    "微信|抖音|快手|小红书|微博|qq|카톡|카카오톡|인스타|디스코드|틱톡|ライン|インスタ|ティックトック|"
    "вк|вконтакте|тг|телеграм|телега|инста|инстаграм|дискорд|роблокс|тикток|ютуб|вотсап|ватсап|вайбер|инстаграма"
)
_NAME = r"@?[^\W_][\w.\-]{2,30}(?:#\d{3,5})?"
_JOIN = (
    r"(?:\s*(?:name|user|username|handle|id|account|acc|tag|nick|is|er|ist|heißt|es|est|è|é"
    r"|jest|är|on|je|este|είναι|号|號|아이디|는|은|は|:|=|-|–|–>|->|@|：))*"
)
_PLATFORM = re.compile(
    rf"(?<![a-z0-9а-яіїє_])(?:{PLATFORMS})(?:(?<![a-zа-я])|(?![^\W\d_]))(?P<join>{_JOIN})\s*(?P<name>{_NAME})"
)
_DISCORD = re.compile(r"(?<![\w#])[^\W_][\w.]{1,31}#\d{4}(?!\d)")
_IP = re.compile(r"(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.])")


@cache
def _disguised() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Mail addresses with an "at" or a "dot" in words or brackets; of well-known providers without a dot; web ones."""
    spaced = [language for language in languages() if language not in UNSPACED]
    at = "|".join(sorted({re.escape(w) for of in spaced for w in words_of(of).at}, key=len, reverse=True))
    dot = "|".join(sorted({re.escape(w) for of in spaced for w in words_of(of).dot}, key=len, reverse=True))
    wide_at = "|".join(re.escape(w) for of in UNSPACED for w in words_of(of).at if not w.isascii())
    wide_dot = "|".join(re.escape(w) for of in UNSPACED for w in words_of(of).dot if not w.isascii() and len(w) > 0)
    any_at = rf"(?:{_AT_SIGN}|\s+(?:{at})\s+|\s*(?:{wide_at})\s*)"
    said_dot = rf"(?:\s*[\(\[\{{<]\s*(?:\.|{dot})\s*[\)\]\}}>]\s*|\s+(?:{dot})\s+|\s*(?:{wide_dot})\s*)"
    any_dot = rf"(?:{said_dot}|{_DOT_SIGN})"
    local = rf"(?<![\w.])\w[\w.%+-]{{0,40}}(?:{said_dot}[\w-]{{1,30}}){{0,3}}"
    top = rf"(?:{_BIG}|{_COUNTRY}|c0m|con|cm)"
    return (
        re.compile(
            rf"(?P<local>{local})(?P<at>{any_at})(?P<host>[\w-]{{1,40}}(?:{said_dot}[\w-]{{1,30}})?)(?P<dot>{any_dot})(?P<tld>{top})(?!\w)"
        ),
        re.compile(
            rf"(?P<local>{local})(?P<at>{any_at})(?P<host>gmail|googlemail|hotmail|icloud|outlook|yahoo)(?P<tld>\s?{top})?(?!\w)"
        ),
        re.compile(rf"(?<!\w)(?:www{any_dot})?[\w-]{{2,40}}{said_dot}(?:com|net|org|info|io|gg|tv|c0m)(?!\w)"),
    )


def nets(letters: str, mine: tuple[Words, ...]) -> list[Hit]:
    """Places are of the layer's letters."""
    hits = _said(letters)
    if "@" in letters:
        hits += [Hit(*found.span(), "email", "sure") for found in _MAIL.finditer(letters)]
        hits += [Hit(*found.span(), "handle", "likely") for found in _HANDLE.finditer(letters)]
    if "." in letters:
        hits += [Hit(*found.span(), "url", "likely") for found in _URL.finditer(letters)]
        hits += [Hit(*found.span(), "ip", "likely") for found in _IP.finditer(letters)]
    if "#" in letters:
        hits += [Hit(*found.span(), "handle", "likely") for found in _DISCORD.finditer(letters)]
    for found in _PLATFORM.finditer(letters):
        if _is_account(found, letters, mine):
            name = found["name"].rstrip(".-")
            hits.append(Hit(found.start("name"), found.start("name") + len(name), "handle", "likely"))
    return hits


_MAYBE_SAID = re.compile(rf"(?:{_BIG}|{_COUNTRY}|c0m|gmail|hotmail|icloud|outlook|yahoo)(?!\w)")


def _said(letters: str) -> list[Hit]:
    """Disguised addresses. The patterns are slow, so they are tried only around what such an address ends in."""
    hits: list[Hit] = []
    mail, of_provider, web = _disguised()
    done = 0
    for end in _MAYBE_SAID.finditer(letters):
        if end.start() < done:
            continue
        start = max(0, end.start() - 90)
        piece = letters[start : end.end() + 12]
        for found in mail.finditer(piece):
            plain_at = found["at"].strip().isalpha()
            plain_dot = not any(char.isalpha() for char in found["dot"]) and not set("([{<") & set(found["dot"])
            if plain_at and plain_dot and not re.fullmatch(PROVIDERS, found["host"]):
                continue  # "look at castle. it is big"
            if plain_at and " " in found["dot"] and plain_dot:
                continue
            hits.append(Hit(start + found.start(), start + found.end(), "email", "sure", "disguised"))
            done = start + found.end()
        for found in of_provider.finditer(piece):
            said = found["at"].strip().isalpha() and found["at"].strip() in ("at", "a")
            if said and found["local"].isalpha() and not found["tld"]:
                continue  # "look at gmail"
            hits.append(Hit(start + found.start(), start + found.end(), "email", "sure", "disguised"))
        for found in web.finditer(piece):
            hits.append(Hit(start + found.start(), start + found.end(), "url", "likely", "disguised"))
    return list(dict.fromkeys(hits))


# Words of every day too: what stands after them must be said to be an account, or look very much like one.
_EVERYDAY = frozenset(
    [
        "line",
        "signal",
        "steam",
        "snap",
        "sc",
        "ig",
        "dc",
        "wa",
        "tg",
        "fb",
        "yt",
        "vk",
        "messenger",
        "reddit",
        "kik",
        "insta",
        "ライン",
    ]
)
_SAID_TO_BE = re.compile(r"\b(?:user|username|name|handle|id|tag|nick)\b")
_HYPHENED = re.compile(r"[^\W\d_]+-[^\W\d_]+")
_ORDINARY = re.compile(r"[^\W\d_]+")


def _is_account(found: re.Match[str], letters: str, mine: tuple[Words, ...]) -> bool:
    """Is a word after a platform's name an account? It has a digit or a sign in it, or is said to be one."""
    name, join = found["name"].rstrip(".-"), found["join"]
    near = letters[max(0, found.start() - 40) : found.start()]
    own = any(words.reach.search(near) or words.i.search(near) for words in (*mine, words_of(EVERYWHERE)))
    told = (
        any(sign in join for sign in (":", "=", "@", "：", "号", "號", "아이디"))
        or _SAID_TO_BE.search(join) is not None
    )
    if name.isdigit():
        return len(name) >= 5
    odd = not _ORDINARY.fullmatch(name) and not _HYPHENED.fullmatch(name)
    everyday = found.group().split()[0].rstrip(":=@") in _EVERYDAY
    return (odd and (not everyday or own or told)) or (told and own)
