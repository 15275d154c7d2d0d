"""Long drills with real processes and many requests: what the tests do in small (docs/reliability.md).  Never shipped."""
