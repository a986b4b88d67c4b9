"""Mail on its way out: over a real SMTP server, and into the mailbox of development without one."""

import msgspec
import pytest

from app.accounts import mails
from app.accounts.schemas import Registration
from app.accounts.services import register
from app.accounts.sessions import Client
from app.database.engine import DB
from app.mail import delivery, kept
from app.mail.delivery import deliver
from app.mail.letters import Mail, write
from app.settings import Settings, settings
from tests.mail_server import mail_server, part

MAIL = Mail(to="alice@example.org", subject="Tea is ready", text="Come.\n", html="<p>Come.</p>", key="tea-7")


@pytest.fixture
def set_up(monkeypatch: pytest.MonkeyPatch):
    """Give the delivery settings of the test's own."""

    def change(**values: object) -> Settings:
        changed = msgspec.structs.replace(settings, **values)
        monkeypatch.setattr(delivery, "settings", changed)
        return changed

    return change


async def test_a_mail_has_both_parts_and_says_what_it_is(set_up):
    async with mail_server() as server:
        set_up(smtp_url=server.url, mail_from="Tea Club <tea@example.org>")
        await deliver(MAIL)
        await deliver(MAIL)
    first, second = server.mails
    assert (first["To"], first["From"], first["Subject"]) == (
        "alice@example.org", "Tea Club <tea@example.org>", "Tea is ready",
    )  # fmt: skip
    assert first["Message-ID"] == second["Message-ID"] == "<tea-7@example.org>"
    assert first["Auto-Submitted"] == "auto-generated"
    assert part(first, "plain").strip() == "Come."
    assert part(first, "html").strip() == "<p>Come.</p>"


async def test_a_refusal_and_a_dead_server_are_raised_for_the_outbox(set_up):
    async with mail_server() as server:
        server.refusals = 1
        set_up(smtp_url=server.url)
        with pytest.raises(Exception, match="Not now"):
            await deliver(MAIL)
    with pytest.raises(OSError, match=r"."):
        await deliver(MAIL)


async def test_nobody_gets_no_mail(database, set_up):
    await deliver(None)
    assert await kept.list_mails() == []


async def test_in_development_it_is_kept_once(database, set_up):
    set_up(smtp_url="")
    await deliver(MAIL)
    await deliver(MAIL)
    assert [(mail.recipient, mail.subject) for mail in await kept.list_mails()] == [
        ("alice@example.org", "Tea is ready")
    ]


async def test_in_production_nothing_is_kept(database, set_up):
    set_up(smtp_url="", env="production")
    await deliver(MAIL)
    assert await kept.list_mails() == []


async def test_with_a_server_nothing_is_kept(database, set_up):
    async with mail_server() as server:
        set_up(smtp_url=server.url)
        await deliver(MAIL)
        assert len(server.mails) == 1
    assert await kept.list_mails() == []


async def test_the_members_of_the_demo_are_not_written_to(set_up):
    async with mail_server() as server:
        set_up(smtp_url=server.url)
        await deliver(msgspec.structs.replace(MAIL, to="ada@demo.invalid"))
        await deliver(MAIL)
    assert [mail["To"] for mail in server.mails] == [MAIL.to]


async def test_old_kept_mails_are_forgotten(database, set_up):
    await deliver(MAIL)
    await kept.drop_old()
    assert len(await kept.list_mails()) == 1
    await DB.fetch("UPDATE mails SET created_at = now() - interval '8 days'")
    await kept.drop_old()
    assert await kept.list_mails() == []


@pytest.mark.parametrize("template", ["welcome", "verification", "registration_notice"])
def test_both_parts_say_the_same_and_why_it_came(template):
    words = {"username": "alice", "link": "http://x.test/y", "name": "Al & <b>", "email": "a@example.org"}
    mail = write(template, to="a@example.org", subject="Hello", key="k", **words)
    for said in (mail.text, mail.html):
        assert "You get this mail because" in said
        assert "alice" in said
        assert settings.name in said
    assert "<b>" not in mail.html
    assert "&amp;" not in mail.text
    assert "<script" not in mail.html
    link = "/@alice" if template == "registration_notice" else "http://x.test/y"
    assert link in mail.html
    assert link in mail.text


async def test_a_stranger_cannot_have_us_send_their_words(database):
    """Who signs up with another's address chooses a name, but the mail to that address does not repeat it."""
    wanted = Registration(
        username="alice",
        name="Win at casino.example",
        email="victim@example.org",
        password="a long pass phrase",
    )
    signed_in = await register(wanted, Client("", ""))
    mail = await mails.welcome(signed_in.user.id)
    assert mail is not None
    assert mail.to == "victim@example.org"
    assert "casino" not in mail.text + mail.html + mail.subject


async def test_a_member_who_has_gone_gets_no_mail(cast):
    await DB.fetch("DELETE FROM users WHERE id = $1", cast.bob.id)
    assert await mails.welcome(cast.bob.id) is None
    assert await mails.verification_link(cast.bob.id, "1") is None
    assert await mails.registration_notice(cast.alice.id, cast.bob.id) is None
    assert await mails.registration_notice(cast.bob.id, cast.ada.id) is None
