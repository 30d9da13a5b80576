"""The calls of the comparison, in order: every event of `events/`, and the errors and edge cases
around them.

A generator: it yields (title, expected status, call) and is sent the response, so that a later call
can use what an earlier response contained.
"""

import json

from .call import ROOT, Call
from .functions import LISTED_ORIGIN

UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"

# The calls of the short scenario besides the events: each kind of response once, and the calls that
# later ones depend on.
SHORT_SCENARIO = {
    "login with a wrong password",
    "login for a cookie alone",
    "a body that is not JSON",
    "HEAD of me",
    "me without a token",
    "me with a cookie",
    "me with two session cookies",
    "a method that the path does not allow",
    "an unknown path",
    "a PATCH from an unlisted origin",
    "a CORS preflight",
    "a second task",
    "the first page",
    "a search in percent-encoded words",
    "a refresh by cookie",
    "a logout by cookie",
    "login with the new password",
}


def is_included(title, short):
    return not short or title.endswith(".json") or title in SHORT_SCENARIO


class State:
    """Values of earlier responses, and the events used so far."""

    def __init__(self):
        self.values = {}
        self.used = set()

    def event(self, name):
        self.used.add(name)
        return Call.from_file(name, self.values)

    def remember(self, response):
        body = response.json()
        if body.get("user"):
            self.values["PASTE_A_USER_ID"] = body["user"]["id"]
        if body.get("session", {}).get("token"):
            self.values["PASTE_A_TOKEN"] = body["session"]["token"]
            # The first one: the session of the sign-up.
            self.values.setdefault("PASTE_A_SESSION_ID", body["session"]["id"])
        if "title" in body:
            self.values["PASTE_A_TASK_ID"] = body["id"]

    def unused_events(self):
        """Of the events that come from HTTP. No response follows one of the table's stream."""
        paths = (ROOT / "events").glob("*.json")
        return {path.stem for path in paths if "Records" not in path.read_text("utf-8")} - self.used


def json_body(**fields):
    return json.dumps(fields, ensure_ascii=False).encode()


def scenario(cookie):
    """`cookie` is the name that the runner gives the session cookie."""
    state = State()
    with_cookies = lambda call, *tokens: call.changed(
        headers={"authorization": None}, cookies=[f"{cookie}={token}" for token in tokens]
    )

    # Accounts.
    state.remember((yield "signup.json", 201, state.event("signup")))
    yield "sign-up of a known e-mail", 409, state.event("signup")
    yield "sign-up with two bad fields", 422, state.event("signup").changed(
        body=json_body(email="nobody", password="short")
    )
    login = state.event("login")
    state.remember((yield "login.json", 200, login))
    yield "login with a wrong password", 401, login.changed(
        body=json_body(email="ada@example.com", password="not the password")
    )
    response = yield "login for a cookie alone", 200, login.changed(
        body=json_body(
            username="ada", password="correct horse battery", credentials_handling="same-origin"
        )
    )
    cookie_token = response.session_cookie(cookie)
    yield "login for no cookie", 200, login.changed(
        body=json_body(username="ada", password="correct horse battery", credentials_handling="omit")
    )

    # The e-mail. The token of a link is in no response, so a wrong one stands for it.
    yield "email-resend.json", 202, state.event("email-resend")
    yield "email-verify.json", 400, state.event("email-verify")
    yield "me-email.json", 202, state.event("me-email")

    # Bad bodies.
    yield "a body that is not JSON", 400, login.changed(body=b'{"email": ')
    yield "a body that is not UTF-8", 400, login.changed(body=b'{"email": "\xff\xfe"}')
    yield "a body over 64 KiB", 413, login.changed(body=b'"' + b"a" * 65_536 + b'"')
    yield "a body with the content type text/plain", 415, login.changed(headers={"content-type": "text/plain"})
    yield "an empty body", 415, login.changed(headers={"content-type": None}, body=b"")

    # Authentication.
    me = state.event("me")
    yield "me.json", 200, me
    yield "me on the versioned path", 200, me.changed(target="/api/v1/auth/me")
    yield "HEAD of me", 200, me.changed(method="HEAD")
    yield "me without a token", 401, me.changed(headers={"authorization": None})
    yield "me with a bad token", 401, me.changed(headers={"authorization": "Bearer x.y.z"})
    yield "me with a cookie", 200, with_cookies(me, cookie_token)
    yield "me with two session cookies", 401, with_cookies(me, cookie_token, cookie_token)
    yield "me with a session cookie among others", 200, with_cookies(me, cookie_token).changed(
        cookies=["theme=dark", f"{cookie}={cookie_token}", "note=a b"]
    )

    # Paths and methods.
    yield "a method that the path does not allow", 405, login.changed(method="DELETE")
    yield "an unknown path", 404, me.changed(target="/api/auth/nothing")
    yield "a path with a trailing slash", 404, me.changed(target="/api/auth/me/")
    yield "a path with an encoded letter", 200, me.changed(target="/api/auth/%6De")
    yield "an unknown query parameter", 422, me.changed(target="/api/auth/me?colour=red")

    # CORS.
    update = state.event("me-update")
    yield "me-update.json", 200, update
    unlisted = {"origin": "https://evil.example"}
    listed = {"origin": LISTED_ORIGIN, "sec-fetch-site": "cross-site"}
    yield "a PATCH from an unlisted origin", 403, with_cookies(update, cookie_token).changed(headers=unlisted)
    yield "a PATCH from a listed origin", 200, with_cookies(update, cookie_token).changed(headers=listed)
    yield "a CORS preflight", 204, me.changed(
        method="OPTIONS",
        headers={**listed, "authorization": None, "access-control-request-method": "PATCH"},
    )

    # Tasks.
    create = state.event("tasks-create")
    state.remember((yield "tasks-create.json", 201, create))
    yield "the same Idempotency-Key again", 201, create
    yield "the same Idempotency-Key with another body", 422, create.changed(body=json_body(title="Another"))
    yield "a second task", 201, create.changed(
        headers={"idempotency-key": None}, body=json_body(title="Käse & Brot 🧀", tags=["größe 1+1"])
    )
    tasks = state.event("tasks-list")
    path = tasks.event["rawPath"]
    yield "tasks-list.json", 200, tasks
    response = yield "the first page", 200, tasks.changed(target=f"{path}?limit=1")
    cursor = response.json()["next_cursor"]
    yield "the second page", 200, tasks.changed(target=f"{path}?limit=1&cursor={cursor}")
    yield "a search in percent-encoded words", 200, tasks.changed(target=f"{path}?q=k%C3%A4se+%26%20brot")
    yield "a tag with a plus sign", 200, tasks.changed(target=f"{path}?tag=gr%C3%B6%C3%9Fe%201%2B1")
    yield "a search for a percent-encoded ampersand", 200, tasks.changed(target=f"{path}?q=%26")
    yield "a repeated query parameter", 422, tasks.changed(target=f"{path}?limit=1&limit=2")
    yield "a query parameter out of range", 422, tasks.changed(target=f"{path}?limit=1000")
    yield "another user's tasks", 403, tasks.changed(target=f"/api/{UNKNOWN_ID}/tasks")
    read = state.event("tasks-read")
    response = yield "tasks-read.json", 200, read
    etag = response.header("etag")
    yield "a read of an unchanged task", 304, read.changed(headers={"if-none-match": etag})
    yield "an unknown task", 404, read.changed(target=f"{path}/{UNKNOWN_ID}")
    yield "tasks-replace.json", 200, state.event("tasks-replace")
    yield "a change with an outdated ETag", 412, state.event("tasks-patch").changed(headers={"if-match": etag})
    patch = state.event("tasks-patch").changed(headers={"if-match": None})
    yield "tasks-patch.json", 200, patch
    yield "tasks-delete.json", 204, state.event("tasks-delete")
    yield "a deleted task", 404, state.event("tasks-delete")

    # Refresh, logout, a new password, deletion.
    response = yield "a refresh by cookie", 200, with_cookies(state.event("refresh"), cookie_token)
    cookie_token = response.session_cookie(cookie)
    state.remember((yield "refresh.json", 200, state.event("refresh")))
    yield "a logout by cookie", 200, with_cookies(state.event("logout"), cookie_token)
    yield "me with an ended session", 401, with_cookies(me, cookie_token)
    yield "me-sessions-end.json", 200, state.event("me-sessions-end")
    path = state.event("me-sessions").event["rawPath"]
    yield "an ended session", 404, state.event("me-sessions-end")
    yield "an unknown session", 404, state.event("me-sessions-end").changed(target=f"{path}/{UNKNOWN_ID}")
    state.remember((yield "me-sessions-end-others.json", 200, state.event("me-sessions-end-others")))
    # Only now: several of one second come in the order of their last use.
    yield "me-sessions.json", 200, state.event("me-sessions")
    wrong = state.event("me-sessions").changed(target=f"{path}?colour=red")
    yield "the sessions by an unknown query parameter", 422, wrong
    state.remember((yield "me-password.json", 200, state.event("me-password")))
    yield "me-activity.json", 200, state.event("me-activity")
    yield "me-export.json", 200, state.event("me-export")
    yield "logout.json", 200, state.event("logout")
    # The same answer for an address that nobody has. The link's token is in no response, as above.
    yield "password-forgot.json", 202, state.event("password-forgot")
    yield "a forgotten password of nobody", 202, state.event("password-forgot").changed(
        body=json_body(email="nobody@example.com")
    )
    yield "password-reset.json", 400, state.event("password-reset")
    yield "a reset without a token", 422, state.event("password-reset").changed(
        body=json_body(new_password="short")
    )
    again = json_body(email="ada@example.com", password="a much better password")
    state.remember((yield "login with the new password", 200, login.changed(body=again)))
    yield "me-delete.json", 200, state.event("me-delete")

    unused = state.unused_events()
    if unused:
        raise SystemExit(f"no call of the scenario uses these events: {', '.join(sorted(unused))}")
