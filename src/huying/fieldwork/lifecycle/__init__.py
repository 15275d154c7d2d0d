"""Lifecycles of fieldwork: reception days, those who come, invited talks."""

from huying.fieldwork.lifecycle._reception import DAY, GOING_ON, OPEN_DAY, TALK, VISIT

__all__ = ["DAY", "GOING_ON", "OPEN_DAY", "TALK", "VISIT"]
