"""`/dev/mail`: in development, on this machine, and nowhere else."""

import pytest

from app.mail import kept
from app.mail.letters import Mail, write
from tests.serving import free_port


async def keep(number: int = 1) -> int:
    mail = write(
        "welcome", to=f"someone{number}@example.org", subject=f"Welcome, number {number}", key=f"welcome-{number}",
        username="alice", link="http://127.0.0.1/email-verifications/secret",
    )  # fmt: skip
    await kept.keep(mail, f"<{mail.key}@localhost>")
    return (await kept.list_mails())[0].id


async def test_it_lists_mails_newest_first(client):
    assert "No mail yet" in (await client.get("/dev/mail")).text
    await keep(1)
    await keep(2)
    text = (await client.get("/dev/mail")).text
    assert text.index("Welcome, number 2") < text.index("Welcome, number 1")


async def test_one_mail_shows_both_parts(client):
    number = await keep()
    answer = await client.get(f"/dev/mail/{number}")
    assert '<a href="http://127.0.0.1/email-verifications/secret"' in answer.text
    assert f'src="/dev/mail/{number}/html"' in answer.text
    assert "unsafe-inline" not in answer.headers["content-security-policy"]


async def test_the_html_comes_framed_without_scripts(client):
    number = await keep()
    answer = await client.get(f"/dev/mail/{number}/html")
    policy = answer.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert 'target="_top"' in answer.text


async def test_words_in_a_mail_stay_words(client):
    mail = Mail(to="a@example.org", subject="<script>1</script>", text="<script>2</script>", html="", key="k")
    await kept.keep(mail, "<k@localhost>")
    number = (await kept.list_mails())[0].id
    for path in ("/dev/mail", f"/dev/mail/{number}"):
        text = (await client.get(path)).text
        assert "<script>1" not in text
        assert "<script>2" not in text


async def test_a_mail_that_is_not_there_is_not_found(client):
    assert (await client.get("/dev/mail/1")).status_code == 404
    assert (await client.get("/dev/mail/0")).status_code == 404


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"])
async def test_who_comes_through_a_proxy_is_not_here(client, header):
    number = await keep()
    for path in ("/dev/mail", f"/dev/mail/{number}", f"/dev/mail/{number}/html", "/metrics"):
        assert (await client.get(path)).status_code == 200
        assert (await client.get(path, headers={header: "127.0.0.1"})).status_code == 404


async def test_who_a_known_proxy_names_counts(serve):
    server = serve(trusted_proxies="127.0.0.1")
    async with server.client() as client:
        assert (await client.get("/dev/mail", headers={"X-Forwarded-For": "192.0.2.7"})).status_code == 404


async def test_in_production_there_is_no_such_page(serve):
    server = serve(env="production", url=f"http://127.0.0.1:{free_port()}")
    number = await keep()
    async with server.client() as client:
        assert (await client.get("/health/ready")).status_code == 200
        for path in ("/dev/mail", f"/dev/mail/{number}", f"/dev/mail/{number}/html"):
            assert (await client.get(path)).status_code == 404


async def test_the_number_of_queries_does_not_grow_with_the_mails(database, queries):
    for number in range(3):
        await keep(number)
    queries.clear()
    await kept.list_mails()
    assert len(queries) == 1
