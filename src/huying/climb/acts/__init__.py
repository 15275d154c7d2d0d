"""Acts of the climb: sending up and answering, leaders' instructions, leaders' cases."""

from huying.climb.acts._climb import give_back, hand_down, send_on, send_up, solve, take_rung
from huying.climb.acts._forget import forget
from huying.climb.acts._instruct import follow_up, instruct, instruct_lead, instruct_rung, write_instruction
from huying.climb.acts._lead import end_lead, put_under
from huying.climb.acts._sweep import end_withdrawn, follow_merged

__all__ = [
    "end_lead",
    "end_withdrawn",
    "follow_merged",
    "follow_up",
    "forget",
    "give_back",
    "hand_down",
    "instruct",
    "instruct_lead",
    "instruct_rung",
    "put_under",
    "send_on",
    "send_up",
    "solve",
    "take_rung",
    "write_instruction",
]
