"""Consultation (协商): topics and their reviews and talks, meetings and who attends, what was said and agreed, minutes.

What is agreed becomes items of handling the moment both sides have signed.
Not for: carrying items out (handling), surveys among delegates (feedback), the congress."""
