"""Oversight (督导考核): reports on how the mechanism runs, assessment of units and subtrees.

Reads the ledger's figures and the duties, so that every figure agrees.
Not for: computing figures or duties anew."""
