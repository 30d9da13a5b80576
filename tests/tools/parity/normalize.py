"""Replaces whatever must differ between two runs of the scenario: ids, tokens, times, addresses."""

import re

# Set by the HTTP connection or by the tool. No function sets them.
IGNORED_HEADERS = {"connection", "content-length", "date", "keep-alive", "server", "transfer-encoding"}

TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
CURSOR = re.compile(r'(?<="next_cursor":")[^"]+')
# In an entry of the audit log.
SOURCE_IP = re.compile(r'(?<="ip":")[^"]+')
ENTRY_REQUEST_ID = re.compile(r'(?<="request_id":")[^"]+(?="\}[,\]])')


class Normalizer:
    """Normalizes the responses of one run. Equal ids get equal placeholders, so the comparison
    also shows when a response names another user, task or token than it should."""

    def __init__(self, runner):
        self._runner = runner
        self._placeholders = {}
        self._request_ids = set()

    def parts(self, response):
        """The parts to compare, by name."""
        parts = {"status": str(response.status)}
        request_id = next((v for k, v in response.headers if k == "x-request-id"), None)
        normalize = lambda text: self._normalize(text, request_id)
        for name, value in response.headers:
            if name not in IGNORED_HEADERS and name not in self._runner.extra_headers:
                earlier = parts.get(f"header {name}")
                value = self._request_id(value) if name == "x-request-id" else normalize(value)
                parts[f"header {name}"] = f"{earlier} | {value}" if earlier else value
        parts["cookies"] = " | ".join(normalize(self._cookie(text)) for text in response.cookies)
        parts["body"] = normalize(response.body.decode(errors="backslashreplace"))
        return parts

    def _request_id(self, value):
        repeated = value in self._request_ids
        self._request_ids.add(value)
        return "<request id of an earlier call>" if repeated else "<request id>"

    def _normalize(self, text, request_id):
        text = SOURCE_IP.sub("<source ip>", text)
        text = ENTRY_REQUEST_ID.sub("<request id of an entry>", text)
        if request_id:
            text = text.replace(f'"request_id":"{request_id}"', '"request_id":"<request id>"')
        text = CURSOR.sub("<cursor>", text)
        text = TOKEN.sub(lambda match: self._placeholder("token", match[0]), text)
        text = ID.sub(lambda match: self._placeholder("id", match[0]), text)
        return TIME.sub("<time>", text)

    def _placeholder(self, kind, value):
        # An id that the scenario made up is the same in every run.
        if set(value) <= set("0-48"):
            return value
        known = self._placeholders.setdefault(kind, {})
        return known.setdefault(value, f"<{kind} {len(known) + 1}>")

    def _cookie(self, cookie):
        """Checks the cookie's name and `Secure` before removing them. Only `cargo dev` may leave
        out the `__Host-` prefix and `Secure`."""
        session = self._runner.cookie
        must_be_secure = session != "session"
        attributes = cookie.split("; ")
        name, value = attributes[0].split("=", 1)
        kind = {session: "session", session.replace("session", "device"): "device"}.get(name)
        if kind is None or ("Secure" in attributes) != must_be_secure:
            return cookie
        if kind == "device":
            value = self._placeholder("device", value)
        attributes[0] = f"<{kind} cookie>={value}"
        cookie = "; ".join(attribute for attribute in attributes if attribute != "Secure")
        return re.sub(r"Max-Age=6047\d\d|Max-Age=604800", "Max-Age=<lifetime>", cookie)
