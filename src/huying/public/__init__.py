"""Public (职工页面): the worker's pages, phone first, without an account. It composes and owns no business data."""
