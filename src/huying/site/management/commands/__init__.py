"""One file per command, thin: read the options, call, print."""
