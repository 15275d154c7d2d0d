"""What the ledger holds of an erased person: workbooks made earlier, saved views that look for the name."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote_plus

from huying.cases.models import Case
from huying.kernel.actors import Actor
from huying.kernel.forgetting import Gone, forgets
from huying.ledger.acts._exports import throw_away
from huying.ledger.models import Export, SavedView


@forgets
def forget(*, gone: Gone, by: Actor, at: datetime) -> int:
    """Every workbook that still lies there goes: it may hold the case.  Views that look for the person go as well."""
    roots = Case.objects.filter(pk__in=gone.cases).values("root")
    touched = 0
    for export in Export.objects.filter(root__in=roots, gone_at__isnull=True):
        throw_away(export=export, by=by, at=at)
        touched += 1
    for name in gone.names:
        for word in {name, quote_plus(name)}:
            touched += SavedView.objects.filter(query__contains=word).delete()[0]
            touched += SavedView.objects.filter(name__contains=name).delete()[0]
    return touched
