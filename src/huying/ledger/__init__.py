"""Ledger (台账): the list of the whole handling of every case, exports and forms.

Reads every room below and writes nothing of theirs; its own are the workbooks people asked for.
Not for: changing a case, or showing who is behind it: identity stays in the dossier."""
