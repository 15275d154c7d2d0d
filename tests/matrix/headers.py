"""What every answer carries, whoever asks for what: the strict policy, and nothing of another site."""

from __future__ import annotations

import re
from typing import Any

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "media-src": "'self' blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "object-src": "'none'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "default",
}
FILES = {"default-src": "'none'", "sandbox": ""}  # what somebody uploaded: nothing of it may do anything
ALWAYS = {
    "X-Content-Type-Options": {"nosniff"},
    "X-Frame-Options": {"DENY"},
    "Referrer-Policy": {"same-origin", "no-referrer"},
    "Cross-Origin-Opener-Policy": {"same-origin"},
    "Cross-Origin-Resource-Policy": {"same-origin"},
}
# What a browser would fetch or send by itself; a link somebody clicks is another matter.
FETCHED = re.compile(
    r"""(?:<(?:script|img|iframe|audio|video|source|embed|object|use)\b[^>]*?\b(?:src|href|data)|<link\b[^>]*?\bhref"""
    r"""|<form\b[^>]*?\baction)\s*=\s*["']?(?:https?:)?//""",
    re.IGNORECASE,
)
INLINE = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style\b|\sstyle=\"|\son\w+=\"", re.IGNORECASE)


def header_fault(answer: Any) -> str:
    """What is wrong with an answer's headers, or with where its page would fetch from; empty when nothing is."""
    said = dict(one.strip().partition(" ")[::2] for one in answer.get("Content-Security-Policy", "").split(";") if one)
    page = answer.get("Content-Type", "").startswith("text/html")
    if said != POLICY and (page or said != FILES):
        return f"another security policy: {set(said.items()) ^ set(POLICY.items())}"
    for name, values in ALWAYS.items():
        if answer.get(name) not in values:
            return f"{name}: {answer.get(name)}"
    if "geolocation=()" not in answer.get("Permissions-Policy", "") or not answer.get("Cache-Control"):
        return "no Permissions-Policy or no Cache-Control"
    kept = [one for name, one in answer.cookies.items() if name != "csrftoken" and one["max-age"] != 0]
    if any(not one["httponly"] for one in kept):
        return f"a cookie scripts can read: {answer.cookies}"
    if answer.streaming or not page:
        return ""
    text = answer.content.decode()
    found = FETCHED.search(text) or INLINE.search(text)
    return f"fetches from elsewhere or carries a script: {found.group()}" if found else ""
