"""What patients of one therapist have in common: a known-therapist analysis, apart from the shares of families."""
