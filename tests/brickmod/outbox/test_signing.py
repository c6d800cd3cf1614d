import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brickmod.outbox.signing import BadSignature, headers, new_secret, sign, verify

# Published with the standard's own libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, STAMP, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

ids = st.text(st.characters(codec="ascii", exclude_characters=". ", exclude_categories=["Cc"]), min_size=1, max_size=40)
secrets = st.binary(min_size=24, max_size=64).map(lambda raw: "whsec_" + base64.b64encode(raw).decode())
stamps = st.integers(0, 4_000_000_000)


def test_the_published_vector():
    assert sign(SECRET, ID, STAMP, BODY) == SIGNATURE
    verify(SECRET, {"webhook-id": ID, "webhook-timestamp": str(STAMP), "webhook-signature": SIGNATURE}, BODY, now=STAMP)


def test_new_secrets_are_long_and_differ():
    made = {new_secret() for _ in range(100)}
    assert len(made) == 100
    assert all(len(base64.b64decode(secret.removeprefix("whsec_"))) == 24 for secret in made)


@given(secrets, ids, stamps, st.binary(max_size=300))
def test_it_is_what_the_standard_says(secret, message_id, stamp, body):
    raw = base64.b64decode(secret[6:])
    digest = hmac.new(raw, message_id.encode() + b"." + str(stamp).encode() + b"." + body, hashlib.sha256).digest()
    sent = headers([secret], message_id, stamp, body)
    assert sent == {
        "webhook-id": message_id,
        "webhook-timestamp": str(stamp),
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }
    verify(secret, sent, body, now=stamp)


@given(secrets, secrets, ids, stamps, st.binary(max_size=100))
def test_either_secret_of_a_rotation_fits(one, other, message_id, stamp, body):
    sent = headers([one, other], message_id, stamp, body)
    verify(one, sent, body, now=stamp)
    verify(other, sent, body, now=stamp)


@given(secrets, ids, stamps, st.binary(min_size=1, max_size=100), st.data())
def test_whatever_is_altered_no_longer_fits(secret, message_id, stamp, body, data):
    sent = headers([secret], message_id, stamp, body)
    place = data.draw(st.integers(0, len(body) - 1))
    altered = body[:place] + bytes([body[place] ^ data.draw(st.integers(1, 255))]) + body[place + 1 :]
    for wrong_sent, wrong_body, wrong_secret in (
        (sent, altered, secret),
        (sent | {"webhook-id": message_id + "x"}, body, secret),
        (sent | {"webhook-timestamp": str(stamp + 1)}, body, secret),
        (sent, body, new_secret()),
    ):
        with pytest.raises(BadSignature):
            verify(wrong_secret, wrong_sent, wrong_body, now=stamp)


@pytest.mark.parametrize("off", [-301, 301, 100_000])
def test_an_old_message_is_refused(off):
    sent = headers([SECRET], ID, STAMP, BODY)
    with pytest.raises(BadSignature, match="five minutes"):
        verify(SECRET, sent, BODY, now=STAMP + off)
    verify(SECRET, sent, BODY, now=STAMP + 299)


@given(st.dictionaries(st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]), st.text(max_size=30)))
def test_any_headers_are_refused_calmly(sent):
    with pytest.raises(BadSignature):
        verify(SECRET, sent, BODY, now=0)


def test_a_secret_that_is_none():
    with pytest.raises(ValueError, match="base64"):
        sign("whsec_ö", ID, STAMP, BODY)
