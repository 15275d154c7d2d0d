"""The demo county: invented units, people and a year of matters, carried out through acts.

``county.yaml`` says who is there, ``stories/*.yaml`` what happened; ``county``, ``script`` read them, ``stage`` plays them,
``build`` puts it together, ``entrance`` lets a visitor in by one click.  Not for: anything a real union uses."""
