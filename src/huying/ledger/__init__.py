"""Ledger (台账): the list of the whole handling of every case, exports and forms. Reads everything, writes nothing of others."""
