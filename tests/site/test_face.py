"""The community's face: name, colour, logo, icons; and what a careless setting is told."""

import io
import json

import pytest
from PIL import Image

from app.posts.schemas import NewPost
from app.posts.services import publish_post
from app.settings import SettingsError, load
from app.site.colour import contrast, parse, to_hex
from app.site.theme import TOKENS, accent_tones
from app.site.tones import read_themes

ACCENTS = ("0", "90", "180", "270", "#ffff00", "#000000", "#ffffff", "rebeccapurple", "oklch(70% 0.2 140)")


@pytest.mark.parametrize("accent", ACCENTS)
def test_any_accent_can_be_read_in_both_themes(accent):
    pairs = accent_tones(accent)
    for theme, pick in zip(
        read_themes(TOKENS), (lambda pair: pair.light, lambda pair: pair.dark), strict=True
    ):
        for ground in theme.grounds:
            assert contrast(pick(pairs["accent"]), ground) >= 4.5
            assert contrast(pick(pairs["live"]), ground) >= 3.0
        for button in ("accent", "accent-strong"):
            assert contrast(pick(pairs["accent-ink"]), pick(pairs[button])) >= 4.5


def test_colours_are_read_as_css_has_them():
    assert to_hex(parse("#b94400")) == "#b94400"
    assert parse("hsl(120 100% 50%)").hue == parse("#00ff00").hue


@pytest.mark.parametrize("accent", ["361", "orangeish", "#12", "url(x)", "red; }"])
def test_what_is_no_colour_stops_the_start_in_one_line(accent, tmp_path):
    with pytest.raises(SettingsError, match="HUBBUB_ACCENT"):
        load({"HUBBUB_ACCENT": accent}, tmp_path / ".env")


async def test_a_community_shows_its_name_colour_and_logo(cast, serve, tmp_path):
    logo = tmp_path / "logo.png"
    Image.new("RGB", (60, 20), "#117755").save(logo)
    tmp_path.chmod(0o755)
    own = serve(name="Tidewater & Sons", description='Where the "river" meets.', accent="200", logo=str(logo))
    post, _ = await publish_post(cast.alice.viewer, NewPost(title='A "thread" <here>', body="with words"))
    async with own.client() as client:
        page = (await client.get(post.url)).text
        theme = await client.get(
            page.partition('href="/theme.css')[2].partition('"')[0].join(["/theme.css", ""])
        )
        picture = await client.get(page.partition('src="/logo')[2].partition('"')[0].join(["/logo", ""]))
        manifest = json.loads((await client.get("/site.webmanifest")).text)
    assert "Tidewater &amp; Sons" in page
    assert '<meta property="og:title" content="A &#34;thread&#34; &lt;here&gt;">' in page
    assert '<meta property="og:description" content="with words">' in page
    assert "--accent: light-dark(" in theme.text
    assert "immutable" in theme.headers["cache-control"]
    assert picture.headers["content-type"] == "image/png"
    assert manifest["name"] == "Tidewater & Sons"


async def test_icons_have_the_sizes_that_they_say(client):
    manifest = (await client.get("/site.webmanifest")).json()
    assert manifest["icons"]
    for icon in [*manifest["icons"], {"src": "/apple-touch-icon.png", "sizes": "180x180"}]:
        image = Image.open(io.BytesIO((await client.get(icon["src"])).content))
        assert f"{image.width}x{image.height}" == icon["sizes"]
    assert (await client.get("/favicon.ico")).content[:4] == b"\0\0\1\0"
    svg = await client.get("/favicon.svg")
    assert "sandbox" in svg.headers["content-security-policy"]


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"<html></html>", b"<svg", b"x" * 600_000])
def test_what_is_no_logo_stops_the_start(serve, tmp_path, content):
    bad = tmp_path / "logo.png"
    bad.write_bytes(content)
    with pytest.raises(AssertionError, match="HUBBUB_LOGO"):
        serve(logo=str(bad))


async def test_pages_for_one_person_only_are_not_to_be_listed(cast, as_):
    post, _ = await publish_post(cast.alice.viewer, NewPost(title="A thread", body="words"))
    alice = as_(cast.alice)
    noindex = '<meta name="robots" content="noindex">'
    assert noindex not in (await alice.get(post.url)).text
    for path in ("/sign-in", "/settings", "/posts/new", f"/posts/{post.id}/edit", "/?q=thread"):
        answer = await alice.get(path, follow_redirects=False)
        assert answer.status_code == 303 or noindex in answer.text, path
