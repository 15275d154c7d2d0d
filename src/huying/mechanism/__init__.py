"""Mechanism (机制): packs of rules with their clauses, adoption by units, resolved rules, the working-day calendar.

A deadline, count, scale or role that comes from a document is data here and nowhere else.
Not for: running clocks (cases) or counting who kept a duty (duties).
"""
