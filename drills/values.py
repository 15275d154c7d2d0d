"""What is sent where something else is expected."""

from __future__ import annotations

TYPES = ("application/x-www-form-urlencoded",)
WEIRD = (
    "", " ", "\x00", "a\x00b", "\ud800", "\u202e倒过来", "\u200b", "🙂", "٣", "²", "-1", "0", "1e309", "NaN", "Infinity", "1" * 400,
    "99999999999999999999", "2026-13-45", "9999-12-31", "0001-01-01", "20261120", "2026-11-20T25:61", "true", "[]", "{}", "null",
    "None", "<script>alert(1)</script>", "' OR 1=1 --", "%' AND 1=2 --", "${7*7}", "{{7*7}}", "../../../etc/passwd", "=1+1", "%00",
    "\r\nSet-Cookie: a=b", "\n", "x" * 20_000, "汉" * 5000, "00000000-0000-0000-0000-000000000000", "0190f000-0000-7000-8000-000000000000",
    "{0190f000-0000-7000-8000-000000000000}", "urn:uuid:0190f000-0000-7000-8000-000000000000", "http://example.org/", "//example.org/",
    "javascript:alert(1)", "\\", "'", '"', ";", "|", "*", "%", "_", "\t", "\u2028", "\ufeff", "\ufdd0", "0x10", "1_000", "+8613900001111",
    "班车", "刘春华", "13800001111",
)  # fmt: skip
NAMES = (
    "once", "version", "page", "q", "find", "unit", "span", "from", "to", "cols", "col", "sort", "order", "tab", "state", "post",
    "next", "since", "until", "words", "name", "phone", "secrecy", "place", "channel", "category", "class", "year", "quarter", "month",
    "day", "for", "view", "act", "do", "into", "officer", "department", "handler", "deadline", "files", "is_staff", "is_superuser", "id",
    "pk", "root", "status", "role", "csrfmiddlewaretoken", "receipt", "login", "password", "only", "paper", "keep", "saved", "kind",
    "group", "way", "result", "about", "starts_at", "on", "pack", "wording", "_method", "draft", "columns", "number", "who", "case",
)  # fmt: skip
HEADERS = (
    ("HTTP_HX_REQUEST", "true"), ("HTTP_HX_TARGET", "\"><script>"), ("HTTP_HX_CURRENT_URL", "http://x/\x01%"), ("HTTP_HX_BOOSTED", "true"),
    ("HTTP_HX_HISTORY_RESTORE_REQUEST", "true"), ("HTTP_HX_CURRENT_URL_URI_AUTOENCODED", "true"),
    ("HTTP_HX_PROMPT", "x"), ("HTTP_X_HTTP_METHOD_OVERRIDE", "DELETE"), ("HTTP_X_FORWARDED_HOST", "evil.example"),
    ("HTTP_X_FORWARDED_FOR", "127.0.0.1, x"), ("HTTP_X_FORWARDED_PROTO", "https"), ("HTTP_HOST", "evil.example"), ("HTTP_HOST", "a\x00b"),
    ("HTTP_HOST", "[::"), ("HTTP_ACCEPT", "*/*;q=x"), ("HTTP_ACCEPT_LANGUAGE", "x" * 600), ("HTTP_RANGE", "bytes=9999999-0"),
    ("HTTP_RANGE", "bytes=abc"), ("HTTP_IF_NONE_MATCH", "W/\"x"), ("HTTP_IF_MODIFIED_SINCE", "gestern"),
    ("HTTP_ACCEPT_ENCODING", "br;q=-1"), ("HTTP_REFERER", "http://[::"), ("HTTP_ORIGIN", "null"), ("HTTP_USER_AGENT", "\x01" * 9),
    ("HTTP_USER_AGENT", "x" * 9000), ("HTTP_AUTHORIZATION", "Basic !!!"), ("HTTP_AUTHORIZATION", "Bearer x"),
    ("HTTP_X_REQUESTED_WITH", "XMLHttpRequest"), ("CONTENT_LENGTH", "-1"),
    ("HTTP_TRANSFER_ENCODING", "chunked"), ("HTTP_X_REQUEST_ID", "a\nb"), ("HTTP_X_REQUEST_ID", "x" * 5000),
    ("HTTP_X_CORRELATION_ID", "刘春华"),
    ("HTTP_CONTENT_ENCODING", "gzip"), ("HTTP_X_ORIGINAL_URL", "/desk/trail/"), ("HTTP_X_REWRITE_URL", "/desk/trail/"),
    ("HTTP_COOKIE2", "x"),
)  # fmt: skip
