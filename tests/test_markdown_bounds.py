"""What is within the bounds of Markdown is as ever; what is beyond them is shown as it was written."""

from app.markdown import to_html
from app.markdown_bounds import ADDRESS, ADDRESSES, BRACKETS, CELLS


def table(rows: int, columns: int) -> str:
    return "|a" * columns + "|\n" + "|-" * columns + "|\n" + ("|b" * columns + "|\n") * rows


def test_a_table_is_made_as_far_as_there_are_cells_left() -> None:
    assert to_html(table(200, 5)).count("<tr>") == 201
    html = to_html(table(2 * CELLS, 5))
    assert html.count("<tr>") == CELLS // 5 + 1
    assert "|b|b|b|b|b|" in html


def test_the_cells_are_counted_over_all_tables() -> None:
    made = to_html((table(100, 5) + "\n") * 2 * (CELLS // 500)).count("<table")
    assert CELLS // 1000 <= made <= CELLS // 500


def test_an_address_may_be_used_often_and_not_without_end() -> None:
    assert to_html("[a]: https://a.example/\n\n" + "[a] " * 50).count("<a ") == 50
    address = "https://a.example/" + "x" * (ADDRESSES // 10)
    html = to_html(f"[a]: {address}\n\n" + "[a] " * 50)
    assert 8 <= html.count("<a ") <= 11
    assert "[a] [a]" in html


def test_links_are_made_after_many_brackets_that_open_none() -> None:
    after = " [a](/b)"
    assert "<a " in to_html("[ ] " * (BRACKETS // 4) + after)
    assert "<a " not in to_html("[" * 2 * BRACKETS + after)


def test_an_address_is_found_up_to_its_greatest_length() -> None:
    for address in (
        "https://a.example/_x_*y*",
        "a.example.com/b",
        "https://a.example/" + "x" * (ADDRESS - 40),
    ):
        assert to_html(f"See {address} there").count("<a ") == 1, address
    assert "<a " not in to_html("See https://a.example/" + "x" * ADDRESS)


def test_an_address_begins_where_its_scheme_does() -> None:
    assert ">https://a.example/</a>" in to_html("See (https://a.example/)")
    assert "<a " not in to_html("See xhttps://a")
    assert to_html("*https://a.example/*").startswith("<p><em><a ")
