"""An answer, and its normalized form: values that differ between two runs become placeholders."""

import json
import re

# Headers of the connection or of the tool. No function sets them.
TRANSPORT_HEADERS = {"connection", "content-length", "date", "keep-alive", "server", "transfer-encoding"}

TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
ADDRESS = re.compile(r'(?<="ip":")[^"]+')
AUDIT_REQUEST_ID = re.compile(r'(?<="request_id":")[^"]+(?="\}[,\]])')
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


class Normalizer:
    """Normalizes the answers of one run. Each id or token gets its own placeholder, so that the
    comparison also shows whether two ids are the same."""

    def __init__(self, runner):
        self._runner = runner
        self._placeholders = {}
        self._request_ids = set()

    def parts(self, answer):
        """The compared parts, by name."""
        parts = {"status": str(answer.status)}
        request_id = next((v for k, v in answer.headers if k == "x-request-id"), None)
        normalized = lambda value: self._normalize(value, request_id)
        for name, value in answer.headers:
            if name not in TRANSPORT_HEADERS and name not in self._runner.added_headers:
                earlier = parts.get(f"header {name}")
                value = self._request_id(value) if name == "x-request-id" else normalized(value)
                parts[f"header {name}"] = f"{earlier} | {value}" if earlier else value
        parts["cookies"] = " | ".join(normalized(self._cookie(cookie)) for cookie in answer.cookies)
        parts["body"] = normalized(answer.body.decode(errors="backslashreplace"))
        return parts

    def _request_id(self, value):
        known = value in self._request_ids
        self._request_ids.add(value)
        return "<request id of an earlier call>" if known else "<request id>"

    def _normalize(self, value, request_id):
        # Audit entries hold the source address and the request id, which differ between runners.
        value = ADDRESS.sub("<address>", value)
        value = AUDIT_REQUEST_ID.sub("<request id of an audit entry>", value)
        if request_id:
            value = value.replace(f'"request_id":"{request_id}"', '"request_id":"<request id>"')
        value = CURSOR.sub("<cursor>", value)
        value = TOKEN.sub(lambda found: self._placeholder("token", found[0]), value)
        value = ID.sub(lambda found: self._placeholder("id", found[0]), value)
        return TIME.sub("<time>", value)

    def _placeholder(self, kind, value):
        if set(value) <= set("0-48"):
            return value
        known = self._placeholders.setdefault(kind, {})
        return known.setdefault(value, f"<{kind} {len(known) + 1}>")

    def _cookie(self, cookie):
        """Only the local server may omit the prefix and `Secure`. A cookie in the form that this runner
        must use is normalized. Any other stays as it is, and so differs."""
        name, secure = self._runner.cookie, self._runner.cookie != "session"
        attributes = cookie.split("; ")
        if not cookie.startswith(f"{name}=") or ("Secure" in attributes) != secure:
            return cookie
        attributes[0] = attributes[0].replace(f"{name}=", "<session cookie>=", 1)
        return re.sub(r"Max-Age=6047\d\d|Max-Age=604800", "Max-Age=<life>", "; ".join(
            attribute for attribute in attributes if attribute != "Secure"
        ))
