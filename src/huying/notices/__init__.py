"""Notices (通知): the outbox written inside an act's transaction, wording, and delivery in the product and by e-mail.

Never to the one who acted, never the content of a sealed case.
Not for: what the worker reads on the page of the case (cases, public)."""
