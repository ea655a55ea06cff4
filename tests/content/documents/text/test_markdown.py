"""Markdown in, what it holds out."""

import time

import pytest

from orchestration.content.documents.text.links import Link
from orchestration.content.documents.text.markdown import outline, words_alone

POST = """
<h1 align="center">Folding <em>corners</em></h1>

[![Build](badge.svg)](https://ci.example.org)

> Quoted first.

A *folded* page says `why` and [where](/notes "title"). Ask J. Smith!

## Parts

- Paper
- A [pen](<the pen.md>)

| what | why |
| --- | --- |
| corner | to return |

```python
print("# no heading")
```

![](corner.png)
"""


def test_a_post_from_top_to_bottom():
    found = outline(POST)
    assert (found.first_heading, found.headings) == ("Folding corners", 2)
    assert found.first_paragraph == "A folded page says why and where. Ask J. Smith!"
    assert found.text == (
        "Folding corners Build Quoted first. A folded page says why and where. Ask J. Smith! Parts Paper A pen "
        'what why corner to return print("# no heading")'
    )
    assert found.prose.splitlines() == [
        "Quoted first.",
        "A folded page says and where.",
        "Ask J. Smith!",
        "Paper",
        "A pen",
    ]
    assert (found.sentences, found.paragraphs, found.code_blocks) == (5, 2, 1)
    assert (found.images, found.images_without_text) == (2, 1)
    assert [(link.kind, link.target, link.text) for link in found.links] == [
        ("image", "badge.svg", "Build"),
        ("link", "https://ci.example.org", "Build"),
        ("link", "/notes", "where"),
        ("link", "the pen.md", "pen"),
        ("image", "corner.png", ""),
    ]


@pytest.mark.parametrize(
    ("body", "kind", "target", "text"),
    [
        ("é [a.md](a.md)", "link", "a.md", "a.md"),
        ("é <https://example.org/ü>", "link", "https://example.org/ü", "https://example.org/ü"),
        ("é [read *this*][Guide]\n\n[guide]: guide.md 'é'", "link", "guide.md", "read this"),
        ("> é <a class='x' href=' b.md '>b</a>", "link", "b.md", "b"),
        ("é <img alt='An A' src=a.png>", "image", "a.png", "An A"),
        ('é [post]({{< ref "post.md#part" >}})', "link", "post.md#part", "post"),
        ('é [post]({{% relref path="post.md" %}} "title")', "link", "post.md", "post"),
        ('é <a href="{{< ref "/post.md" >}}">post</a>', "link", "/post.md", "post"),
        ("é [post]({% link _posts/post.md %})", "link", "_posts/post.md", "post"),
        ("é [about]({{ site.baseurl }}/about)", "link", "{{ site.baseurl }}/about", "about"),
        ('é\n\n{{< figure src="x.jpg" alt="An x" >}}\n', "image", "x.jpg", "An x"),
        ('é {{< figure\n  src="x.jpg" caption="a > b" >}}', "image", "x.jpg", "a > b"),
    ],
)
def test_a_target_can_be_replaced_where_it_stands(body, kind, target, text):
    assert outline(body).links == (Link(kind, target, text, body.rindex(target)),)


@pytest.mark.parametrize(
    ("body", "target"),
    [
        ("[a](b&amp;c.md)", "b&c.md"),
        ("<me@example.org>", "mailto:me@example.org"),
        ('[a]({{< ref "x.md" >}}#part)', "x.md#part"),
    ],
)
def test_a_target_that_is_written_otherwise_has_no_place(body, target):
    assert [(link.target, link.start) for link in outline(body).links] == [(target, None)]


def test_what_is_for_machines_is_no_text():
    body = (
        "{{< toc >}}\n\n<!-- a comment -->\n<style>p {}</style>\n\n<div><p>Shown &amp; <b>read</b>.</p></div>\n\n"
        "Said <script>alert()</script>{{ page.x }} aloud.<br>Twice.\n\n"
        "{% highlight python %}\n# code\n{% endhighlight %}\n"
    )
    found = outline(body)
    assert found.text == "Shown & read. Said aloud. Twice. # code"
    assert (found.first_paragraph, found.first_heading) == ("Said aloud. Twice.", None)
    assert (found.code_blocks, found.paragraphs) == (1, 2)


def test_a_long_paragraph_is_cut_at_a_word():
    assert outline("word " * 100).first_paragraph == " ".join(["word"] * 60) + "…"
    assert outline("字" * 400).first_paragraph == "字" * 300 + "…"


@pytest.mark.parametrize(
    "body",
    [
        *("[" * 300_000, "[a](" * 200_000, "> " * 100_000 + "x", "- " * 100_000 + "x", "word " * 2_000_000),
        *(
            "*a* " * 1_200_000,
            "{{" * 2_000_000,
            "{{ x }} " * 500_000,
            "<p>x</p>\n" * 500_000,
            "<script>" * 500_000,
            "<div>\n" + "<a \"'" * 1_000_000,
        ),
        *("<div>\n<a " + "a" * 3_000_000 + ">", "é[ü](ö) " * 500_000, "![" * 100_000 + "a" + "](x)" * 100_000),
    ],
    ids=lambda body: body[:10],
)
def test_hostile_text_takes_little_time(body):
    started = time.process_time()
    outline(body)
    # It is a fraction of that; what grows with the square of the length would take minutes.
    assert time.process_time() - started < 60


def test_what_no_parser_reads_still_has_words():
    assert words_alone("Some *text*.\n\nAnd more.").text == "Some *text*. And more."
