"""What pages cost, as multiples of the bare database measured in the same run.  ``python -m bench`` writes docs/performance.md."""
