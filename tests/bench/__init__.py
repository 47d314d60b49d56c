"""Big benchmarks: run by hand with `make bench`, never by the suite."""
