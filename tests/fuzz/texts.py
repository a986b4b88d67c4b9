"""Texts that somebody who means harm would write, as strategies of hypothesis."""

from hypothesis import strategies as st

LONGEST = 10_000

# What means something to Markdown, to the search for addresses, to HTML, or to those who show it.
MARKS = [
    *"[]()*_`~|-=#>+!\\&<>\"'@.:/?%{};,^$", "\n", "\n\n", " ", "  \n", "    ", "\t", "\r", "\x0b", "\x1b", "\u00a0",
    "\u200b", "\u202e", "\u2028", "\ufeff", "\ufffe", "a", "b", "é", "\U0001d4b3", "İ", "日", "\u0301", "> ", "- ",
    "* ", "1. ",
    "# ", "```", "~~~", "~~", "**", "__", "***", "![", "](", "](<", "[a]", "[a]: ", "[a](b)", '[a](b "', "<!--", "-->",
    "<?", "<![CDATA[", "]]>", "</", "://", "http://", "https://", "ftp://", "www.", "mailto:", "//", ".com", "a.co",
    "a@b.co", "<http://a>", "<a@b.co>", "localhost", ":8", "xn--", "&amp;", "&#35;", "&#x0;", "&colon;", "&lt;",
    "|-|-|", "|a|a|", "a|b\n-|-\n", "a\n=\n", "---\n", "\n- ", "\n> ", "\n    ", "{{", "}}", "{%", "@alice",
]  # fmt: skip
HARM = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "javascript:alert(1)", "java\nscript:alert(1)",
    "&#106;avascript:alert(1)", "data:text/html;base64,PHNjcmlwdD4=", "vbscript:x", "<svg/onload=alert(1)>",
    '" onclick="alert(1)', "' autofocus onfocus='alert(1)", "<a href='javascript:alert(1)'>", "<style>*{}</style>",
    "<iframe src=//evil.example>", "<form action=/sign-out method=post>", "<base href=//evil.example>", "</p></div>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>", '<noscript><p title="</noscript><img>">',
    "<textarea>", "<template>", "</title><script>", "--><script>", '\\"><script>', "<!--<script>-->", "<plaintext>",
    "//evil.example/x", "\\\\evil.example", "/\\evil.example", "ht\ttps://a.example", "javascript&colon;alert(1)",
]  # fmt: skip

pieces = st.one_of(st.sampled_from(MARKS), st.sampled_from(HARM), st.text(max_size=6))


def _repeated(times: list[int]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda parts, count: "".join(parts) * count,
        st.lists(pieces, min_size=1, max_size=5),
        st.sampled_from(times),
    )


def _texts(times: list[int], parts: int) -> st.SearchStrategy[str]:
    return st.lists(_repeated(times), min_size=1, max_size=parts).map(lambda all_: "".join(all_)[:LONGEST])


# Of a few words, in which everything can come together.
short = _texts([1, 1, 1, 2, 3], 8)
# As long as a text may be: the same again and again is what takes long.
long = _texts([1, 3, 50, 500, 2500, LONGEST], 4)
