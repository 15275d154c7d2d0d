"""Handling (办理): items given to departments, progress, written report, checks and urging, telling the worker.

A department meets only its items here, under a random code, never the case.
Not for: opening or closing cases (cases), ratings (feedback)."""
