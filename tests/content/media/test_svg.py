"""SVG of strangers in, what is published of it out."""

import time
from contextlib import suppress

import pytest

from orchestration.content.media.images import encode_variants
from orchestration.errors import DogearError

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
SVG = HEAD + " {}>{}</svg>"


def published(attributes: str = "", inside: str = "", before: str = "") -> str:
    """What is published between the outermost tags."""
    (variant,) = encode_variants((before + SVG.format(attributes, inside)).encode()).variants
    text = variant.data.decode()
    assert text.startswith(HEAD)
    assert text.endswith("</svg>")
    return text[len(HEAD) : -len("</svg>")]


@pytest.mark.parametrize(
    ("attributes", "size"),
    [('width="40" height="30px"', (40, 30)), ('width="100%" viewBox="0 0 24.4 48"', (24, 48)), ("", (None, None))],
)
def test_what_draws_is_published_as_it_is(attributes, size):
    inside = (
        '<style media="(min-width: 9px)">.a &gt; b, .c:not(.d) { fill: url(#g); /* it\'s (fine) */ content: "f(\\a)" }'
        "@font-face { src: url( 'data:font/woff2;base64,AA' ) format('woff2') }</style>"
        '<defs><linearGradient id="g(1)" gradientTransform="rotate (9)"></linearGradient></defs>'
        '<path class="a" fill="url(#g)" style="fill: rgb(1 2 3)" d="M0 0" aria-label="f(x)"></path>'
        '<use xlink:href="#g"></use><use href="#g"></use><image href="data:image/png;base64,AAAA"></image>'
        '<text xml:space="preserve"> a &lt; <tspan>b</tspan>&amp;</text><a href="https://example.org/"></a>'
        '<animate attributeName="fill" values="red;url(#g)" begin="a.click" dur="1s"></animate>'
    )
    data = SVG.format(attributes, inside).encode()
    image = encode_variants(data)
    assert (image.mime_type, image.width, image.height) == ("image/svg+xml", *size)
    assert [(variant.name, variant.format) for variant in image.variants] == [("full", "svg")]
    assert image.variants[0].data.decode() == data.decode().replace(" >", ">")


@pytest.mark.parametrize(
    ("attributes", "inside", "before"),
    [
        ("", "<script>alert(1)</script>", ""),
        ("", "<s:script xmlns:s='http://www.w3.org/2000/svg'><g/></s:script>", ""),
        ("", "<foreignObject><p xmlns='http://www.w3.org/1999/xhtml' onclick='a'>x</p></foreignObject>", ""),
        ("", "<x:g xmlns:x='http://www.inkscape.org/'><g/></x:g><metadata><place>48 N</place></metadata>", ""),
        ("onload='alert(1)' xml:base='https://example.org/' data-a='1' x:y='2' xmlns:x='y'", "", ""),
        ("", "<!-- by Ada --><?php x?>", "<!DOCTYPE svg SYSTEM 'https://evil.example/a.dtd'><?xsl href='a'?>"),
        ("", "<handler type='text/ecmascript'/><iframe src='https://evil.example/'/><SCRIPT/>", ""),
    ],
)
def test_what_does_not_draw_is_left_out(attributes, inside, before):
    assert published(attributes, inside, before) == ">"


def test_an_attribute_that_loads_is_left_out():
    inside = "<image srcset='https://evil.example/a 2x' src='b'/><a ping='https://evil.example/' target='_top'/>"
    assert published(inside=inside) == '><image></image><a target="_top"></a>'


@pytest.mark.parametrize(
    ("attributes", "inside", "reason"),
    [
        ("", "<a href='java&#10;script:alert(1)'/>", "refers to"),
        ("", "<image xlink:href='https://example.org/a.png'/>", "refers to 'https://example.org/a.png'"),
        ("", "<use href='other.svg#a'/>", "refers to"),
        ("", "<image href='data:image/svg+xml,x'/>", "refers to"),
        ("", "<image href='data:image/jpeg;base64,AAAA'/>", "refers to"),
        ("", "<set attributeName='xlink:href' to='javascript:alert(1)'/>", "animates xlink:href"),
        ("", "<set attributeName='onload' to='alert(1)'/>", "animates onload"),
        ("", "<style><style/></style>", "contains elements"),
        ("", "<html:p/>", "not XML"),
        ("", "<g>", "not XML"),
    ],
)
def test_a_picture_that_needs_what_is_elsewhere_is_refused(attributes, inside, reason):
    with pytest.raises(DogearError, match=reason):
        published(attributes, inside)


@pytest.mark.parametrize(
    "css",
    [
        *("fill: url(//example.org/a)", "fill: URL( 'https://example.org/a' )", "fill: url(a.svg#b)"),
        *("a: image(https://example.org/)", "a: image-set('https://example.org/' 1x)", "a: src('https://a/')"),
        *("a: -webkit-cross-fade(url(#a), 1)", "a: element(#a)", "a: paint(a)", "a: expression(alert(1))"),
        *(r"fill: u\72l(  \68ttp://a)", "b: u/**/rl(x)", "@import 'https://example.org/'", r"@\69mport 'a.css'"),
        # What a browser takes for a string, a comment or a URL, and what only looks like one.
        *('a: "/*"; b: url(//c); d: "*/"', r"a: url(#a\) /* ) ; b: url(//c) */", "a: url(#a' ) ; b: url(//c) '"),
        *('a: "\n; b: url(//c); "', 'a: "\\\r\n"; b: url(//c); ""', "a: /* ' */ url(//c) /* ' */"),
    ],
)
def test_a_style_that_loads_is_refused(css):
    in_pieces = "".join("&#13;" if letter == "\r" else f"<![CDATA[{letter}]]>" for letter in css)
    css = css.replace("\r", "&#13;")
    attribute = css.replace('"', "&quot;").replace("\n", "&#10;")
    for inside in (f"<style>a {{ {css} }}</style>", f'<g style="{attribute}"/>', f"<style>{in_pieces}</style>"):
        with pytest.raises(DogearError, match="its style refers to"):
            published(inside=inside)


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        ("<!DOCTYPE svg [<!ENTITY a 'b'>]>", "entity a"),
        ("<!DOCTYPE svg [<!ENTITY % a SYSTEM 'http://example.org/'>]>", "entity a"),
        ("<?xml-stylesheet href='https://example.org/a.css'?>", "style sheet"),
        ("<?xml version='1.0' encoding='utf-7'?>", "encoding"),
        ("<html>", "outermost element is html"),
    ],
)
def test_what_stands_before_an_svg_is_looked_at(before, reason):
    with pytest.raises(DogearError, match=reason):
        published(before=before)


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "utf-16", "utf-8-sig"])
def test_an_svg_of_any_encoding_is_published_in_utf_8(encoding):
    declared = "" if encoding == "utf-8-sig" else f"<?xml version='1.0' encoding='{encoding}'?>"
    svg = f"{declared}<svg xmlns='http://www.w3.org/2000/svg'><title>Höhe</title></svg>"
    (variant,) = encode_variants(svg.encode(encoding)).variants
    assert "<title>Höhe</title>" in variant.data.decode()


@pytest.mark.parametrize(
    "data",
    [
        *("<svg" + " " * 10**6, SVG.format("", "<![CDATA[" + "<!--" * 200_000 + "]]>"), "<?xml " * 150_000),
        *(SVG.format("", "<metadata>" * 100_000), SVG.format("", "<g>" * 200_000)),
        *(SVG.format("", f"<g style='({'/*' * 400_000}'/>"), SVG.format("", f"<g fill='url({' ' * 900_000}'/>")),
        *(
            SVG.format("", f"<style>{word * (900_000 // len(word))}(</style>")
            for word in ("a", "url(", '"\\', "@", "-")
        ),
    ],
    ids=lambda data: data[100:115],
)
def test_no_svg_takes_long(data):
    started = time.process_time()
    with suppress(DogearError):
        encode_variants(data.encode())
    # It is a fraction of that; what grew with the square of the length took minutes.
    assert time.process_time() - started < 60
