"""Acts of intake: one module a channel, all ending in ``receive``."""

from huying.intake.acts._desk import join_at_desk, register_at_desk
from huying.intake.acts._online import receive_online
from huying.intake.acts._receive import Received, receipts_for, receive

__all__ = ["Received", "join_at_desk", "receipts_for", "receive", "receive_online", "register_at_desk"]
