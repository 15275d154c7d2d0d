"""Forms of the desk: fields and their types only; what is right or wrong is said by the acts."""
