"""Long trials: run by hand with `make soak`, never by the suite."""
