"""One response, whichever tool gave it."""

import json


class Response:
    def __init__(self, status, headers, cookies, body):
        self.status = status
        self.headers = [(name.lower(), value) for name, value in headers]
        self.cookies = cookies
        self.body = body

    def json(self):
        """The JSON object in the body; empty if there is none."""
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
