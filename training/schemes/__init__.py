"""Other ways to split a cohort than folds: site by site, and in time; each answers another question."""
