"""Pure rules of items."""

# What the packs call each of the four (``needs`` item, MY-3.2.3b), and the field that gives it.
FIELD_OF = {"measure": "measure", "deadline": "deadline", "department": "department", "person": "handler"}
