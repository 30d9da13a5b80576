"""The calls of one visit, in order: every event of `events/`, and what can go wrong around them.

A generator: it hands out (name, expected status, call) and is sent the answer, so that a later
call can carry what an earlier answer gave.
"""

import json

from .call import ROOT, Call

# Set for every door, so that the answers to other origins are compared too.
LISTED_ORIGIN = "https://app.example.com"
SOMEBODY_ELSE = "00000000-0000-4000-8000-000000000000"

# What a slow door is asked beside the events: every kind of answer once, and what later calls need.
BRIEFLY = {
    "login with a wrong password",
    "login for a cookie alone",
    "a body that is no JSON",
    "HEAD of me",
    "me without a token",
    "me with a cookie",
    "me with two session cookies",
    "a method that the path has not",
    "an unknown path",
    "a change from a foreign page",
    "the question before a call",
    "a second task",
    "the first page",
    "a search in encoded words",
    "a refresh by cookie",
    "a logout by cookie",
    "login with the new password",
}


def is_asked(title, briefly):
    return not briefly or title.endswith(".json") or title in BRIEFLY


class Own:
    """What the answers so far have given the visitor."""

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
    def everything(self):
        return {path.stem for path in (ROOT / "events").glob("*.json")}


def text(**fields):
    return json.dumps(fields, ensure_ascii=False).encode()


def visit(cookie):
    """`cookie` is the session cookie's name at this door."""
    own = Own()
    by_cookie = lambda call, *tokens: call.but(
        headers={"authorization": None}, cookies=[f"{cookie}={token}" for token in tokens]
    )

    # Accounts.
    own.remember((yield "signup.json", 201, own.event("signup")))
    yield "sign-up of a known e-mail", 409, own.event("signup")
    yield "sign-up with two bad fields", 422, own.event("signup").but(
        body=text(email="nobody", password="short")
    )
    login = own.event("login")
    own.remember((yield "login.json", 200, login))
    yield "login with a wrong password", 401, login.but(
        body=text(email="ada@example.com", password="not the password")
    )
    answer = yield "login for a cookie alone", 200, login.but(
        body=text(
            username="ada", password="correct horse battery", credentials_handling="same-origin"
        )
    )
    in_cookie = answer.session_cookie(cookie)
    yield "login for no cookie", 200, login.but(
        body=text(username="ada", password="correct horse battery", credentials_handling="omit")
    )

    # Bad bodies.
    yield "a body that is no JSON", 400, login.but(body=b'{"email": ')
    yield "a body that is not UTF-8", 400, login.but(body=b'{"email": "\xff\xfe"}')
    yield "a body over 64 KiB", 413, login.but(body=b'"' + b"a" * 65_536 + b'"')
    yield "a body that says it is text", 415, login.but(headers={"content-type": "text/plain"})
    yield "an empty body", 415, login.but(headers={"content-type": None}, body=b"")

    # Who is calling.
    me = own.event("me")
    yield "me.json", 200, me
    yield "me on the other path", 200, me.but(target="/api/v1/auth/me")
    yield "HEAD of me", 200, me.but(method="HEAD")
    yield "me without a token", 401, me.but(headers={"authorization": None})
    yield "me with a bad token", 401, me.but(headers={"authorization": "Bearer x.y.z"})
    yield "me with a cookie", 200, by_cookie(me, in_cookie)
    yield "me with two session cookies", 401, by_cookie(me, in_cookie, in_cookie)
    yield "me with a cookie beside others", 200, by_cookie(me, in_cookie).but(
        cookies=["theme=dark", f"{cookie}={in_cookie}", "note=a b"]
    )

    # Addresses and methods.
    yield "a method that the path has not", 405, login.but(method="DELETE")
    yield "an unknown path", 404, me.but(target="/api/auth/nothing")
    yield "a path with a slash at its end", 404, me.but(target="/api/auth/me/")
    yield "a path with an encoded letter", 200, me.but(target="/api/auth/%6De")
    yield "an unknown query parameter", 422, me.but(target="/api/auth/me?colour=red")

    # Pages of other origins.
    update = own.event("me-update")
    yield "me-update.json", 200, update
    foreign = {"origin": "https://evil.example"}
    listed = {"origin": LISTED_ORIGIN, "sec-fetch-site": "cross-site"}
    yield "a change from a foreign page", 403, by_cookie(update, in_cookie).but(headers=foreign)
    yield "a change from a listed page", 200, by_cookie(update, in_cookie).but(headers=listed)
    yield "the question before a call", 204, me.but(
        method="OPTIONS",
        headers={**listed, "authorization": None, "access-control-request-method": "PATCH"},
    )

    # Tasks.
    create = own.event("tasks-create")
    own.remember((yield "tasks-create.json", 201, create))
    yield "the same Idempotency-Key again", 201, create
    yield "the same Idempotency-Key, another body", 422, create.but(body=text(title="Another"))
    yield "a second task", 201, create.but(
        headers={"idempotency-key": None}, body=text(title="Käse & Brot 🧀", tags=["größe 1+1"])
    )
    tasks = own.event("tasks-list")
    path = tasks.event["rawPath"]
    yield "tasks-list.json", 200, tasks
    answer = yield "the first page", 200, tasks.but(target=f"{path}?limit=1")
    cursor = answer.json()["next_cursor"]
    yield "the second page", 200, tasks.but(target=f"{path}?limit=1&cursor={cursor}")
    yield "a search in encoded words", 200, tasks.but(target=f"{path}?q=k%C3%A4se+%26%20brot")
    yield "a tag with a plus sign", 200, tasks.but(target=f"{path}?tag=gr%C3%B6%C3%9Fe%201%2B1")
    yield "an encoded ampersand alone", 200, tasks.but(target=f"{path}?q=%26")
    yield "a query parameter given twice", 422, tasks.but(target=f"{path}?limit=1&limit=2")
    yield "a query parameter out of bounds", 422, tasks.but(target=f"{path}?limit=1000")
    yield "somebody else's tasks", 403, tasks.but(target=f"/api/{SOMEBODY_ELSE}/tasks")
    read = own.event("tasks-read")
    answer = yield "tasks-read.json", 200, read
    etag = answer.header("etag")
    yield "a task that has not changed", 304, read.but(headers={"if-none-match": etag})
    yield "a task that is not there", 404, read.but(target=f"{path}/{SOMEBODY_ELSE}")
    yield "tasks-replace.json", 200, own.event("tasks-replace")
    yield "a change of a stale task", 412, own.event("tasks-patch").but(headers={"if-match": etag})
    patch = own.event("tasks-patch").but(headers={"if-match": None})
    yield "tasks-patch.json", 200, patch
    yield "tasks-delete.json", 204, own.event("tasks-delete")
    yield "a task that is gone", 404, own.event("tasks-delete")

    # The end.
    answer = yield "a refresh by cookie", 200, by_cookie(own.event("refresh"), in_cookie)
    in_cookie = answer.session_cookie(cookie)
    own.remember((yield "refresh.json", 200, own.event("refresh")))
    yield "a logout by cookie", 200, by_cookie(own.event("logout"), in_cookie)
    yield "me with an ended session", 401, by_cookie(me, in_cookie)
    own.remember((yield "me-password.json", 200, own.event("me-password")))
    yield "me-activity.json", 200, own.event("me-activity")
    yield "logout.json", 200, own.event("logout")
    again = text(email="ada@example.com", password="a much better password")
    own.remember((yield "login with the new password", 200, login.but(body=again)))
    yield "me-delete.json", 200, own.event("me-delete")

    left_out = own.everything - own.used
    if left_out:
        raise SystemExit(f"events that no call here uses: {', '.join(sorted(left_out))}")
