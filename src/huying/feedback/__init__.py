"""Feedback (满意度测评): surveys by the worker's own link or a recorded phone call, and asking to reopen.

The rating belongs to the worker; whoever handled the matter cannot give it.
Not for: figures over many cases (ledger)."""
