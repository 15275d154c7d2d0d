"""Intake (受理登记): the channels by which a matter comes in, one file each, all ending in receive().

Checks what each channel gives, turns it into one registered case; imports lists; finds likely duplicates.
Not for: anything after registration (cases)."""
