"""What was scored beside the training cohort; and, once outcomes are known, calibration over time with an alarm."""
