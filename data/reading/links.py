"""Fetching a web page by its address, safely: the address comes from whoever sends a link.

Every hop is checked before a connection is made: scheme, port, and every address that the name resolves to. The
connection then goes to
the very address that was checked, so a name can't point elsewhere a moment later (DNS rebinding). Redirects are
followed
by hand, each hop checked alike. No cookies, no proxies from the environment, no credentials; size and time are bounded.
"""

from __future__ import annotations

import io
import ipaddress
import re
import socket
import time
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpx

from data.errors import UnreadableSource
from data.reading.sources import MAX_ARTICLE, read_bounded, size_error

PORTS = {"http": 80, "https": 443}
HOPS = 5
CONNECT_SECONDS = 10.0
TOTAL_SECONDS = 30.0

_AGENT = "OnRecord (reads single articles on request)"
_TYPES = re.compile(r"\A\s*(?:text/(?:html|plain)|application/(?:xhtml\+xml|x-ndjson|jsonl))\b", re.I)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w:.-]{2,40})", re.I)
_METADATA = frozenset(
    # Addresses outside the private ranges behind which cloud providers keep their machines' secrets.
    map(ipaddress.ip_address, ("168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254"))
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE = ipaddress.ip_network("::/96")

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page as it came: its bytes, its last address, the media type and the charset of its header."""

    data: bytes
    address: str
    media_type: str
    charset: str | None


class Fetcher:
    """Fetches single pages.

    Args:
        allowed: further (address, port) pairs that may be reached, for a test's own server. Nothing else sets it.
    """

    def __init__(self, *, allowed: frozenset[tuple[str, int]] = frozenset()) -> None:
        self._allowed = allowed

    def fetch(self, address: str) -> Fetched:
        """The page at ``address``.

        Raises:
            UnreadableSource: the address or a redirect is refused, the site can't be reached or answers with an
            error, or what it
                sends is no text, too large or too slow.
        """
        deadline = time.monotonic() + TOTAL_SECONDS
        # A fresh client for each page: nothing that one site set can reach another.
        with httpx.Client(trust_env=False, follow_redirects=False, timeout=CONNECT_SECONDS) as client:
            for _ in range(HOPS + 1):
                fetched, address = self._hop(client, address, deadline)
                if fetched is not None:
                    return fetched
        raise UnreadableSource(f"more than {HOPS} redirects", hint="give the article's own address")

    def _hop(self, client: httpx.Client, address: str, deadline: float) -> tuple[Fetched | None, str]:
        """One request: the page, or the address that it redirects to."""
        host, request = self._request(client, address)
        try:
            response = client.send(request, stream=True)
        except httpx.TimeoutException:
            raise UnreadableSource(f"{host} does not answer", hint="try again later") from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.CookieConflict, ValueError):
            raise UnreadableSource(f"{host} can't be reached", hint="check the address, or save the page") from None
        finally:
            client.cookies.clear()
        try:
            if response.is_redirect:
                return None, _joined(address, response.headers["location"])
            if not response.is_success:
                raise UnreadableSource(
                    f"{host} answered {response.status_code}", hint="open it in a browser and save the page"
                )
            return self._page(response, address, deadline), address
        except httpx.HTTPError:
            raise UnreadableSource(f"{host} broke the connection off", hint="try again later") from None
        finally:
            response.close()

    def _request(self, client: httpx.Client, address: str) -> tuple[str, httpx.Request]:
        """A request to the checked numeric address, with the name in its headers and in the TLS handshake."""
        try:
            parts = urlsplit(address)
            scheme, host = parts.scheme.lower(), (parts.hostname or "").rstrip(".")
            port = parts.port or PORTS.get(scheme, 0)
            host = host if ":" in host else host.encode("idna").decode("ascii")
        except (ValueError, UnicodeError):
            raise UnreadableSource("this is no web address", hint="check the address") from None
        if scheme not in PORTS or not host:
            raise UnreadableSource("this is no web address", hint="it starts with http:// or https://")
        if parts.username is not None or parts.password is not None:
            raise UnreadableSource("the address holds a user name or password", hint="leave it out")
        number = self._checked_address(host, port, scheme)
        shown = f"[{number}]" if number.version == 6 else str(number)
        name = f"[{host}]" if ":" in host else host
        target = httpx.URL(address).copy_with(host=shown, port=port, fragment=None)
        headers = {
            "Host": name if port == PORTS[scheme] else f"{name}:{port}",
            "User-Agent": _AGENT,
            "Accept": "text/html,application/xhtml+xml,text/plain;q=0.9",
            "Accept-Encoding": "gzip",
            "Connection": "close",
        }
        return host, client.build_request("GET", target, headers=headers, extensions={"sni_hostname": host})

    def _checked_address(self, host: str, port: int, scheme: str) -> _Address:
        """The one address to connect to: all that the name resolves to must be public."""
        try:
            # Resolved by the system, so that "127.1" or "0x7f000001" is seen as what a connection would make of it.
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            numbers = [ipaddress.ip_address(answer[4][0].split("%")[0]) for answer in answers]  # type: ignore[union-attr]
        except (OSError, UnicodeError, ValueError):
            raise UnreadableSource(f"there is no site {host}", hint="check the address") from None
        if numbers and all((str(number), port) in self._allowed for number in numbers):
            return numbers[0]
        if not numbers or not all(map(is_public, numbers)):
            raise UnreadableSource(
                "the address leads into a private network", hint="only pages of the public web can be read"
            )
        if port != PORTS[scheme]:
            raise UnreadableSource(f"port {port} is not a web server's", hint="only ports 80 and 443 can be read")
        return numbers[0]

    def _page(self, response: httpx.Response, address: str, deadline: float) -> Fetched:
        media_type = response.headers.get("content-type", "text/html")
        if not _TYPES.match(media_type):
            kind = media_type.split(";")[0][:60]
            raise UnreadableSource(f"the address holds {kind}, not a page", hint="give the article's own address")
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("identity", "gzip", "x-gzip", ""):
            raise UnreadableSource(
                f"the page is packed as {encoding[:20]}", hint="open it in a browser and save the page"
            )
        charset = _CHARSET.search(media_type)
        packed = bytearray()
        for chunk in response.iter_raw():
            packed += chunk
            if len(packed) > MAX_ARTICLE:
                raise size_error()
            if time.monotonic() > deadline:
                raise UnreadableSource(f"the page did not come within {TOTAL_SECONDS:.0f} s", hint="try again later")
        data = read_bounded(io.BytesIO(packed))
        return Fetched(data, address, media_type, charset.group(1) if charset else None)


def _joined(address: str, location: str) -> str:
    try:
        return urljoin(address, location)
    except ValueError:
        raise UnreadableSource("it redirects to what is no web address", hint="check the address") from None


def is_public(number: _Address) -> bool:
    """Whether an address belongs to the public internet. An IPv4 address inside an IPv6 one is judged by itself."""
    if isinstance(number, ipaddress.IPv6Address):
        if number.ipv4_mapped:
            return is_public(number.ipv4_mapped)
        if number in _NAT64:
            return is_public(ipaddress.IPv4Address(int(number) & 0xFFFFFFFF))
        if number.sixtofour or number.teredo or number.is_site_local or number in _COMPATIBLE:
            return False
    internal = number.is_private or number.is_loopback or number.is_link_local or number.is_reserved
    return number.is_global and not internal and not number.is_multicast and number not in _METADATA
