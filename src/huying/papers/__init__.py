"""Papers (文书): the engine that turns data into .docx, PDF and .xlsx in official typography.

Each room keeps its own templates beside it and hands over plain data.
Not for: deciding what may stand on a paper."""
