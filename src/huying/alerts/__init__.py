"""Alerts: the warning ledger (预警台账), sudden incidents (突发事件), information sent up (信息上报) and how true and timely it was.

Not for: single matters of workers (cases); whether reporting was owed (duties)."""
