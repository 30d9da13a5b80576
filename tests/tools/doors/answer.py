"""An answer, and the same answer with everything evened out that must differ between two visits."""

import json
import re

# Headers of the connection or of the tool in between: no function sets them.
NOT_THE_PRODUCTS = {"connection", "content-length", "date", "keep-alive", "server", "transfer-encoding"}

TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
ADDRESS = re.compile(r'(?<="ip":")[^"]+')
ENTRYS_REQUEST_ID = re.compile(r'(?<="request_id":")[^"]+(?="\}[,\]])')
CURSOR = re.compile(r'(?<="next_cursor":")[^"]+')


class Answer:
    def __init__(self, status, headers, cookies, body):
        self.status = status
        self.headers = [(name.lower(), value) for name, value in headers]
        self.cookies = cookies
        self.body = body

    def json(self):
        try:
            body = json.loads(self.body)
        except ValueError:
            return {}
        return body if isinstance(body, dict) else {}

    def header(self, name):
        return next(value for known, value in self.headers if known == name)

    def session_cookie(self, name):
        """The value that a browser would send back."""
        return next(
            cookie.split(";")[0].split("=", 1)[1]
            for cookie in self.cookies
            if cookie.startswith(f"{name}=")
        )


class Evened:
    """Evens out the answers of one visit. One id or token is the same word wherever it stands, so
    that who is who is compared as well."""

    def __init__(self, door):
        self._door = door
        self._words = {}
        self._request_ids = set()

    def parts(self, answer):
        """What is compared, by name."""
        parts = {"status": str(answer.status)}
        request_id = next((v for k, v in answer.headers if k == "x-request-id"), None)
        evened = lambda value: self._evened(value, request_id)
        for name, value in answer.headers:
            if name not in NOT_THE_PRODUCTS and name not in self._door.own_headers:
                earlier = parts.get(f"header {name}")
                value = self._request_id(value) if name == "x-request-id" else evened(value)
                parts[f"header {name}"] = f"{earlier} | {value}" if earlier else value
        parts["cookies"] = " | ".join(evened(self._cookie(cookie)) for cookie in answer.cookies)
        parts["body"] = evened(answer.body.decode(errors="backslashreplace"))
        return parts

    def _request_id(self, value):
        known = value in self._request_ids
        self._request_ids.add(value)
        return "<request id of an earlier call>" if known else "<request id>"

    def _evened(self, value, request_id):
        # In a user's log: where a door says the call came from, and what it called it.
        value = ADDRESS.sub("<address>", value)
        value = ENTRYS_REQUEST_ID.sub("<request id of an entry>", value)
        if request_id:
            value = value.replace(f'"request_id":"{request_id}"', '"request_id":"<request id>"')
        value = CURSOR.sub("<cursor>", value)
        value = TOKEN.sub(lambda found: self._word("token", found[0]), value)
        value = ID.sub(lambda found: self._word("id", found[0]), value)
        return TIME.sub("<time>", value)

    def _word(self, kind, value):
        if set(value) <= set("0-48"):
            return value
        known = self._words.setdefault(kind, {})
        return known.setdefault(value, f"<{kind} {len(known) + 1}>")

    def _cookie(self, cookie):
        """Only the local server may leave out the prefix and `Secure`; each door is held to its own
        form before both become one."""
        name, secure = self._door.cookie, self._door.cookie != "session"
        attributes = cookie.split("; ")
        if not cookie.startswith(f"{name}=") or ("Secure" in attributes) != secure:
            return cookie
        attributes[0] = attributes[0].replace(f"{name}=", "<session cookie>=", 1)
        return re.sub(r"Max-Age=6047\d\d|Max-Age=604800", "Max-Age=<life>", "; ".join(
            attribute for attribute in attributes if attribute != "Secure"
        ))
