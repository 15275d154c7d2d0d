"""The worker's pages: saying it, the receipt, coming back, help."""
