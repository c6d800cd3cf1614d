"""What a code's text would do in the hands of a child. Pure."""

import re

ACTS = {
    r"https?://|www\.|urlto:": "opens a page",
    r"mailto:|matmsg:|smtp:": "writes to somebody",
    r"tel:": "calls somebody",
    r"sms(to)?:|mmsto:": "writes to somebody",
    r"begin:vcard|mecard:|bizcard:": "holds somebody's name and number",
    r"begin:vevent|begin:vcalendar": "holds a meeting",
    r"geo:": "holds a place",
    r"wifi:": "holds the password of a network",
    r"otpauth:|bitcoin:|ethereum:|bcd\n|upi:": "holds an account",
}
_ACTS = [(re.compile(pattern, re.I), says) for pattern, says in ACTS.items()]
# A page's address without its scheme: at least one dot, an ending of letters, no spaces.
_BARE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}(/\S*)?", re.I)


def act(text: str) -> str:
    """What it does, in words; "" when it only says something."""
    text = text.strip()
    for pattern, says in _ACTS:
        if pattern.match(text):
            return says
    return "opens a page" if _BARE.fullmatch(text) else ""
