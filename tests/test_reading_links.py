"""Links: pages of the public web are fetched; nothing else is, however it is spelt. Over HTTP, on loopback."""

from __future__ import annotations

import gzip
import ipaddress
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from data.errors import UnreadableSource
from data.reading import read
from data.reading.identity import article_id, canonical_url, content_hash, paragraph_hash, same_site
from data.reading.links import Fetcher, is_public
from data.reading.sources import MAX_ARTICLE

TEXT = "The harbour council of Velmar voted on Tuesday to close the old ferry line, which loses money."
PAGE = (
    "<html lang='en'><head><title>Ferry line to close</title></head>"
    f"<body><article><h1>Ferry line to close</h1><p>{TEXT}</p>"
    + (f"<p>{TEXT.replace('Tuesday', 'Friday')}</p></article></body></html>")
)

Answer = Callable[[BaseHTTPRequestHandler], None]


def send(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, value in {
        "Content_Type": "text/html; charset=utf-8",
        "Content_Length": str(len(body)),
        **headers,
    }.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


class Site:
    """A web server of this test's own: ``answers`` by path; ``seen`` are the requests' headers."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.seen: list[dict[str, str]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.seen.append({name.lower(): value for name, value in self.headers.items()})
                site.answers[self.path](self)

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.root = f"http://127.0.0.1:{self.port}"
        self.fetcher = Fetcher(allowed=frozenset({("127.0.0.1", self.port)}))


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    thread = threading.Thread(target=site.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield site
    site.server.shutdown()
    site.server.server_close()
    thread.join()


def test_a_link_is_read(site: Site) -> None:
    site.answers["/ferry?id=7"] = lambda handler: send(handler, PAGE.encode(), Set_Cookie="track=1")
    (result,) = read([f"{site.root}/ferry?id=7#top"], fetcher=site.fetcher)
    assert result.article is not None, result.error
    assert result.article.title == "Ferry line to close"
    assert result.article.paragraph(0) == TEXT
    assert result.file is None
    assert "cookie" not in site.seen[0]
    assert site.seen[0]["host"] == f"127.0.0.1:{site.port}"
    assert "python" not in site.seen[0]["user-agent"].lower()


def test_redirects_are_followed_and_each_is_checked(site: Site) -> None:
    site.answers["/a"] = lambda handler: send(handler, b"", 302, Location="/b", Set_Cookie="track=1")
    site.answers["/b"] = lambda handler: send(handler, PAGE.encode())
    assert site.fetcher.fetch(f"{site.root}/a").address == f"{site.root}/b"
    assert all("cookie" not in headers for headers in site.seen)
    for target in (
        "http://127.0.0.1:9/",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "//localhost/",
        "ftp://x/",
    ):
        site.answers["/a"] = lambda handler, target=target: send(handler, b"", 301, Location=target)  # type: ignore[misc]
        with pytest.raises(UnreadableSource, match=r"private network|no web address"):
            site.fetcher.fetch(f"{site.root}/a")
    site.answers["/a"] = lambda handler: send(handler, b"", 302, Location="/a")
    with pytest.raises(UnreadableSource, match="redirects"):
        site.fetcher.fetch(f"{site.root}/a")


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost/", "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/",
        "http://0/", "http://0.0.0.0/", "http://10.0.0.1/", "http://192.168.1.1/", "http://172.16.0.1/", "http://100.64.0.1/",
        "http://169.254.169.254/latest/", "http://168.63.129.16/", "http://[::1]/", "http://[::]/", "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/", "http://[fe80::1]/", "http://[fd00:ec2::254]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/",
        "http://[::127.0.0.1]/", "http://224.0.0.1/", "http://[ff02::1]/", "http://255.255.255.255/", "http://127.0.0.1.:80/",
        "http://①②⑦.⓪.⓪.①/",
    ],
)  # fmt: skip
def test_private_addresses_are_refused(address: str) -> None:
    with pytest.raises(UnreadableSource, match=r"private network|no site|no web address"):
        Fetcher().fetch(address)


@pytest.mark.parametrize(
    "address",
    [
        "http://8.8.8.8:22/",
        "https://8.8.8.8:8080/",
        "http://8.8.8.8:443/",
        "http://user:pass@8.8.8.8/",
        "http://8.8.8.8:99999/",
        "http://",
    ],
)
def test_odd_ports_and_credentials_are_refused(address: str) -> None:
    with pytest.raises(UnreadableSource, match=r"port|password|no web address"):
        Fetcher().fetch(address)


def test_a_name_is_resolved_once_and_connected_to_what_was_checked(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo
    asked: list[str] = []

    def rebinding(host: object, port: object, *rest: object, **named: object) -> object:
        name = host.decode() if isinstance(host, bytes) else str(host)
        if name == "ferry.example":
            asked.append(name)
            number = "127.0.0.1" if len(asked) == 1 else "10.0.0.1"
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, site.port))]
        return real(host, port, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    site.answers["/"] = lambda handler: send(handler, PAGE.encode())
    fetched = site.fetcher.fetch(f"http://ferry.example:{site.port}/")
    assert fetched.address == f"http://ferry.example:{site.port}/"
    assert asked == ["ferry.example"]
    assert site.seen[0]["host"] == f"ferry.example:{site.port}"


def test_a_name_with_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, 80)) for number in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)
    with pytest.raises(UnreadableSource, match="private network"):
        Fetcher().fetch("http://ferry.example/")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda handler: send(handler, b"no", 404), "404"),
        (lambda handler: send(handler, b"%PDF-", Content_Type="application/pdf"), "application/pdf"),
        (lambda handler: send(handler, b"x", Content_Encoding="br"), "packed as br"),
        (lambda handler: send(handler, gzip.compress(b"a" * 64_000_000), Content_Encoding="gzip"), "bomb"),
        (lambda handler: send(handler, b"a" * (MAX_ARTICLE + 100)), "20 MB"),
        (lambda handler: send(handler, b""), "empty"),
        (lambda handler: send(handler, b"x", 302, Location="http://[bad"), "no web address"),
    ],
)
def test_what_a_site_may_not_send(site: Site, answer: Answer, words: str) -> None:
    site.answers["/"] = answer
    (result,) = read([f"{site.root}/"], fetcher=site.fetcher)
    assert result.article is None
    assert words in str(result.error)
    assert "\n" not in str(result.error)


def test_a_server_that_breaks_off(site: Site) -> None:
    site.answers["/"] = lambda handler: handler.connection.close()
    (result,) = read([f"{site.root}/"], fetcher=site.fetcher)
    assert result.error is not None


def test_gzip_and_charsets_of_a_site(site: Site) -> None:
    text = PAGE.replace("lang='en'", "").replace("harbour", "harbour’s")
    site.answers["/"] = lambda handler: send(
        handler,
        gzip.compress(text.encode("cp1252")),
        Content_Encoding="gzip",
        Content_Type="text/html; charset=windows-1252",
    )
    (result,) = read([f"{site.root}/"], fetcher=site.fetcher)
    assert result.article is not None
    assert "harbour’s council" in result.article.text


def test_a_page_can_not_pass_for_another_sites(site: Site) -> None:
    claim = "<link rel='canonical' href='https://post.example/ferry'></head>"
    site.answers["/"] = lambda handler: send(handler, PAGE.replace("</head>", claim).encode())
    (result,) = read([f"{site.root}/"], fetcher=site.fetcher)
    assert result.article is not None
    assert result.article.url == f"{site.root}/"


def test_public_addresses_are_public() -> None:
    public = ("8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808")
    assert all(is_public(ipaddress.ip_address(number)) for number in public)


# --- identity ---


@pytest.mark.parametrize(
    "spelling",
    [
        "http://post.example/ferry", "https://www.post.example/ferry/", "HTTPS://POST.example:443/ferry#top", "https://m.post.example/ferry",
        "https://post.example/ferry?utm_source=x&fbclid=1", "https://amp.post.example/ferry", "https://post.example/ferry/amp",
        "https://post.example//ferry?amp=1",
    ],
)  # fmt: skip
def test_spellings_of_one_address(spelling: str) -> None:
    assert canonical_url(spelling) == "https://post.example/ferry"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://post.example/a?id=1", "https://post.example/a?id=2"),
        ("https://post.example/Ferry", "https://post.example/ferry"),
        ("https://post.example/a", "https://lenn.example/a"),
        ("https://post.example:8443/a", "https://post.example/a"),
        ("https://exam.example/a", "https://exaexample/a"),
        ("https://amp.com.au/a", "https://com.au/a"),
        ("https://post.example/amplify", "https://post.example"),
    ],
)
def test_different_addresses(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


def test_canonical_is_a_fixed_point() -> None:
    for address in ("https://ü.example/é%20b?q=a+b&a=%C3%A9", "http://[2606:4700::1111]/x", "not a url", "http://[bad"):
        assert canonical_url(canonical_url(address)) == canonical_url(address)


def test_same_site() -> None:
    assert same_site("https://www.post.example/a", "https://news.post.example/b")
    assert not same_site("https://post.example/a", "https://compost.example/a")


def test_ids_and_hashes() -> None:
    one = article_id(url="https://post.example/ferry?utm_source=x", outlet="A", text="x")
    assert one == article_id(url="http://www.post.example/ferry", outlet=None, text="y")
    assert len(one) == 17
    assert article_id(url=None, outlet="A", text="a  b\n") == article_id(url=None, outlet="a", text="a b")
    assert article_id(url=None, outlet="A", text="a b") != article_id(url=None, outlet="B", text="a b")
    assert content_hash("a\r\n\r\nb ") == content_hash("a b")
    assert paragraph_hash("“Don’t,” she said.") == paragraph_hash('"DON\'T" she said')
