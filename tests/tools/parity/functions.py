"""The functions, and the environment that every runner gives them."""

import secrets

from .call import ROOT

# Starting a tool may include compiling the workspace.
BUILD_TIMEOUT = 900

# In ALLOWED_ORIGINS of every runner, so that CORS responses are compared too.
LISTED_ORIGIN = "https://app.example.com"

# The settings of every runner. Mail is on, so that its calls are compared too. No mail is sent.
SETTINGS = {
    "ALLOWED_ORIGINS": LISTED_ORIGIN,
    "MAIL_FROM": "no-reply@example.com",
    "APP_URL": LISTED_ORIGIN,
}

FUNCTIONS = sorted(path.name for path in (ROOT / "functions").iterdir() if path.is_dir())


def function_env(processes):
    """The functions' environment variables. Starts a new, empty database for them."""
    database = processes.start(
        ["cargo", "dev", "--", "--memory", "--database-port", "0", "--mail-port", "0", "database"]
    )
    database.wait_for_line("Ctrl-C ends it", BUILD_TIMEOUT)
    exports = (
        line.split()[1].split("=", 1)
        for line in database.lines
        if line.startswith("  export ") and "$(" not in line
    )
    return {
        **dict(exports),
        **SETTINGS,
        "BETTER_AUTH_SECRET": secrets.token_hex(32),
    }
