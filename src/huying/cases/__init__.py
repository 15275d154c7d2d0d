"""Cases (事项): the spine. Case, parties and their secrecy, recusal, lifecycle, clocks, history, joining, merging, handing over.

One case has a number, a unit, one person who answers for it, clocks, a trail.
Not for: channels (intake), what departments do (handling), ratings (feedback)."""
