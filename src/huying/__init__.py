"""呼应 Huying: how a trade union hears every worker, sees each matter through, and can prove it."""

__version__ = "0.4.0"
