"""The scenario: an ordered list of calls with every event of `events/` and the usual errors.

`scenario` is a generator. It yields (title, expected status, call) and receives the answer, because
later calls use ids, tokens and cookies of earlier answers.
"""

import json

from .call import ROOT, Call

# An allowed origin of every runner, so that CORS answers are compared as well.
LISTED_ORIGIN = "https://app.example.com"
OTHER_USER_ID = "00000000-0000-4000-8000-000000000000"

# Calls of the short scenario, besides the events: each kind of answer once, and the calls that later
# ones depend on.
SHORT_SCENARIO = {
    "login with a wrong password",
    "login with the token in the cookie alone",
    "a body that is not JSON",
    "HEAD of me",
    "me without a token",
    "me with a cookie",
    "me with two session cookies",
    "an unsupported method",
    "an unknown path",
    "a change from an unlisted origin",
    "a preflight request",
    "a second task",
    "the first page",
    "a search with encoded words",
    "a refresh by cookie",
    "a logout by cookie",
    "login with the new password",
}


def is_included(title, short):
    return not short or title.endswith(".json") or title in SHORT_SCENARIO


class Session:
    """Ids and tokens of the answers so far, and the events used so far."""

    def __init__(self):
        self.pasted = {}
        self.used = set()

    def event(self, name):
        self.used.add(name)
        return Call.from_file(name, self.pasted)

    def remember(self, answer):
        body = answer.json()
        if body.get("user"):
            self.pasted["PASTE_A_USER_ID"] = body["user"]["id"]
        if body.get("session", {}).get("token"):
            self.pasted["PASTE_A_TOKEN"] = body["session"]["token"]
        if "title" in body:
            self.pasted["PASTE_A_TASK_ID"] = body["id"]

    @property
    def all_events(self):
        return {path.stem for path in (ROOT / "events").glob("*.json")}


def text(**fields):
    return json.dumps(fields, ensure_ascii=False).encode()


def scenario(cookie):
    """`cookie` is the name of the session cookie."""
    session = Session()
    by_cookie = lambda call, *tokens: call.with_changes(
        headers={"authorization": None}, cookies=[f"{cookie}={token}" for token in tokens]
    )

    # Accounts.
    session.remember((yield "signup.json", 201, session.event("signup")))
    yield "sign-up of a known e-mail", 409, session.event("signup")
    yield "sign-up with two bad fields", 422, session.event("signup").with_changes(
        body=text(email="nobody", password="short")
    )
    login = session.event("login")
    session.remember((yield "login.json", 200, login))
    yield "login with a wrong password", 401, login.with_changes(
        body=text(email="ada@example.com", password="not the password")
    )
    answer = yield "login with the token in the cookie alone", 200, login.with_changes(
        body=text(
            username="ada", password="correct horse battery", credentials_handling="same-origin"
        )
    )
    in_cookie = answer.session_cookie(cookie)
    yield "login without a cookie", 200, login.with_changes(
        body=text(username="ada", password="correct horse battery", credentials_handling="omit")
    )

    # Bad bodies.
    yield "a body that is not JSON", 400, login.with_changes(body=b'{"email": ')
    yield "a body that is not UTF-8", 400, login.with_changes(body=b'{"email": "\xff\xfe"}')
    yield "a body over 64 KiB", 413, login.with_changes(body=b'"' + b"a" * 65_536 + b'"')
    yield "a text content type", 415, login.with_changes(headers={"content-type": "text/plain"})
    yield "an empty body", 415, login.with_changes(headers={"content-type": None}, body=b"")

    # Authentication.
    me = session.event("me")
    yield "me.json", 200, me
    yield "me on the other path", 200, me.with_changes(target="/api/v1/auth/me")
    yield "HEAD of me", 200, me.with_changes(method="HEAD")
    yield "me without a token", 401, me.with_changes(headers={"authorization": None})
    yield "me with a bad token", 401, me.with_changes(headers={"authorization": "Bearer x.y.z"})
    yield "me with a cookie", 200, by_cookie(me, in_cookie)
    yield "me with two session cookies", 401, by_cookie(me, in_cookie, in_cookie)
    yield "me with a cookie among others", 200, by_cookie(me, in_cookie).with_changes(
        cookies=["theme=dark", f"{cookie}={in_cookie}", "note=a b"]
    )

    # Paths and methods.
    yield "an unsupported method", 405, login.with_changes(method="DELETE")
    yield "an unknown path", 404, me.with_changes(target="/api/auth/nothing")
    yield "a path with a trailing slash", 404, me.with_changes(target="/api/auth/me/")
    yield "a path with an encoded letter", 200, me.with_changes(target="/api/auth/%6De")
    yield "an unknown query parameter", 422, me.with_changes(target="/api/auth/me?colour=red")

    # Origins.
    update = session.event("me-update")
    yield "me-update.json", 200, update
    foreign = {"origin": "https://evil.example"}
    listed = {"origin": LISTED_ORIGIN, "sec-fetch-site": "cross-site"}
    yield "a change from an unlisted origin", 403, by_cookie(update, in_cookie).with_changes(headers=foreign)
    yield "a change from a listed origin", 200, by_cookie(update, in_cookie).with_changes(headers=listed)
    yield "a preflight request", 204, me.with_changes(
        method="OPTIONS",
        headers={**listed, "authorization": None, "access-control-request-method": "PATCH"},
    )

    # Tasks.
    create = session.event("tasks-create")
    session.remember((yield "tasks-create.json", 201, create))
    yield "the same Idempotency-Key again", 201, create
    yield "the same Idempotency-Key, another body", 422, create.with_changes(body=text(title="Another"))
    yield "a second task", 201, create.with_changes(
        headers={"idempotency-key": None}, body=text(title="Käse & Brot 🧀", tags=["größe 1+1"])
    )
    tasks = session.event("tasks-list")
    path = tasks.event["rawPath"]
    yield "tasks-list.json", 200, tasks
    answer = yield "the first page", 200, tasks.with_changes(target=f"{path}?limit=1")
    cursor = answer.json()["next_cursor"]
    yield "the second page", 200, tasks.with_changes(target=f"{path}?limit=1&cursor={cursor}")
    yield "a search with encoded words", 200, tasks.with_changes(target=f"{path}?q=k%C3%A4se+%26%20brot")
    yield "a tag with a plus sign", 200, tasks.with_changes(target=f"{path}?tag=gr%C3%B6%C3%9Fe%201%2B1")
    yield "an encoded ampersand alone", 200, tasks.with_changes(target=f"{path}?q=%26")
    yield "a duplicate query parameter", 422, tasks.with_changes(target=f"{path}?limit=1&limit=2")
    yield "a query parameter out of bounds", 422, tasks.with_changes(target=f"{path}?limit=1000")
    yield "another user's tasks", 403, tasks.with_changes(target=f"/api/{OTHER_USER_ID}/tasks")
    read = session.event("tasks-read")
    answer = yield "tasks-read.json", 200, read
    etag = answer.header("etag")
    yield "a task that has not changed", 304, read.with_changes(headers={"if-none-match": etag})
    yield "a task that is not there", 404, read.with_changes(target=f"{path}/{OTHER_USER_ID}")
    yield "tasks-replace.json", 200, session.event("tasks-replace")
    yield "a change of a stale task", 412, session.event("tasks-patch").with_changes(headers={"if-match": etag})
    patch = session.event("tasks-patch").with_changes(headers={"if-match": None})
    yield "tasks-patch.json", 200, patch
    yield "tasks-delete.json", 204, session.event("tasks-delete")
    yield "a task that is gone", 404, session.event("tasks-delete")

    # Refresh, logout, new password, deletion.
    answer = yield "a refresh by cookie", 200, by_cookie(session.event("refresh"), in_cookie)
    in_cookie = answer.session_cookie(cookie)
    session.remember((yield "refresh.json", 200, session.event("refresh")))
    yield "a logout by cookie", 200, by_cookie(session.event("logout"), in_cookie)
    yield "me with an ended session", 401, by_cookie(me, in_cookie)
    session.remember((yield "me-password.json", 200, session.event("me-password")))
    yield "me-activity.json", 200, session.event("me-activity")
    yield "logout.json", 200, session.event("logout")
    again = text(email="ada@example.com", password="a much better password")
    session.remember((yield "login with the new password", 200, login.with_changes(body=again)))
    yield "me-delete.json", 200, session.event("me-delete")

    unused = session.all_events - session.used
    if unused:
        raise SystemExit(f"events without a call in the scenario: {', '.join(sorted(unused))}")
