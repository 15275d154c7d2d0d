"""The climb (上报): what one level cannot solve goes to the next union and, in a group, the next management; leaders'
instructions (批示) and cases that a leader answers for (领导包案).

Not for: moving a case to another union for good (cases), items and telling the worker (handling)."""
