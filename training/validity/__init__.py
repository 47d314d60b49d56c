"""What the simulated cohorts must prove before anybody trusts an explanation that was checked on them."""
