"""Pages of the desk, one module a group; each names its addresses in ``urls``."""
