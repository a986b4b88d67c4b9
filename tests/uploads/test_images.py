"""What becomes of the bytes that somebody sends as a picture."""

import pytest
from PIL import Image, PngImagePlugin

from app.uploads.images import MAX_PIXELS, make_squares
from app.uploads.names import SIZES
from app.web.errors import Invalid
from tests.pictures import bomb, opened, picture, saved

SECRET = b"taken at 48.8584 N, 2.2945 E"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_each_kind_becomes_squares_of_webp(kind: str) -> None:
    squares = {size: opened(data) for size, data in make_squares(picture(kind)).items()}
    assert {size: (image.format, image.size) for size, image in squares.items()} == {
        size: ("WEBP", (size, size)) for size in SIZES
    }
    assert all(distance(image, (0, 128, 128)) < 30 for image in squares.values())


def test_the_middle_is_kept() -> None:
    wide = Image.new("RGB", (900, 300), "red")
    wide.paste("blue", (300, 0, 600, 300))
    assert distance(opened(make_squares(saved(wide, "PNG"))[64]), (0, 0, 255)) < 40


def test_transparency_stays_transparent() -> None:
    clear = opened(make_squares(saved(Image.new("RGBA", (80, 80), (0, 0, 0, 0)), "PNG"))[64])
    assert clear.mode == "RGBA"
    assert clear.getpixel((10, 10))[3] == 0  # type: ignore[index]  # an RGBA pixel is a tuple


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
def test_each_mode_of_colour_can_be_read(mode: str) -> None:
    data = saved(Image.new(mode, (70, 90)), "JPEG" if mode == "CMYK" else "PNG")
    assert set(make_squares(data)) == set(SIZES)


def test_only_the_first_of_moving_pictures_is_shown() -> None:
    frames = [Image.new("RGB", (80, 80), colour) for colour in ("red", "blue", "lime")]
    still = opened(make_squares(saved(frames[0], "GIF", save_all=True, append_images=frames[1:]))[64])
    assert getattr(still, "n_frames", 1) == 1
    assert distance(still, (255, 0, 0)) < 40


def test_the_camera_turned_sideways_is_turned_back() -> None:
    lying = Image.new("RGB", (200, 200), "red")
    lying.paste("blue", (0, 0, 200, 100))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees clockwise
    upright = opened(make_squares(saved(lying, "JPEG", exif=exif, quality=95))[64]).convert("RGB")
    assert near(upright.getpixel((60, 32)), (0, 0, 255))
    assert near(upright.getpixel((4, 32)), (255, 0, 0))


def metadata() -> dict[str, bytes]:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", SECRET.decode())
    return {
        "EXIF of a JPEG": picture("JPEG", exif=exif),
        "a comment of a JPEG": picture("JPEG", comment=SECRET),
        "a colour profile of a JPEG": picture("JPEG", icc_profile=SECRET),
        "EXIF of a WebP": picture("WEBP", exif=exif),
        "XMP of a WebP": picture("WEBP", xmp=SECRET),
        "a text of a PNG": picture("PNG", pnginfo=text),
        "a comment of a GIF": picture("GIF", comment=SECRET),
        "what is behind the end": picture("PNG") + SECRET,
    }


@pytest.mark.parametrize("where", metadata())
def test_nothing_but_the_pixels_is_kept(where: str) -> None:
    data = metadata()[where]
    assert SECRET in data
    for square in make_squares(data).values():
        assert SECRET not in square
        assert not {"exif", "icc_profile", "xmp", "comment", "Comment"} & opened(square).info.keys()


POLYGLOTS = {
    "a page behind a picture": picture("GIF") + b"<script>alert(1)</script>",
    "a script in a comment": picture("JPEG", comment=b"*/=1;<script>alert(1)</script>/*"),
    "an archive behind a picture": picture("PNG") + b"PK\x03\x04 evil.class",
}


@pytest.mark.parametrize("what", POLYGLOTS)
def test_what_is_two_things_at_once_comes_out_as_a_picture_only(what: str) -> None:
    for square in make_squares(POLYGLOTS[what]).values():
        assert square[:4] == b"RIFF"
        assert square[8:12] == b"WEBP"
        assert int.from_bytes(square[4:8], "little") == len(square) - 8
        assert b"<script" not in square
        assert b"PK\x03\x04" not in square


NO_PICTURES = {
    "nothing": b"",
    "words": b"this is no picture",
    "a page": b"<!doctype html><script>alert(1)</script>",
    "an SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "a PDF": b"%PDF-1.7\n1 0 obj\n",
    "a TIFF": picture("TIFF"),
    "a BMP": picture("BMP"),
    "an icon": picture("ICO"),
    "EPS, which starts a program": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
    "the first half of a JPEG": picture("JPEG", (400, 400))[:1500],
    "the first half of a PNG": saved(Image.effect_noise((200, 200), 90), "PNG")[:9000],
    "a head of a PNG": b"\x89PNG\r\n\x1a\n",
    "a head of a WebP": b"RIFF\x10\0\0\0WEBPVP8 ",
    "a GIF of no size": b"GIF89a\0\0\0\0\0\0\0;",
}


@pytest.mark.parametrize("what", NO_PICTURES)
def test_what_is_no_picture_of_ours_is_refused(what: str) -> None:
    with pytest.raises(Invalid) as refused:
        make_squares(NO_PICTURES[what])
    assert [(error.field, error.code) for error in refused.value.errors] == [("file", "invalid")]


def test_a_bomb_is_refused_before_it_is_read() -> None:
    data = bomb(30_000)
    assert len(data) < 200_000
    with pytest.raises(Invalid) as refused:
        make_squares(data)
    assert refused.value.errors[0].code == "out_of_range"


def test_a_picture_just_over_the_limit_is_refused_and_one_just_below_is_not() -> None:
    side = int(MAX_PIXELS**0.5) // 8 * 8
    assert set(make_squares(bomb(side))) == set(SIZES)
    with pytest.raises(Invalid):
        make_squares(bomb(side + 16))


def test_a_strip_that_is_too_long_is_refused() -> None:
    with pytest.raises(Invalid):
        make_squares(picture("PNG", (21_000, 1)))


def test_a_picture_of_one_pixel_is_a_picture() -> None:
    assert opened(make_squares(picture("PNG", (1, 1)))[256]).size == (256, 256)


def distance(image: Image.Image, colour: tuple[int, int, int]) -> int:
    middle = image.convert("RGB").getpixel((image.width // 2, image.height // 2))
    assert isinstance(middle, tuple)
    return max(abs(one - other) for one, other in zip(middle, colour, strict=True))


def near(pixel: object, colour: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return bool(max(abs(one - other) for one, other in zip(pixel, colour, strict=True)) < 60)
