"""Duties (履职要求): what the adopted packs demand so often in a period, computed from cases, meetings, ballots and reports.

A duty is never ticked by hand; every figure names what stands behind it.
Not for: figures over cases (ledger), judging units by them (oversight)."""
