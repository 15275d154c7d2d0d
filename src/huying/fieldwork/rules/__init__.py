"""Pure rules of fieldwork."""

from huying.fieldwork.rules._days import days_of

__all__ = ["days_of"]
