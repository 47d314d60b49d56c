"""The debate: how much each family of factors adds to the prediction of outcome, alone, shared and together.

One module per question, each with a typed result (`results`) and a section of the report (`report`):
`partition` (shares out of sample, and what families share), `interplay` (what they do together), `spread` and
`attenuation` (range and reliability), `published` (what others found, recomputed). They stand on `material` (patients,
folds, families of one outcome), `linear` and `boosted` (models refitted for every set of families), `coalitions` (their
out-of-fold predictions) and `worth` (what a set of families is worth, and how sure). `job` is the command.
"""
