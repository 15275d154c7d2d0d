"""Privacy (保密): consent, masking, sealing, look-up by phone or name, erasure.

Carries out secrecy.md: who said it and what was said is opened only with a reason, and every look is written down.
Not for: deciding who may see a case (cases.models scope)."""
