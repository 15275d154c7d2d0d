"""Reading the trail: verify chains and anchors, who looked at what, anchors to keep elsewhere."""

from huying.trail.reads._ask import anchors, differing, entries, neutral_code, readings, readings_of, size
from huying.trail.reads._kept import Proof, compare, keepers, kept, newest, proof
from huying.trail.reads._looks import ends, looks_between
from huying.trail.reads._verify import Fault, Progress, Stopped, verify, verify_anchors, verify_chain

__all__ = [
    "Fault",
    "Progress",
    "Proof",
    "Stopped",
    "anchors",
    "compare",
    "differing",
    "ends",
    "entries",
    "keepers",
    "kept",
    "looks_between",
    "neutral_code",
    "newest",
    "proof",
    "readings",
    "readings_of",
    "size",
    "verify",
    "verify_anchors",
    "verify_chain",
]
