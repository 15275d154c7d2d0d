"""Commands of the command line ``huying``."""
